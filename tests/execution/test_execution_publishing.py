from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.core.errors import EditedOutputError, StorageError
from assetgen.core.ports import Stored
from assetgen.core.records import FileStamp
from assetgen.core.results import MadeFile
from assetgen.execution.publishing import Publisher
from assetgen.planning.records import WRITTEN, LastRun, read_last_run
from assetgen.storage.filesystem import FilesystemStorage


def publisher(
    folder: Path, last: LastRun | None = None, storage: type[FilesystemStorage] = FilesystemStorage
) -> Publisher:
    files = storage(folder)
    (folder / ".assetgen").mkdir(parents=True, exist_ok=True)
    return Publisher(files, files, last or LastRun(), folder / WRITTEN)


def test_a_file_is_announced_before_it_stands(tmp_path: Path) -> None:
    file = publisher(tmp_path).publish("pier", MadeFile("images/pier.png", b"one", "image/png"))
    assert (tmp_path / "images/pier.png").read_bytes() == b"one"
    assert read_last_run(FilesystemStorage(tmp_path)).wrote("images/pier.png", file.sha256)


def test_what_stands_already_is_not_written_again(tmp_path: Path) -> None:
    publisher(tmp_path).publish("pier", MadeFile("a.png", b"one", "image/png"))
    before = (tmp_path / "a.png").stat().st_mtime_ns
    publisher(tmp_path).publish("pier", MadeFile("a.png", b"one", "image/png"))
    assert (tmp_path / "a.png").stat().st_mtime_ns == before


def test_a_file_of_ours_is_replaced_and_somebody_elses_is_not(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(EditedOutputError) as caught:
        publisher(tmp_path).publish("pier", MadeFile("a.png", b"new", "image/png"))
    assert "`a.png`" in caught.value.help
    ours = LastRun(written={"a.png": frozenset({hashlib.sha256(b"old").hexdigest()})})
    publisher(tmp_path, ours).publish("pier", MadeFile("a.png", b"new", "image/png"))
    assert (tmp_path / "a.png").read_bytes() == b"new"


class Losing(FilesystemStorage):
    """Somebody deletes each file as soon as it is there, before anybody has looked at it."""

    def store(self, path: str, data: bytes, sha256: str = "", *, lasting: bool = True) -> Stored:
        stored = super().store(path, data, sha256, lasting=lasting)
        (self.root / path).unlink()
        return replace(stored, stamp=None)


def test_a_file_that_vanishes_as_soon_as_it_is_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone"):
        publisher(tmp_path, storage=Losing).publish("pier", MadeFile("a.png", b"one", "image/png"))


def test_a_file_is_recorded_as_it_was_when_it_was_written(tmp_path: Path) -> None:
    around = publisher(tmp_path)
    file = around.publish("pier", MadeFile("a.png", b"one", "image/png"))
    written = (tmp_path / "a.png").stat()
    (tmp_path / "a.png").write_bytes(b"edited meanwhile")
    assert around.recorded(file).stamp == FileStamp(3, written.st_mtime_ns, written.st_ino)
