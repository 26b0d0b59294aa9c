"""Answers on the disk: whole, or not there, or an error."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from assetgen.core import durable
from assetgen.core.durable import TEMPORARY
from assetgen.core.errors import StorageError
from assetgen.core.requests import Answer, Source
from assetgen.ledger.spool import Spool
from tests.fakes.permissions import reachable_folder, unprivileged

PICTURE = Answer(200, b"\x89PNG\r\n\x1a\n{}\n\0", {"content-type": "image/png"}, Source.FILE)


def test_an_answer_comes_back_as_it_came(tmp_path: Path) -> None:
    Spool(tmp_path).keep("token", PICTURE)
    assert Spool(tmp_path).read("token") == [PICTURE]
    assert Spool(tmp_path).read("other") == []


def test_cookies_are_not_kept(tmp_path: Path) -> None:
    Spool(tmp_path).keep("token", Answer(200, b"", {"set-cookie": "session=secret", "date": "today"}))
    assert Spool(tmp_path).read("token")[0].headers == {"date": "today"}
    assert all(b"secret" not in path.read_bytes() for path in tmp_path.iterdir())


def test_nobody_else_may_look(tmp_path: Path) -> None:
    Spool(tmp_path).keep("token", PICTURE)
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_what_is_dropped_is_gone_and_dropping_twice_harms_nobody(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep("token", PICTURE)
    spool.keep("other", PICTURE)
    spool.drop("token")
    spool.drop("token")
    assert (spool.read("token"), spool.read("other")) == ([], [PICTURE])


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:5],
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data.replace(b"PNG", b"PGN"),
        lambda data: b"[]\n" + data,
        lambda data: b"{}\n" + data,
        lambda data: b"\xff\xfe\n" + data,
    ],
)
def test_a_damaged_file_is_never_an_answer_and_it_is_said(
    tmp_path: Path, damage: type, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path)
    spool.keep("token", PICTURE)
    (path,) = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert spool.read("token") == []
    assert "is damaged" in caplog.text


def test_an_answer_under_the_name_of_another_attempt_is_none(tmp_path: Path) -> None:
    """So a power failure can leave a file that was to be written over: the new name, and the old bytes."""
    Spool(tmp_path).keep("old", PICTURE)
    (path,) = tmp_path.iterdir()
    path.rename(tmp_path / f"new-{PICTURE.source}")
    assert Spool(tmp_path).read("new") == []


def test_an_answer_is_flushed_when_it_has_to_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    Spool(tmp_path).keep("token", PICTURE)
    assert flushed == []
    Spool(tmp_path).last("token")
    (kept,) = tmp_path.iterdir()
    assert flushed == [kept.stat().st_ino, tmp_path.stat().st_ino]


def test_a_disk_that_refuses_is_an_error_in_words() -> None:
    with reachable_folder() as folder, unprivileged():
        spool = Spool(folder)
        spool.keep("token", PICTURE)
        folder.chmod(0o500)
        with pytest.raises(StorageError, match="may be paid for"):
            spool.keep("other", PICTURE)
        spool.drop("token")
        assert spool.read("token") == []
        assert Spool(folder).read("token") == [PICTURE], "what can't be deleted harms nobody"
        folder.chmod(0o000)
        with pytest.raises(StorageError, match="can't read"):
            Spool(folder).read("token")
        folder.chmod(0o700)


KEEP = """
import os, sys
from pathlib import Path
from assetgen.core.requests import Answer, Source
from assetgen.ledger.spool import Spool
step, at = 0, int(sys.argv[2])
def counted(real):
    def function(*arguments, **options):
        global step
        step += 1
        if step == at:
            os._exit(9)
        return real(*arguments, **options)
    return function
os.open, os.write, os.replace = counted(os.open), counted(os.write), counted(os.replace)
Spool(Path(sys.argv[1])).keep("token", Answer(200, b"new" * 1000, {}, Source.FILE))
"""


@pytest.mark.parametrize("at", range(1, 4))
def test_a_kill_at_any_step_leaves_the_old_answer_or_the_new_one(tmp_path: Path, at: int) -> None:
    Spool(tmp_path).keep("token", PICTURE)
    ended = subprocess.run([sys.executable, "-c", KEEP, str(tmp_path), str(at)])
    assert ended.returncode == 9
    (found,) = Spool(tmp_path).read("token")
    assert found.body in {PICTURE.body, b"new" * 1000}


def test_a_file_that_is_not_needed_any_more_is_written_over_by_the_next_answer(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep("long", Answer(200, b"x" * 5000, {}))
    (before,) = (path.stat().st_ino for path in tmp_path.iterdir())
    spool.drop("long")
    spool.keep("short", Answer(200, b"y", {}))
    (after,) = (path.stat().st_ino for path in tmp_path.iterdir())
    assert (before, spool.tokens()) == (after, {"short"})
    assert Spool(tmp_path).read("short") == [Answer(200, b"y", {})]


def test_what_was_kept_for_more_answers_is_deleted_at_the_end(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for token in ("one", "two"):
        spool.keep(token, PICTURE)
        spool.drop(token)
    spool.close()
    assert list(tmp_path.iterdir()) == []


def test_only_what_was_left_long_ago_is_swept_away(tmp_path: Path) -> None:
    old, new = (tmp_path / f"{TEMPORARY}{name}" for name in ("old", "new"))
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    Spool(tmp_path).sweep()
    assert list(tmp_path.iterdir()) == [new]


def test_an_answer_is_kept_although_its_spare_file_is_swept_away_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another run that joins, or because an attempt is settled twice."""
    spool, real = Spool(tmp_path), durable.write_over

    def swept(path: str, data: bytes) -> None:
        real(path, data)
        Spool(tmp_path).drop("old")
        spool.drop("old")

    spool.keep("old", PICTURE)
    spool.drop("old")
    monkeypatch.setattr(durable, "write_over", swept)
    spool.keep("new", PICTURE)
    assert Spool(tmp_path).read("new") == [PICTURE]


def test_dropping_twice_leaves_the_file_for_the_next_answer(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep("old", PICTURE)
    spool.drop("old")
    spool.drop("old")
    assert len(list(tmp_path.iterdir())) == 1
