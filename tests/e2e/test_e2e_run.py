"""What a user may rely on when files are made: seen from outside, with real files and real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from io import BytesIO

from mutagen import File as MutagenFile
from PIL import Image

from tests.e2e.command import Command, files_below

RUN = ("run", "actions.yaml", "--draft")


def test_a_run_makes_everything_that_the_file_asks_for(scene: Command) -> None:
    done = scene(*RUN)
    assert (done.code, done.out.strip()) == (0, "out-draft/manifest.json"), done.err
    out = scene.folder / "out-draft"
    with Image.open(out / "images/pier.png") as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (320, 240))
    manifest = json.loads((out / "manifest.json").read_text())
    (audio,) = manifest["audio"]
    sound = MutagenFile(out / audio["path"])
    assert abs(sound.info.length - audio["duration"]) < 0.03
    captions = (out / audio["captions"]).read_text()
    assert captions.startswith("WEBVTT")
    assert captions.count("-->") == 2
    cutscene = json.loads((out / "cutscenes/scene.json").read_text())
    (shot,) = cutscene["shots"]
    assert list(shot)[:5] == ["imageUrl", "audioUrl", "duration", "animation", "audioDuration"]
    assert (shot["imageUrl"], shot["audioDuration"]) == ("images/pier.png", audio["duration"])
    assert manifest["draft"] is True
    assert manifest["failed"] == []


def test_the_second_run_starts_no_work_and_changes_no_byte(scene: Command) -> None:
    scene(*RUN)
    before = files_below(scene.folder / "out-draft")
    log = scene.folder / "out-draft/.assetgen/run.jsonl"
    done = scene(*RUN, "--json")
    assert done.json()["counts"] == {"total": 3, "generated": 0, "cached": 3, "failed": 0, "skipped": 0, "held": 0}
    assert files_below(scene.folder / "out-draft") == before
    events = [json.loads(line)["event"] for line in log.read_text().splitlines()]
    assert sorted(set(events)) == ["action.cached", "run.finished", "run.started"]


def test_another_machine_makes_the_same_bytes(scene: Command) -> None:
    scene(*RUN)
    scene(*RUN, "--out", "again", "--cache-dir", "other-cache")
    assert files_below(scene.folder / "again") == files_below(scene.folder / "out-draft")


def test_deleted_outputs_come_back_from_the_cache(scene: Command) -> None:
    scene(*RUN)
    before = files_below(scene.folder / "out-draft")
    for path in ("images/pier.png", "audio/line.mp3", "captions/line.vtt", "cutscenes/scene.json"):
        (scene.folder / "out-draft" / path).unlink()
    done = scene(*RUN, "--frozen", "--json")
    assert done.code == 0
    assert files_below(scene.folder / "out-draft") == before


def test_an_edited_output_stays_with_its_own_hash(scene: Command) -> None:
    scene(*RUN)
    edited = scene.folder / "out-draft/images/pier.png"
    edited.write_bytes(b"mine")
    done = scene(*RUN, "--json")
    assert done.code == 0
    assert [(one["code"], one["id"]) for one in done.json()["warnings"]] == [("edited_output", "pier")]
    assert edited.read_bytes() == b"mine"
    (image,) = json.loads((scene.folder / "out-draft/manifest.json").read_text())["images"]
    assert image["bytes"] == 4


def test_an_edited_output_is_never_written_over_when_its_action_changed(scene: Command) -> None:
    scene(*RUN)
    edited = scene.folder / "out-draft/images/pier.png"
    edited.write_bytes(b"mine")
    scene.write("actions.yaml", (scene.folder / "actions.yaml").read_text().replace("dusk", "dawn"))
    done = scene(*RUN, "--json")
    failed = {one["id"]: one["code"] for one in done.json()["failed"]}
    assert (done.code, failed) == (1, {"pier": "edited_output", "scene": "dependency_failed"})
    assert edited.read_bytes() == b"mine"


def test_a_file_that_was_there_before_is_never_written_over(scene: Command) -> None:
    scene.write("out-draft/images/pier.png", "mine")
    done = scene(*RUN, "--json")
    assert done.code == 1
    assert (scene.folder / "out-draft/images/pier.png").read_text() == "mine"
    assert {one["id"] for one in done.json()["failed"]} == {"pier", "scene"}


def test_a_changed_action_is_made_again_and_only_that(scene: Command) -> None:
    scene(*RUN)
    scene.write("actions.yaml", (scene.folder / "actions.yaml").read_text().replace("dusk", "dawn"))
    estimate = scene("estimate", "actions.yaml", "--draft", "--json").json()
    states = {one["id"]: (one["state"], one["reason"]) for one in estimate["actions"]}
    assert states["pier"][0] == "changed"
    assert "prompt" in states["pier"][1]
    assert states["line"][0] == "cached"
    counts = scene(*RUN, "--json").json()["counts"]
    assert (counts["generated"], counts["cached"]) == (2, 1)


def test_a_folder_that_lost_its_memory_still_knows_its_own_files(scene: Command) -> None:
    scene(*RUN)
    before = files_below(scene.folder / "out-draft")
    for path in (scene.folder / "out-draft/.assetgen").iterdir():
        path.unlink()
    scene.write("actions.yaml", (scene.folder / "actions.yaml").read_text().replace("dusk", "dawn"))
    assert scene(*RUN).code == 0
    assert files_below(scene.folder / "out-draft") != before


def test_a_free_asset_whose_blob_is_damaged_is_just_made_again(scene: Command) -> None:
    scene(*RUN)
    before = files_below(scene.folder / "out-draft")
    (scene.folder / "out-draft/images/pier.png").unlink()
    cache = scene.folder / "home/.cache/assetgen/draft/blobs"
    for blob in cache.rglob("*"):
        if blob.is_file():
            blob.chmod(0o644)
            data = bytearray(blob.read_bytes())
            data[-1] ^= 1
            blob.write_bytes(data)
    assert scene("cache", "check").code == 5
    assert scene(*RUN).code == 0
    assert files_below(scene.folder / "out-draft") == before


def test_an_edit_is_kept_however_many_runs_come_between(scene: Command) -> None:
    scene(*RUN)
    for name, text in (("images/pier.png", "dusk"), ("cutscenes/scene.json", "duration: 5")):
        edited = scene.folder / "out-draft" / name
        edited.write_bytes(b"mine")
        assert scene(*RUN).code == 0
        actions = (scene.folder / "actions.yaml").read_text()
        scene.write("actions.yaml", actions.replace(text, {"dusk": "dawn", "duration: 5": "duration: 6"}[text]))
        assert scene(*RUN).code == 1
        assert edited.read_bytes() == b"mine"
        edited.unlink()
        assert scene(*RUN).code == 0


def test_several_files_take_turns_in_one_folder(scene: Command) -> None:
    scene.write(
        "other.yaml",
        (scene.folder / "actions.yaml")
        .read_text()
        .replace("pier", "quay")
        .replace("line", "talk")
        .replace("id: scene", "id: act"),
    )
    for name in ("actions.yaml", "other.yaml", "actions.yaml", "other.yaml"):
        done = scene("run", name, "--draft", "--json")
        assert (done.code, done.json()["failed"]) == (0, [])
    together = scene("run", "actions.yaml", "other.yaml", "--draft", "--json").json()
    assert together["counts"]["cached"] == 6


def test_a_refused_run_leaves_no_folder_behind(scene: Command) -> None:
    assert scene("run", "actions.yaml").code == 6
    assert not (scene.folder / "out").exists()


def test_an_estimate_takes_no_draft_for_a_real_asset(scene: Command) -> None:
    scene(*RUN, "--out", "out")
    done = scene("estimate", "actions.yaml")
    assert done.code == 2
    assert "drafts" in done.err


def test_a_killed_run_goes_on_where_it_was(scene: Command) -> None:
    """Killed at many moments; afterwards every file that has a name is whole, and a last run completes the rest."""
    scene.write("actions.yaml", "actions:\n" + "".join(_picture(number) for number in range(24)))
    for wait in (0.6, 0.75, 0.9, 1.05, 1.2):
        process = subprocess.Popen(
            scene.line(*RUN, "--progress", "none"),
            cwd=scene.folder,
            env=scene.variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.wait()
        for path, data in files_below(scene.folder / "out-draft").items():
            if path.endswith(".png") and not os.path.basename(path).startswith(".assetgen-"):  # noqa: PTH119
                Image.open(BytesIO(data)).load()
    done = scene(*RUN, "--json")
    assert (done.code, done.json()["counts"]["total"], done.json()["failed"]) == (0, 24, [])
    again = scene(*RUN, "--json").json()["counts"]
    assert again["cached"] == 24


def _picture(number: int) -> str:
    return f"  - {{type: asset_image, id: p{number}, prompt: 'Pier number {number}', size: 640x480}}\n"


def test_ctrl_c_ends_cleanly_with_what_was_finished(scene: Command) -> None:
    scene.write("actions.yaml", "actions:\n" + "".join(_picture(number) for number in range(400)))
    process = scene.start(*RUN, "--json", "-j", "2")
    images = scene.folder / "out-draft/images"
    while not (images.is_dir() and any(images.glob("*.png"))):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    result = json.loads(out)
    assert process.returncode == result["exit_code"] == 130, err
    assert 0 < result["counts"]["generated"] < 400
    manifest = json.loads((scene.folder / "out-draft/manifest.json").read_text())
    assert len(manifest["images"]) == result["counts"]["generated"]
    assert "Traceback" not in err


def test_two_runs_on_one_folder_take_turns(scene: Command) -> None:
    processes = [
        subprocess.Popen(
            scene.line(*RUN, "--json"),
            cwd=scene.folder,
            env=scene.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=60) for process in processes]
    counts = [json.loads(out)["counts"] for out, _ in ended]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sorted(one["generated"] for one in counts) == [0, 0, 3]


def test_processes_with_folders_of_their_own_buy_once_between_them(scene: Command) -> None:
    processes = [
        subprocess.Popen(
            scene.line(*RUN, "--json", "--out", f"out{number}"),
            cwd=scene.folder,
            env=scene.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
        )
        for number in range(4)
    ]
    results = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    bought = [one["metrics"]["calls"] for one in results]
    assert sum(bought) == 2, bought
    first = files_below(scene.folder / "out0")
    assert all(files_below(scene.folder / f"out{number}") == first for number in range(4))
