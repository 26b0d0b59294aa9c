from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assetgen.core.errors import StorageError
from assetgen.core.records import FileStamp
from assetgen.storage.filesystem import MOST_HELD, FilesystemStorage
from tests.fakes.permissions import reachable_folder, unprivileged
from tests.fakes.processes import started


@pytest.fixture
def storage(tmp_path: Path) -> FilesystemStorage:
    return FilesystemStorage(tmp_path / "out")


def test_nothing_is_made_before_something_is_stored(storage: FilesystemStorage) -> None:
    assert not storage.exists("a.png")
    assert not storage.root.exists()


def test_files_are_ordinary_ones_that_others_may_read(storage: FilesystemStorage) -> None:
    storage.store("images/a.png", b"a")
    assert (storage.root / "images/a.png").stat().st_mode & 0o644 == 0o644
    assert [path.name for path in (storage.root / "images").iterdir()] == ["a.png"]


def test_a_stamp_is_size_time_and_inode(storage: FilesystemStorage) -> None:
    storage.store("a.png", b"12345")
    found = (storage.root / "a.png").stat()
    assert storage.stat("a.png") == FileStamp(5, found.st_mtime_ns, found.st_ino)


LINKS = {
    "the folder itself": ("out", "elsewhere"),
    "a folder on the way": ("out/images", "elsewhere/images"),
    "the file": ("out/images/a.png", "elsewhere/a.png"),
    "a dead link": ("out/images/a.png", "nowhere"),
}


@pytest.mark.parametrize("which", LINKS)
def test_no_symbolic_link_is_ever_followed(storage: FilesystemStorage, tmp_path: Path, which: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "images").mkdir(parents=True)
    for name in ("a.png", "images/a.png"):
        (elsewhere / name).write_bytes(b"precious")
    link, target = (tmp_path / place for place in LINKS[which])
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(target)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    doings: list[Callable[[str], object]] = [
        lambda path: storage.store(path, b"new"),
        storage.read,
        storage.exists,
        storage.stat,
        storage.digest,
        storage.get_duration,
    ]
    for doing in doings:
        with pytest.raises(StorageError, match="is a symbolic link"):
            doing("images/a.png")
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before
    assert (elsewhere / "a.png").read_bytes() == (elsewhere / "images/a.png").read_bytes() == b"precious"


def test_a_link_above_the_output_folder_is_the_users_own_affair(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    FilesystemStorage(tmp_path / "link/out").store("a.png", b"a")
    assert (tmp_path / "real/out/a.png").read_bytes() == b"a"


def test_what_is_no_regular_file_is_no_file(storage: FilesystemStorage) -> None:
    storage.store("a.png", b"a")
    os.mkfifo(storage.root / "pipe")
    assert not storage.exists("pipe")
    assert storage.digest("pipe") is None
    with pytest.raises(StorageError, match="no such file"):
        storage.read("pipe")


def test_a_folder_that_can_not_be_written_is_said_so_with_advice() -> None:
    with reachable_folder() as folder, unprivileged():
        storage = FilesystemStorage(folder / "out")
        storage.store("a.png", b"old")
        storage.root.chmod(0o500)
        with pytest.raises(StorageError, match=r"can't write `a\.png` to .*: permission denied") as refusal:
            storage.store("a.png", b"new")
        assert "--out" in refusal.value.help
        assert refusal.value.exit_code == 5
        assert storage.read("a.png") == b"old"
        storage.root.chmod(0o000)
        for doing in (storage.read, storage.exists, storage.stat):
            with pytest.raises(StorageError, match="permission denied"):
                doing("a.png")
        storage.root.chmod(0o700)


def test_a_process_killed_while_storing_leaves_only_whole_files(tmp_path: Path) -> None:
    script = """
import hashlib, itertools, pathlib, sys
from assetgen.storage.filesystem import MOST_HELD, FilesystemStorage
storage = FilesystemStorage(pathlib.Path(sys.argv[1]))
print("ready", flush=True)
for number in itertools.count():
    data = bytes([number % 256]) * 200_000
    storage.store(f"images/{hashlib.sha256(data).hexdigest()}", data)
"""
    moments = random.Random(7)  # noqa: S311 - a moment to kill at is no secret
    for _ in range(8):
        with started(script, str(tmp_path / "out")) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moments.uniform(0, 0.03))
            process.kill()
    files = [path for path in (tmp_path / "out/images").iterdir() if not path.name.startswith(".assetgen-")]
    assert files
    for path in files:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name


