"""The small commands, in a process of their own."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from tests.e2e.command import SAMPLES, SCENE, Command

BAD = SCENE.replace("image_id: pier", "image_id: peir")


def test_alone_it_shows_where_to_begin(assetgen: Command) -> None:
    done = assetgen()
    assert (done.code, done.err) == (0, "")
    assert "assetgen init" in done.out
    assert "Exit codes" in done.out


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "estimate",
        "validate",
        "cache",
        "ledger",
        "init",
        "schema",
        "models",
        "voices",
        "show",
        "doctor",
        "explain",
    ],
)
def test_every_command_has_help_with_an_example(assetgen: Command, command: str) -> None:
    done = assetgen(command, "--help")
    assert done.code == 0
    assert f"assetgen {command}" in done.out
    assert len(done.out.splitlines()) <= 60


def test_the_version_is_said(assetgen: Command) -> None:
    assert assetgen("--version").out.startswith("assetgen 0.")


def test_init_writes_a_file_that_runs_and_never_writes_over_one(assetgen: Command) -> None:
    assert assetgen("init").code == 0
    schema = json.loads((assetgen.folder / ".assetgen/schema.json").read_text())
    jsonschema.Draft7Validator(schema).validate(yaml.safe_load((assetgen.folder / "actions.yaml").read_text()))
    assert assetgen("run", "actions.yaml", "--draft", "--json").json()["counts"]["generated"] == 3
    before = (assetgen.folder / "actions.yaml").read_bytes()
    assert assetgen("init").code == 2
    assert (assetgen.folder / "actions.yaml").read_bytes() == before


def test_the_schema_is_draft_7_and_knows_the_samples(assetgen: Command) -> None:
    schema = assetgen("schema").json()
    jsonschema.Draft7Validator.check_schema(schema)
    for name in ("intro.yaml", "chapter.yaml", "voices.yaml", "turn.json"):
        jsonschema.Draft7Validator(schema).validate(yaml.safe_load((SAMPLES / name).read_text(encoding="utf-8")))
    assert assetgen("schema", "-o", "s.json").code == 0
    assert json.loads((assetgen.folder / "s.json").read_text()) == schema


def test_validate_speaks_four_formats(scene: Command) -> None:
    scene.write("bad.yaml", BAD)
    text = scene("validate", "bad.yaml")
    assert text.code == 2
    assert "Did you mean 'pier'?" in text.out
    assert "bad.yaml:6:" in scene("validate", "bad.yaml", "--format", "concise").out
    assert scene("validate", "bad.yaml", "--format", "github").out.startswith("::error title=")
    (problem,) = scene("validate", "bad.yaml", "--json").json()["problems"]
    assert (problem["code"], problem["line"], problem["action_id"]) == ("unknown_reference", 6, "scene")
    assert scene("validate", "actions.yaml").code == 0


def test_problems_of_assets_are_told_with_all_others(scene: Command) -> None:
    scene.write("bad.yaml", SCENE.replace("320x240", "9000x9000"))
    done = scene("validate", "bad.yaml", "--json")
    assert [one["code"] for one in done.json()["problems"]] == ["limit"]


def test_problems_stand_in_the_order_of_the_file(scene: Command) -> None:
    odd = SCENE.replace("voice_tone: mysterious", "voice_tone: epic, voice_pace: slow, model: google-tts")
    scene.write("odd.yaml", odd.replace("slow_zoom", "zoom_in"))
    done = scene("validate", "odd.yaml", "--json")
    assert done.code == 0
    assert [one["code"] for one in done.json()["problems"]] == ["setting_dropped", "alias"]


def test_estimate_tells_every_asset_and_the_sums(scene: Command) -> None:
    estimate = scene("estimate", "actions.yaml", "--json").json()
    assert estimate["schema"] == "assetgen/estimate@1"
    assert [one["id"] for one in estimate["actions"]] == ["pier", "line", "scene"]
    assert float(estimate["total"]["min_usd"]) > 0
    assert estimate["counts"]["new"] == 3
    assert scene("estimate", "actions.yaml", "-q").out.split()[0] == estimate["total"]["min_usd"]
    assert "pier" in scene("estimate", "actions.yaml", "--all").out
    assert scene("run", "actions.yaml", "--dry-run", "--json").json() == estimate


def test_estimate_writes_nothing(scene: Command) -> None:
    scene("estimate", "actions.yaml", "--draft")
    assert not (scene.folder / "out-draft").exists()


def test_the_users_price_wins(scene: Command) -> None:
    scene.write("assetgen.yaml", 'prices: {together/flux-schnell: {usd: "1", per: image}}\n')
    actions = scene("estimate", "actions.yaml", "--json").json()["actions"]
    assert actions[0]["min_usd"] == "1"


def test_show_says_what_an_asset_is_and_why_it_would_be_made(scene: Command) -> None:
    assert scene("show", "pier", "--draft", "--json").json()["state"] == "new"
    scene("run", "actions.yaml", "--draft")
    done = scene("show", "pier", "--draft")
    assert "A pier at dusk" in done.out
    assert "images/pier.png" in done.out
    assert scene("show", "line", "--draft", "--json").json()["made"]["duration"] > 0


def test_models_and_voices_are_listed(assetgen: Command) -> None:
    models = assetgen("models", "--json").json()["models"]
    pictures, speech = {"flux-schnell", "sdxl", "gpt-image-2"}, {"openai-tts", "google-tts", "kokoro", "orpheus"}
    assert {one["model"] for one in models} == pictures | speech
    voices = assetgen("voices", "--json").json()["voices"]
    assert len(voices) == 15 * len(speech)
    assert "TOGETHER_API_KEY" in assetgen("models").out


def test_explain_knows_every_code(assetgen: Command) -> None:
    codes = assetgen("explain", "list").out.split()
    assert {"unknown_reference", "edited_output", "timing_cut"} <= set(codes)
    assert len(assetgen("explain", codes[0]).out.splitlines()) > 3
    assert "did you mean" in assetgen("explain", "timing_cot").err


def test_the_cache_is_shown_cleared_and_made_again(scene: Command) -> None:
    scene("run", "actions.yaml", "--draft")
    kinds = scene("cache", "info", "--json").json()
    assert "asset_image" in json.dumps(kinds)
    assert "Images" in scene("cache").out
    refused = scene("cache", "clear")
    assert refused.code == 2
    assert "--yes" in refused.err
    assert scene("cache", "clear", "--older-than", "1d", "--yes", "--json").json()["entries"] == 0
    assert scene("cache", "clear", "--unused", "actions.yaml", "--yes", "--json").json()["entries"] == 0
    assert scene("cache", "clear", "--dry-run", "--json").json()["entries"] == 2
    assert scene("cache", "clear", "--drafts", "--yes", "--json").json()["entries"] == 2
    assert scene("cache", "clear", "--yes", "--json").json()["entries"] == 0
    (scene.folder / "out-draft/images/pier.png").unlink()
    assert scene("run", "actions.yaml", "--draft", "--json").json()["counts"]["generated"] == 1


def test_the_cache_is_checked_pruned_and_rebuilt(scene: Command) -> None:
    scene("run", "actions.yaml", "--draft")
    assert scene("cache", "check").code == 0
    assert scene("cache", "rebuild", "--json").json()["entries"] == 2
    stray = scene.folder / "home/.cache/assetgen/draft/blobs/ab/" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"nobody's")
    assert scene("cache", "prune", "--dry-run").code == 0
    assert stray.exists()
    assert scene("cache", "prune").code == 0
    assert not stray.exists()


@pytest.mark.parametrize(
    ("default", "meant"),
    [
        ("image: {model: sdlx}", "did you mean `sdxl`?"),
        ("subtitle: {model: google}", "did you mean `google-tts`?"),
        ("image: {model: openai-tts}", "known: `flux-schnell`"),
    ],
)
def test_a_default_model_that_nobody_knows_is_an_error_with_a_suggestion(
    scene: Command, default: str, meant: str
) -> None:
    scene.write("assetgen.yaml", f"defaults: {{{default}}}\n")
    for command in (("validate",), ("estimate",), ("run", "--draft"), ("run", "--frozen")):
        done = scene(*command, "actions.yaml")
        assert done.code == 2
        assert "no such model is called" in done.err
        assert meant in done.err


def test_a_service_that_nobody_knows_is_an_error_with_a_suggestion(scene: Command) -> None:
    scene.write("assetgen.yaml", "limits: {togehter: {concurrency: 2}}\n")
    done = scene("estimate", "actions.yaml")
    assert done.code == 2
    assert "`together`" in done.err
