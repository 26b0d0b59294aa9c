"""The samples use the words of the catalog, and keep to its timing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from assetgen.catalog.motion import KEYFRAMES
from assetgen.catalog.speech import PACES, PAIRS, SPEED_BY_PACE, voice_key
from assetgen.catalog.timing import timing_findings

SAMPLES = Path(__file__).parents[2] / "samples"
NAMES = ("intro.yaml", "chapter.yaml", "voices.yaml", "turn.json", "actions.jsonl")
CHARACTERS_A_SECOND = 14

every_sample = pytest.mark.parametrize("name", NAMES)


def actions(name: str) -> list[dict[str, Any]]:
    text = (SAMPLES / name).read_text(encoding="utf-8")
    top = [json.loads(line) for line in text.splitlines()] if name.endswith(".jsonl") else yaml.safe_load(text)
    return list(flat(top if isinstance(top, list) else top["actions"]))


def flat(listed: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for action in listed:
        yield action
        if action["type"] == "when_then":
            yield from flat([action["action"]])
        for option in action.get("options", []):
            yield from flat(option["reactions"])


def of_type(name: str, *types: str) -> list[dict[str, Any]]:
    return [action for action in actions(name) if action["type"] in types]


def spoken_seconds(name: str) -> dict[str, float]:
    return {
        line["id"]: len(line["text"]) / CHARACTERS_A_SECOND / SPEED_BY_PACE[line.get("voice_pace", "normal")]
        for line in of_type(name, "asset_subtitle")
    }


@every_sample
def test_a_sample_begins_with_the_command_that_runs_it(name: str) -> None:
    opening = (SAMPLES / name).read_text(encoding="utf-8").splitlines()[:6]
    assert any(f"assetgen run samples/{name} --draft" in line for line in opening)


@every_sample
def test_ids_are_unique(name: str) -> None:
    ids = [action["id"].casefold() for action in actions(name) if "id" in action]
    assert len(ids) == len(set(ids))


@every_sample
def test_narration_is_comfortable_in_its_shots(name: str) -> None:
    seconds = spoken_seconds(name)
    for cutscene in of_type(name, "asset_cutscene"):
        shots = [(shot["duration"], seconds[shot["subtitle_id"]]) for shot in cutscene["shots"]]
        assert timing_findings(shots) == []
        assert all(0.6 <= narration / duration <= 0.9 for duration, narration in shots)


@every_sample
def test_prompts_leave_the_style_to_the_configuration(name: str) -> None:
    for picture in of_type(name, "asset_image"):
        assert "quality" not in picture["prompt"]
        assert "cinematic" not in picture["prompt"]


def test_the_chapter_shows_the_whole_language() -> None:
    chapter = actions("chapter.yaml")
    lines = of_type("chapter.yaml", "asset_subtitle")
    assert len(of_type("chapter.yaml", "asset_image", "asset_subtitle", "asset_cutscene")) >= 40
    assert {action["type"] for action in chapter} == {
        "reason",
        "asset_image",
        "asset_subtitle",
        "asset_cutscene",
        "play_cutscene",
        "show_modal",
        "add_feature",
        "remove_feature",
        "when_then",
        "add_player_choice",
    }
    assert {line["voice_pace"] for line in lines} == set(PACES)
    assert {tone for line in lines for tone in [line["voice_tone"]]} == {pair.split("-")[1] for pair in PAIRS}
    assert {shot["animation"] for cut in of_type("chapter.yaml", "asset_cutscene") for shot in cut["shots"]} == set(
        KEYFRAMES
    )


def test_every_asset_of_the_stories_is_used() -> None:
    for name in ("intro.yaml", "chapter.yaml", "turn.json", "actions.jsonl"):
        text = json.dumps([{**action, "id": ""} for action in actions(name) if action["type"] != "add_player_choice"])
        for asset in of_type(name, "asset_image", "asset_subtitle", "asset_cutscene"):
            assert f'_id": "{asset["id"]}"' in text


def test_the_voices_are_all_pairs_once_and_all_paces() -> None:
    lines = of_type("voices.yaml", "asset_subtitle")
    pairs = [voice_key(line["voice_gender"], line["voice_tone"]) for line in lines if line["id"].startswith("voices/")]
    assert sorted(pairs) == sorted(PAIRS)
    assert [line["voice_pace"] for line in lines if line["id"].startswith("paces/")] == list(PACES)


@pytest.mark.parametrize("name", ["turn.json", "actions.jsonl"])
def test_the_strict_samples_leave_nothing_out(name: str) -> None:
    fields = {
        "asset_image": {"type", "id", "prompt", "size", "model"},
        "asset_subtitle": {"type", "id", "text", "voice_tone", "voice_gender", "voice_pace", "model"},
        "show_modal": {"type", "title", "content", "image_id", "subtitle_id"},
    }
    for action in actions(name):
        assert set(action) == fields.get(action["type"], set(action))
    assert actions(name)[0]["type"] == "reason"


def test_the_small_set_has_eight_lines() -> None:
    assert len(actions("actions.jsonl")) == 8