def test_names_are_utf8_whatever_the_locale_says(tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from assetgen.storage.filesystem import FilesystemStorage as Files; "
        "storage = Files(pathlib.Path(sys.argv[1])); storage.store('im\\u00e4ges/\\u57ce.png', b'a'); "
        "assert storage.read('im\\u00e4ges/\\u57ce.png') == b'a'"
    )
    plain = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "out")], env=plain, check=True)
    assert FilesystemStorage(tmp_path / "out").read("imäges/城.png") == b"a"


def test_a_folder_that_is_deleted_between_two_files_is_made_again(storage: FilesystemStorage) -> None:
    storage.store("images/a.png", b"a")
    shutil.rmtree(storage.root)
    assert not storage.exists("images/a.png")
    storage.store("images/b.png", b"b")
    assert (storage.root / "images/b.png").read_bytes() == b"b"


def test_a_link_that_takes_the_place_of_a_folder_gets_nothing(storage: FilesystemStorage, tmp_path: Path) -> None:
    storage.store("images/a.png", b"a")
    (storage.root / "images").rename(tmp_path / "moved")
    (tmp_path / "elsewhere").mkdir()
    (storage.root / "images").symlink_to(tmp_path / "elsewhere")
    for doing in (storage.exists, lambda path: storage.store(path, b"b")):
        with pytest.raises(StorageError, match="is a symbolic link"):
            doing("images/b.png")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_folder_that_was_moved_gets_nothing_more_and_the_new_one_is_looked_at(
    storage: FilesystemStorage, tmp_path: Path
) -> None:
    storage.store("images/a.png", b"a")
    (storage.root / "images").rename(tmp_path / "moved")
    assert not storage.exists("images/a.png")
    (storage.root / "images").mkdir()
    (storage.root / "images/b.png").write_bytes(b"by hand")
    assert storage.digest("images/b.png") == hashlib.sha256(b"by hand").hexdigest()
    storage.store("images/c.png", b"c")
    assert (storage.root / "images/c.png").read_bytes() == b"c"
    assert [path.name for path in (tmp_path / "moved").iterdir()] == ["a.png"]


def test_many_threads_in_many_folders_are_no_trouble(storage: FilesystemStorage) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            paths = [f"images/{number % 40}/{number}.png" for number in range(400)]
            list(pool.map(lambda path: storage.store(path, b"a", lasting=False), paths))
    finally:
        sys.setswitchinterval(interval)
    storage.flush()
    assert all(storage.exists(path) for path in paths)


def test_more_folders_than_are_held_open_are_no_trouble(storage: FilesystemStorage) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    for number in range(3 * MOST_HELD):
        storage.store(f"images/{number}/a.png", b"a", lasting=False)
        assert len(list(Path("/dev/fd").iterdir())) <= before + MOST_HELD
    storage.flush()
    assert all(storage.exists(f"images/{number}/a.png") for number in range(3 * MOST_HELD))


def test_what_need_not_last_yet_lasts_after_a_flush(
    storage: FilesystemStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage.store("images/a.png", b"a")
    synced: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    for name in ("b", "c"):
        storage.store(f"images/{name}.png", b"b", lasting=False)
    folder = (storage.root / "images").stat().st_ino
    assert (len(synced), folder in synced) == (2, False), "the bytes are flushed before they have their name"
    storage.flush()
    assert synced[2:] == [folder]
