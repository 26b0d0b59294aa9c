from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assetgen.core.errors import StorageError, ValidationError
from assetgen.planning.records import WRITTEN
from assetgen.storage import folder
from tests.fakes.permissions import reachable_folder, unprivileged
from tests.fakes.processes import started

HOLDING = """
import pathlib, sys
from assetgen.planning.records import WRITTEN
from assetgen.storage import folder
with folder.attempt(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_preflight_makes_the_folder_and_leaves_nothing_in_it(tmp_path: Path) -> None:
    folder.preflight(tmp_path / "a/out")
    folder.preflight(tmp_path / "a/out")
    assert [path.name for path in (tmp_path / "a/out").iterdir()] == [".assetgen"]
    assert not list((tmp_path / "a/out/.assetgen").iterdir())


def test_the_preflight_names_what_is_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file/out"):
        with pytest.raises(StorageError, match=r"can't write to the output folder .*: not a directory") as refusal:
            folder.preflight(place)
        assert "--out" in refusal.value.help


@pytest.mark.parametrize("inside", ["out", "out/.assetgen"])
def test_the_preflight_refuses_symbolic_links(tmp_path: Path, inside: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / inside).parent.mkdir(exist_ok=True)
    (tmp_path / inside).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="symbolic link"):
        folder.preflight(tmp_path / "out")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_before_anything_is_paid_it_is_noticed_that_nothing_can_be_written() -> None:
    with reachable_folder() as base, unprivileged():
        folder.preflight(base / "out")
        (base / "out").chmod(0o500)
        with pytest.raises(StorageError, match="permission denied"):
            folder.prepare(base / "out", base / "out" / WRITTEN)
        (base / "out").chmod(0o700)


@pytest.mark.parametrize(("journal", "left"), [(False, ["images"]), (True, [])])
def test_what_a_killed_run_had_not_finished_is_deleted(tmp_path: Path, journal: bool, left: list[str]) -> None:
    out = tmp_path / "out"
    folder.preflight(out)
    (out / "images").mkdir()
    for place in (out, out / ".assetgen", out / "images"):
        (place / ".assetgen-0123").write_text("half")
    if journal:
        (out / WRITTEN).touch()
    folder.prepare(out, out / WRITTEN)
    assert [path.parent.name for path in out.rglob(".assetgen-*")] == left


def test_one_at_a_time_has_the_folder_and_its_pid_is_known(tmp_path: Path) -> None:
    assert folder.holder(tmp_path / "out") is None
    with folder.attempt(tmp_path / "out") as first, folder.attempt(tmp_path / "out") as second:
        assert (first, second) == (True, False)
        assert folder.holder(tmp_path / "out") == os.getpid()
    assert folder.holder(tmp_path / "out") is None


def test_the_kernel_frees_the_folder_when_its_process_is_killed(tmp_path: Path) -> None:
    with started(HOLDING, str(tmp_path / "out")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with folder.attempt(tmp_path / "out") as had:
            assert not had
        assert folder.holder(tmp_path / "out") == process.pid
        process.kill()
        process.wait()
        with folder.attempt(tmp_path / "out") as had:
            assert had


def test_the_folder_is_free_again_after_an_error_in_what_it_guards(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), folder.attempt(tmp_path / "out"):
        raise RuntimeError
    assert folder.holder(tmp_path / "out") is None


@pytest.mark.parametrize("draft", [True, False])
def test_a_folder_stays_what_it_was_marked_as(tmp_path: Path, draft: bool) -> None:
    folder.mark(tmp_path, draft=draft)
    folder.mark(tmp_path, draft=draft)
    marked = json.loads((tmp_path / ".assetgen/folder.json").read_text())
    assert marked == {"schema": "assetgen/folder@1", "draft": draft}
    with pytest.raises(ValidationError, match="go elsewhere") as refusal:
        folder.mark(tmp_path, draft=not draft)
    assert refusal.value.exit_code == 2
    assert json.loads((tmp_path / ".assetgen/folder.json").read_text()) == marked


def test_the_refusal_says_what_the_folder_holds_and_where_to_go(tmp_path: Path) -> None:
    folder.mark(tmp_path / "out", draft=False)
    with pytest.raises(ValidationError, match="holds real assets; drafts go elsewhere") as refusal:
        folder.mark(tmp_path / "out", draft=True)
    assert f"--out {tmp_path}/out-draft" in refusal.value.help


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"schema": "assetgen/folder@1"}',
        '{"schema": "x@2", "draft": true}',
        '{"schema": "assetgen/folder@1", "draft": 1}',
    ],
)
def test_a_damaged_mark_is_not_taken_for_none(tmp_path: Path, text: str) -> None:
    (tmp_path / ".assetgen").mkdir()
    (tmp_path / ".assetgen/folder.json").write_text(text)
    with pytest.raises(StorageError, match="damaged"):
        folder.mark(tmp_path, draft=False)
