"""What is known of a killed run's requests: which had begun to leave."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from assetgen.core.errors import StorageError
from assetgen.ledger import departures
from assetgen.ledger.departures import Departures
from tests.fakes.permissions import reachable_folder, unprivileged
from tests.fakes.processes import started

KILLED = """
import pathlib, sys
from assetgen.ledger.departures import Departures
list_of_run = Departures(pathlib.Path(sys.argv[1]), "run")
list_of_run.open()
for token in ("one", "two"):
    list_of_run.note(token)
print("noted", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def boot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's name for its start, which a test can change."""
    path = tmp_path / "boot_id"
    path.write_text("first-start\n")
    monkeypatch.setattr(departures, "BOOT", path)
    return path


def begun(folder: Path, run: str, *tokens: str) -> Departures:
    one = Departures(folder, run)
    one.open()
    for token in tokens:
        one.note(token)
    return one


def test_what_a_killed_run_had_not_begun_to_send_never_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    if not departures.BOOT.exists():
        pytest.skip("this system has no name for its start")
    with started(KILLED, str(tmp_path / "lists")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
    after = Departures(tmp_path / "lists", "another")
    assert [after.has("run", token) for token in ("one", "two", "three")] == [True, True, False]


def test_after_another_start_of_the_system_everything_may_have_left(tmp_path: Path, boot: Path) -> None:
    lists = begun(tmp_path / "lists", "run", "one")
    assert not lists.has("run", "two")
    boot.write_text("second-start\n")
    assert lists.has("run", "two")


@pytest.mark.parametrize("damage", [b"", b"\n\n", b"one\ntwo\n", b"\xff\xfe\n"])
def test_a_list_that_is_not_whole_proves_nothing(tmp_path: Path, damage: bytes) -> None:
    lists = begun(tmp_path / "lists", "run")
    (tmp_path / "lists/run").write_bytes(damage)
    assert lists.has("run", "one")


def test_without_a_list_or_a_name_of_the_start_everything_may_have_left(tmp_path: Path, boot: Path) -> None:
    lists = begun(tmp_path / "lists", "run", "one")
    assert lists.has("nobody", "one")
    boot.unlink()
    assert lists.has("run", "two")
    assert begun(tmp_path / "others", "run").has("run", "one")


def test_only_lists_that_somebody_needs_are_left(tmp_path: Path) -> None:
    for run in ("one", "two"):
        begun(tmp_path / "lists", run).close()
    Departures(tmp_path / "lists", "two").sweep(lambda: {"two"})
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["two"]


def test_the_list_of_a_run_that_begins_at_this_moment_is_left(tmp_path: Path) -> None:
    begun(tmp_path / "lists", "old").close()

    def needed() -> set[str]:
        begun(tmp_path / "lists", "new").close()
        return set()

    Departures(tmp_path / "lists", "one").sweep(needed)
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["new"]


class Full:
    """A list on a disk that is full."""

    def add(self, line: str) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_what_can_not_be_noted_is_not_to_be_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = begun(tmp_path / "lists", "run")
    lists.close()
    monkeypatch.setattr(lists, "_lines", Full())
    with pytest.raises(StorageError, match="nothing was sent"):
        lists.note("one")


def test_nobody_else_may_look() -> None:
    with reachable_folder() as folder:
        begun(folder / "lists", "run", "one")
        with unprivileged(), pytest.raises(PermissionError):
            (folder / "lists/run").read_text()


def test_asking_for_nobodys_list_leaves_nothing_open(tmp_path: Path) -> None:
    lists = begun(tmp_path / "lists", "run", "one")
    before = len(list(Path("/dev/fd").iterdir()))
    assert all(lists.has("", "one") for _ in range(20))
    assert len(list(Path("/dev/fd").iterdir())) == before
