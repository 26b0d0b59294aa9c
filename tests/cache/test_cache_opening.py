from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from pathlib import Path

import pytest

from assetgen.cache.cache import FileCache
from assetgen.core.actions import Kind
from assetgen.core.errors import CacheError
from assetgen.core.money import Usd
from tests.fakes.permissions import NOBODY, reachable_folder, unprivileged
from tests.fakes.processes import started, together
from tests.fakes.purchases import NOON, picture, png

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")


def everything_below(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in [folder, *folder.rglob("*")]
    }


def test_a_new_cache_is_its_owners_alone_and_has_the_documented_layout(tmp_path: Path) -> None:
    cache = FileCache.open(tmp_path / "user/assetgen")
    entry = cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700
    assert json.loads((cache.folder / "format.json").read_text()) == {"schema": "assetgen/cache@1", "id": cache.id}
    blob = cache.folder / "blobs" / entry.digest[:2] / entry.digest
    assert blob.read_bytes() == png().data
    assert not stat.S_IMODE(blob.stat().st_mode) & 0o222
    sidecar = json.loads((cache.folder / "purchases" / entry.key[:2] / f"{entry.key}.json").read_text())
    assert list(sidecar) == sorted(sidecar)
    assert (sidecar["paid_usd"], sidecar["content"]) == ("0.0027", {"width": 1024, "height": 768})


def test_the_id_stays_and_differs_from_cache_to_cache(tmp_path: Path) -> None:
    assert FileCache.open(tmp_path / "a").id == FileCache.open(tmp_path / "a").id
    assert FileCache.open(tmp_path / "a").id != FileCache.open(tmp_path / "b").id


def test_a_cache_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "format.json").write_text('{"schema": "assetgen/cache@2", "id": "abc"}')
    before = everything_below(tmp_path)
    with pytest.raises(CacheError, match=r"newer assetgen wrote it \(format 2; this one knows 1\)") as refusal:
        FileCache.open(tmp_path)
    assert "Update assetgen" in refusal.value.help
    assert everything_below(tmp_path) == before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"schema": 1, "id": "a"}', '{"schema": "other@1", "id": "a"}', "{}"]
)
def test_a_damaged_format_file_is_no_new_cache(tmp_path: Path, text: str) -> None:
    (tmp_path / "format.json").write_text(text)
    before = everything_below(tmp_path)
    with pytest.raises(CacheError, match="damaged"):
        FileCache.open(tmp_path)
    assert everything_below(tmp_path) == before


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    before = everything_below(tmp_path)
    with pytest.raises(CacheError, match="holds other files"):
        FileCache.open(tmp_path)
    assert everything_below(tmp_path) == before


def test_what_a_killed_first_start_left_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / ".assetgen-0123456789abcdef").write_text('{"sch')
    assert FileCache.open(tmp_path).id


def test_an_empty_folder_made_by_the_user_is_taken_and_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine").chmod(0o775)
    cache = FileCache.open(tmp_path / "mine")
    assert stat.S_IMODE(cache.folder.stat().st_mode) == 0o700


def test_a_cache_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    folder = FileCache.open(tmp_path / "c").folder
    folder.chmod(0o777)
    with pytest.raises(CacheError, match="other users may write") as refusal:
        FileCache.open(folder)
    assert "chmod 700" in refusal.value.help


def test_a_cache_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    folder = FileCache.open(tmp_path / "c").folder
    folder.chmod(0o755)
    FileCache.open(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@as_root
def test_a_cache_of_another_user_is_refused(tmp_path: Path) -> None:
    folder = FileCache.open(tmp_path / "c").folder
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(CacheError, match="belongs to another user"):
        FileCache.open(folder)


def test_a_path_through_a_file_can_be_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CacheError, match="not a directory") as refusal:
        FileCache.open(tmp_path / "file/cache")
    assert "--cache-dir" in refusal.value.help
    assert refusal.value.exit_code == 5


def test_a_folder_that_can_not_be_written_is_refused_before_anything_is_bought() -> None:
    with reachable_folder() as folder, unprivileged():
        (folder / "closed").mkdir(0o555)
        with pytest.raises(CacheError, match="permission denied"):
            FileCache.open(folder / "closed/cache")
        cache = FileCache.open(folder / "cache")
        cache.folder.chmod(0o500)
        with pytest.raises(CacheError, match="can't be written"):
            FileCache.open(cache.folder)
        with pytest.raises(CacheError, match="permission denied"):
            cache.preflight()
        cache.folder.chmod(0o700)


def test_the_preflight_leaves_nothing_behind(tmp_path: Path) -> None:
    cache = FileCache.open(tmp_path / "c")
    before = everything_below(cache.folder)
    cache.preflight()
    assert everything_below(cache.folder) == before


def test_many_processes_that_open_a_new_cache_at_once_agree_on_its_id(tmp_path: Path) -> None:
    script = """
import pathlib, sys
from assetgen.cache.cache import FileCache
sys.stdin.read()
print(FileCache.open(pathlib.Path(sys.argv[1])).id)
"""
    identities = {printed.decode().strip() for printed in together(6, script, str(tmp_path / "new"))}
    assert identities == {FileCache.open(tmp_path / "new").id}


def test_a_second_process_waits_for_the_first_to_make_the_cache(tmp_path: Path) -> None:
    script = """
import pathlib, sys
from assetgen.cache.cache import FileCache
print("ready", flush=True)
print(FileCache.open(pathlib.Path(sys.argv[1])).id)
"""
    descriptor = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with started(script, str(tmp_path)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(0.1)
        (tmp_path / "format.json").write_text('{"schema": "assetgen/cache@1", "id": "of the first"}')
        os.close(descriptor)
        assert process.stdout.readline() == b"of the first\n"
