from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assetgen.core.errors import EditedOutputError, StorageError
from assetgen.execution.publishing import Publisher
from assetgen.planning.records import WRITTEN, LastRun, read_last_run
from assetgen.storage.filesystem import FilesystemStorage


def publisher(folder: Path, last: LastRun | None = None) -> Publisher:
    storage = FilesystemStorage(folder)
    (folder / ".assetgen").mkdir(parents=True, exist_ok=True)
    return Publisher(storage, storage, last or LastRun(), folder / WRITTEN)


def test_a_file_is_announced_before_it_stands(tmp_path: Path) -> None:
    file = publisher(tmp_path).publish("pier", "images/pier.png", b"one", "image/png")
    assert (tmp_path / "images/pier.png").read_bytes() == b"one"
    assert read_last_run(FilesystemStorage(tmp_path)).wrote("images/pier.png", file.sha256)


def test_what_stands_already_is_not_written_again(tmp_path: Path) -> None:
    publisher(tmp_path).publish("pier", "a.png", b"one", "image/png")
    before = (tmp_path / "a.png").stat().st_mtime_ns
    publisher(tmp_path).publish("pier", "a.png", b"one", "image/png")
    assert (tmp_path / "a.png").stat().st_mtime_ns == before


def test_a_file_of_ours_is_replaced_and_somebody_elses_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(EditedOutputError) as caught:
        publisher(tmp_path).publish("pier", "a.png", b"new", "image/png")
    assert "`a.png`" in caught.value.help
    ours = LastRun(written={"a.png": frozenset({hashlib.sha256(b"old").hexdigest()})})
    publisher(tmp_path, ours).publish("pier", "a.png", b"new", "image/png")
    assert (tmp_path / "a.png").read_bytes() == b"new"


def test_a_file_that_vanished_after_it_was_written_is_an_error(tmp_path: Path) -> None:
    around = publisher(tmp_path)
    file = around.publish("pier", "a.png", b"one", "image/png")
    (tmp_path / "a.png").unlink()
    with pytest.raises(StorageError, match="gone"):
        around.recorded(file)
