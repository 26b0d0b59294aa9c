"""Standard streams that are closed, full, or left by their reader: the work goes on, and the code stays right."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys

import pytest

from tests.e2e.command import Command, Ended

RUN = ("run", "actions.yaml", "--draft")


def shell(command: Command, *arguments: str, after: str) -> Ended:
    """The command in a shell, followed by redirections or a pipe; the code is that of the command itself."""
    line = f"{shlex.join(command.line(*arguments))} {after}; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=command.folder, env=command.variables(), capture_output=True, text=True, timeout=60
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize(
    "after", [">&-", "2>&-", "<&- >&- 2>&-", "2>&1 | head -1", "2>&1 | true", "2>/dev/null | true"]
)
def test_a_run_finishes_whatever_becomes_of_its_streams(scene: Command, after: str) -> None:
    done = shell(scene, *RUN, after=after)
    assert done.code == 0, done.err
    manifest = json.loads((scene.folder / "out-draft/manifest.json").read_text())
    assert len(manifest["cutscenes"]) == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize("after", ["", ">&-", "2>&-", "2>&1 | true"])
def test_wrong_usage_stays_2(scene: Command, after: str) -> None:
    assert shell(scene, "nonsense", after=after).code == 2


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is a device of Linux")
def test_a_result_that_could_not_be_written_is_5(scene: Command) -> None:
    done = shell(scene, "schema", after="> /dev/full")
    assert done.code == 5
    assert "No space left" in done.err
    assert shell(scene, *RUN, after="2> /dev/full").code == 0


def test_a_closed_standard_input_is_a_problem_of_the_input(scene: Command) -> None:
    assert shell(scene, "run", "-", "--draft", after="<&-").code == 2


@pytest.mark.parametrize(
    "arguments", [("run", "nowhere.yaml"), ("run", "actions.yaml"), ("run", "actions.yaml", "--nonsense")]
)
def test_with_progress_as_json_stderr_holds_nothing_else(scene: Command, arguments: tuple[str, ...]) -> None:
    done = scene(*arguments, "--progress", "json")
    assert done.code in {2, 6}
    assert [json.loads(line)["schema"] for line in done.err.splitlines()]
    fine = scene(*RUN, "--progress", "json")
    assert {json.loads(line)["schema"] for line in fine.err.splitlines()} == {"assetgen/event@1"}


def test_nothing_waits_for_a_pipe_in_the_place_of_a_file(scene: Command) -> None:
    import os

    scene(*RUN)
    for path in [
        scene.folder / "out-draft/.assetgen/folder.json",
        *scene.folder.glob("home/.cache/assetgen/draft/purchases/*/*"),
    ]:
        path.unlink()
        os.mkfifo(path)
    (scene.folder / "out-draft/images/pier.png").unlink()
    assert scene(*RUN).code == 5


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plan.json", '{"schema": "assetgen/plan@1", "assets": [{}]}'),
        ("plan.json", '{"schema": "assetgen/plan@1", "assets": 5}'),
        ("plan.json", "[" * 100_000),
        ("../manifest.json", '{"schema": "assetgen/manifest@1", "images": [1]}'),
        ("../manifest.json", '{"schema": "assetgen/manifest@1", "images": null}'),
        ("folder.json", "{}"),
    ],
)
def test_what_is_damaged_in_the_folder_is_named_with_5(scene: Command, name: str, text: str) -> None:
    scene(*RUN)
    path = scene.folder / "out-draft/.assetgen" / name
    path.write_text(text)
    done = scene(*RUN)
    assert done.code == 5
    assert path.name in done.err


@pytest.mark.parametrize("text", ['["images/pi["a","b"]\n', "garbage\n5\n[[1],{}]\n", '["images/pier.png", "ab'])
def test_announcements_that_were_cut_short_are_passed_over(scene: Command, text: str) -> None:
    scene(*RUN)
    (scene.folder / "out-draft/.assetgen/written.jsonl").write_text(text)
    assert scene(*RUN).code == 0
    assert not (scene.folder / "out-draft/.assetgen/written.jsonl").exists()


def test_what_a_killed_run_left_unfinished_is_swept_by_the_next(scene: Command) -> None:
    scene(*RUN)
    leftover = scene.folder / "out-draft/images/.assetgen-0123456789abcdef"
    leftover.write_bytes(b"half")
    (scene.folder / "out-draft/.assetgen/written.jsonl").touch()
    assert scene(*RUN).code == 0
    assert not leftover.exists()
