"""One test per row of the table of exit codes."""

from __future__ import annotations

import json
import signal
import time

import pytest

from tests.e2e.command import Command

PAID = "models: {acme-gold: [acme]}\ndefaults: {image: {model: acme-gold}}\n"
KEY = {"ACME_KEY": "open sesame"}


def prompt(command: Command, text: str) -> None:
    path = command.folder / "actions.yaml"
    path.write_text(path.read_text().replace("A pier at dusk", text))


def test_0_when_everything_is_there(scene: Command) -> None:
    assert scene("run", "actions.yaml", "--draft").code == 0


def test_0_when_there_is_nothing_to_do(assetgen: Command) -> None:
    assetgen.write("actions.yaml", "actions: []\n")
    assert assetgen("run", "actions.yaml", "--draft").code == 0


def test_1_when_an_asset_failed_and_the_rest_is_kept(scene: Command) -> None:
    scene.write("out-draft/images/pier.png", "mine")
    done = scene("run", "actions.yaml", "--draft", "--json")
    assert (done.code, done.json()["counts"]["generated"]) == (1, 1)


def test_1_when_frozen_finds_something_missing_and_names_it(scene: Command) -> None:
    done = scene("run", "actions.yaml", "--draft", "--frozen")
    assert done.code == 1
    assert "`pier`" in done.err
    assert "`scene`" not in done.err, "a cutscene costs nothing and is not missing"


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "actions.yaml", "--nonsense"),
        ("rum", "actions.yaml"),
        ("run", "nowhere.yaml"),
        ("run", "actions.yaml", "--draft", "--only", "nobody"),
        ("run", "actions.yaml", "--draft", "--force"),
        ("run", "actions.yaml", "--draft", "--max-cost", "-1"),
        ("run", "actions.yaml", "--config", "nowhere.yaml"),
        ("cache", "clear", "--older-than", "yesterday"),
        ("explain", "nonsense"),
        ("show", "nobody", "actions.yaml"),
    ],
)
def test_2_for_wrong_usage_with_a_message_and_no_traceback(scene: Command, arguments: tuple[str, ...]) -> None:
    done = scene(*arguments)
    assert done.code == 2
    assert done.err.startswith("error")
    assert "Traceback" not in done.err
    assert not (scene.folder / "out-draft/images").exists()


def test_2_for_drafts_in_a_folder_of_real_assets(acme: Command) -> None:
    acme("run", "actions.yaml", **KEY)
    done = acme("run", "actions.yaml", "--draft", "--out", "out")
    assert done.code == 2
    assert "real assets" in done.err


def test_3_when_the_least_is_above_the_budget(acme: Command) -> None:
    acme.write("assetgen.yaml", PAID)
    done = acme("run", "actions.yaml", "--max-cost", "0.01", **KEY)
    assert done.code == 3
    assert "$0.05" in done.err
    assert acme("estimate", "actions.yaml", "--max-cost", "0.01", **KEY).code == 3


def test_3_when_a_price_is_unknown(acme: Command) -> None:
    acme.write("assetgen.yaml", "models: {flux-schnell: [{provider: acme, model: acme-2}]}\n")
    done = acme("run", "actions.yaml", **KEY)
    assert done.code == 3
    assert "price" in done.err


def test_4_when_nobody_knows_whether_it_was_done(acme: Command) -> None:
    prompt(acme, "a lost answer")
    done = acme("run", "actions.yaml", "--json", **KEY)
    assert (done.code, done.json()["failed"][0]["code"]) == (4, "outcome_unknown")
    assert done.json()["counts"]["held"] == 1


def test_5_when_the_folder_cannot_be_written(scene: Command) -> None:
    scene.write("out-draft", "a file where the folder should be")
    done = scene("run", "actions.yaml", "--draft")
    assert done.code == 5
    assert "out-draft" in done.err


def test_6_when_a_key_is_missing(acme: Command) -> None:
    assert acme("run", "actions.yaml").code == 6


def test_6_when_no_service_of_a_model_can_be_asked(scene: Command) -> None:
    done = scene("run", "actions.yaml")
    assert done.code == 6
    assert "--draft" in done.err
    assert not (scene.folder / "out/images").exists()


def test_10_when_there_is_work_to_do_and_0_when_there_is_none(scene: Command) -> None:
    check = ("estimate", "actions.yaml", "--draft", "--check")
    assert scene(*check).code == 10
    scene("run", "actions.yaml", "--draft")
    assert scene(*check).code == 0


def test_70_for_a_bug_that_spoils_one_asset_only(acme: Command) -> None:
    path = acme.folder / "actions.yaml"
    path.write_text(path.read_text()[:-1] + ", {type: asset_image, id: odd, prompt: a bug, size: 320x240}]")
    done = acme("run", "actions.yaml", "--json", **KEY)
    assert (done.code, done.json()["counts"]["generated"]) == (70, 1)
    assert "ZeroDivisionError: half a pixel" in done.json()["failed"][0]["message"]
    assert "Traceback" not in done.err
    elsewhere = ("--out", "other", "--cache-dir", "other-cache", "--state-dir", "other-state")
    assert "Traceback" in acme("run", "actions.yaml", "-v", *elsewhere, **KEY).err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_130_and_143_when_it_was_stopped(scene: Command, number: signal.Signals, code: int) -> None:
    pictures = [{"type": "asset_image", "id": f"p{n}", "prompt": f"pier {n}", "size": "640x480"} for n in range(300)]
    scene.write("many.json", json.dumps(pictures))
    process = scene.start("run", "many.json", "--draft", "-q", "-j", "2")
    while process.poll() is None and not any((scene.folder / "out-draft").glob("images/*.png")):
        time.sleep(0.02)
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == code
    manifest = json.loads((scene.folder / "out-draft/manifest.json").read_text())
    assert {one["code"] for one in manifest["failed"]} == {"cancelled"}
