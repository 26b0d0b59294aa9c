from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from assetgen.cache.locks import locks
from assetgen.core import durable


def test_a_lock_file_that_is_deleted_while_it_is_locked_guards_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, flock = tmp_path / "lock", fcntl.flock

    def delete_first(descriptor: int, operation: int) -> None:
        path.unlink()
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", delete_first)
    with durable.lock(path) as had:
        assert not had
    monkeypatch.undo()
    with durable.lock(path) as had:
        assert had


def test_shared_locks_go_together_and_keep_exclusive_ones_out(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with durable.lock(path, shared=True) as one, durable.lock(path, shared=True) as two, durable.lock(path) as alone:
        assert (one, two, alone) == (True, True, False)
    with durable.lock(path) as alone, durable.lock(path, shared=True) as one:
        assert (alone, one) == (True, False)


def test_a_signature_counts_while_its_process_runs(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert durable.signature(path) is None
    with durable.lock(path, shared=True):
        assert durable.signature(path) == os.getpid()
    for text in ("", "garbage  ", "999999999"):
        path.write_text(text)
        assert durable.signature(path) is None


def test_a_lock_is_never_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"), durable.lock(tmp_path / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_of_locks_that_is_deleted_is_an_error_of_whoever_locks_next(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    here = locks(tmp_path / "locks")
    with here.lock("one") as had:
        assert had
        shutil.rmtree(tmp_path / "locks")
    with pytest.raises(FileNotFoundError), here.lock("two"):
        pass
    (tmp_path / "locks").mkdir()
    with here.lock("one") as had:
        assert had
