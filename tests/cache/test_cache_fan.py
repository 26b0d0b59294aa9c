from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest

from assetgen.cache.fan import FEW, Fan


def names(count: int) -> list[str]:
    return [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]


def test_a_few_files_make_a_few_folders_and_many_find_all_of_them(tmp_path: Path) -> None:
    fan = Fan(tmp_path / "blobs")
    fan.expect(FEW)
    for name in names(5):
        fan.write(name, b"x", 0o600)
    assert len(list((tmp_path / "blobs").iterdir())) <= 5
    fan.expect(FEW + 1)
    fan.expect(FEW + 1)
    folders = list((tmp_path / "blobs").iterdir())
    assert len(folders) == 256
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}
    for name in names(50):
        fan.write(name, b"x", 0o600)
    assert all(Path(fan.name(name)).read_bytes() == b"x" for name in names(50))
    assert len(list((tmp_path / "blobs").iterdir())) == 256


def test_folders_last_before_a_file_is_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = list[str]()
    sync, make, replace = os.fsync, os.mkdir, os.replace

    def fsync(descriptor: int) -> None:
        same = os.fstat(descriptor).st_ino == tmp_path.stat().st_ino
        events.append("flushed" if same else "other")
        sync(descriptor)

    def mkdir(path: str, mode: int = 0o777) -> None:
        make(path, mode)
        events.append("made")

    def renamed(old: str, new: str) -> None:
        replace(old, new)
        events.append("named")

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "mkdir", mkdir)
    monkeypatch.setattr(os, "replace", renamed)
    fan = Fan(tmp_path)
    fan.write("abc", b"x", 0o600)
    fan.expect(FEW + 1)
    fan.write("bcd", b"x", 0o600)
    unflushed = False
    for event in events:
        unflushed = event == "made" or (unflushed and event != "flushed")
        assert not (event == "named" and unflushed)
    assert events.count("made") == 256


def test_a_folder_that_somebody_deleted_is_made_again(tmp_path: Path) -> None:
    fan = Fan(tmp_path)
    fan.write("abc", b"x", 0o600)
    (tmp_path / "ab/abc").unlink()
    (tmp_path / "ab").rmdir()
    fan.write("abd", b"x", 0o600)
    assert (tmp_path / "ab/abd").exists()


def test_names_of_other_signs_have_their_folders_too(tmp_path: Path) -> None:
    fan = Fan(tmp_path)
    fan.expect(FEW + 1)
    fan.write("zz-a-key", b"x", 0o600)
    assert (tmp_path / "zz/zz-a-key").exists()
