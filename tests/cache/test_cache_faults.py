"""A miss would be a purchase: whatever is wrong with something bought is an error that names it."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assetgen.cache.cache import FileCache
from assetgen.core.actions import Kind
from assetgen.core.errors import CacheError
from assetgen.core.money import Usd
from assetgen.core.ports import CacheEntry
from tests.fakes.permissions import reachable_folder, unprivileged
from tests.fakes.purchases import NOON, picture, png


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    return FileCache.open(tmp_path / "cache")


@pytest.fixture
def entry(cache: FileCache) -> CacheEntry:
    return cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)


def quarantined(cache: FileCache) -> list[bytes]:
    return sorted(path.read_bytes() for path in (cache.folder / "quarantine").glob("*"))


@pytest.mark.parametrize("wrong", [b"", b"\x89PNG pict", b"\x89PNG picturF", b"\x89PNG picture and more"])
def test_bytes_that_changed_are_put_aside_and_never_served(cache: FileCache, entry: CacheEntry, wrong: bytes) -> None:
    overwrite(cache.blobs.path(entry.digest), wrong)
    with pytest.raises(CacheError, match=entry.key) as refusal:
        cache.load(entry.key)
    assert refusal.value.details == {"trouble": "damaged", "key": entry.key}
    assert "backup" in refusal.value.help
    assert quarantined(cache) == [wrong]
    with pytest.raises(CacheError, match="are gone") as refusal:
        cache.find(entry.key)
    assert refusal.value.details["trouble"] == "lost"


def test_the_quick_look_notices_a_wrong_size_and_moves_nothing(cache: FileCache, entry: CacheEntry) -> None:
    overwrite(cache.blobs.path(entry.digest), b"short")
    with pytest.raises(CacheError, match="5 bytes stand where 12 were stored"):
        cache.find(entry.key)
    assert cache.blobs.path(entry.digest).exists()


def test_swapped_blobs_are_both_noticed(cache: FileCache, entry: CacheEntry) -> None:
    other = cache.keep(picture("tower"), png(b"\x89PNG another"), Kind.IMAGE, Usd(2700), NOON)
    first, second = cache.blobs.path(entry.digest), cache.blobs.path(other.digest)
    first.rename(first.with_suffix(".moved"))
    second.rename(first)
    first.with_suffix(".moved").rename(second)
    for key in (entry.key, other.key):
        with pytest.raises(CacheError, match="damaged"):
            cache.load(key)
    assert len(quarantined(cache)) == 2


def test_what_is_damaged_twice_is_put_aside_twice(cache: FileCache, entry: CacheEntry) -> None:
    for wrong in (b"first", b"second"):
        cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
        overwrite(cache.blobs.path(entry.digest), wrong)
        with pytest.raises(CacheError):
            cache.load(entry.key)
    assert quarantined(cache) == [b"first", b"second"]


def test_buying_again_heals(cache: FileCache, entry: CacheEntry) -> None:
    overwrite(cache.blobs.path(entry.digest), b"\x89PNG picturF")
    again = cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    remembered = cache.load(again.key)
    assert remembered is not None
    assert remembered.data == png().data


def test_a_blob_that_is_gone_is_lost_not_missing(cache: FileCache, entry: CacheEntry) -> None:
    cache.blobs.path(entry.digest).unlink()
    for look in (cache.find, cache.load):
        with pytest.raises(CacheError, match="are gone") as refusal:
            look(entry.key)
        assert refusal.value.details == {"trouble": "lost", "key": entry.key}


def test_a_blob_without_a_sidecar_is_nothing_that_was_bought(cache: FileCache, entry: CacheEntry) -> None:
    cache.sidecars.path(entry.key).unlink()
    assert cache.find(entry.key) is None


def edits(cache: FileCache, entry: CacheEntry) -> dict[str, Callable[[bytes], bytes]]:
    other = cache.keep(picture("tower"), png(), Kind.IMAGE, Usd(2700), NOON)
    return {
        "empty": lambda text: b"",
        "cut": lambda text: text[:-20],
        "not JSON": lambda text: b"\x00\xff" * 40,
        "a list": lambda text: b"[]",
        "a field is missing": lambda text: text.replace(b'"digest"', b'"gone"'),
        "a digest that is a path": lambda text: text.replace(entry.digest.encode(), b"../../../etc/passwd"),
        "of another version": lambda text: text.replace(b"purchase@1", b"purchase@2"),
        "no amount": lambda text: text.replace(b"0.0027", b"NaN"),
        "no time zone": lambda text: text.replace(b"+00:00", b""),
        "of another purchase": lambda text: cache.sidecars.path(other.key).read_bytes(),
    }


@pytest.mark.parametrize("number", range(10))
def test_a_damaged_sidecar_is_an_error(cache: FileCache, entry: CacheEntry, number: int) -> None:
    edit = list(edits(cache, entry).values())[number]
    path = cache.sidecars.path(entry.key)
    text = path.read_bytes()
    assert edit(text) != text
    path.write_bytes(edit(text))
    for look in (cache.find, cache.load):
        with pytest.raises(CacheError, match="its sidecar is") as refusal:
            look(entry.key)
        assert refusal.value.details == {"trouble": "damaged", "key": entry.key}
    assert cache.blobs.path(entry.digest).exists()


def test_a_size_that_was_edited_puts_no_whole_blob_aside(cache: FileCache, entry: CacheEntry) -> None:
    path = cache.sidecars.path(entry.key)
    path.write_bytes(path.read_bytes().replace(b'"bytes": 12', b'"bytes": 13'))
    with pytest.raises(CacheError, match="damaged"):
        cache.load(entry.key)
    assert cache.blobs.hash(entry.digest) == entry.digest


def test_what_can_not_be_read_is_neither_a_miss_nor_a_reason_to_buy_again() -> None:
    with reachable_folder() as folder, unprivileged():
        cache = FileCache.open(folder / "cache")
        entry = cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
        for path, looks in {
            cache.blobs.path(entry.digest): (cache.load,),
            cache.sidecars.path(entry.key): (cache.find, cache.load),
        }.items():
            mode = path.stat().st_mode
            path.chmod(0)
            for look in looks:
                with pytest.raises(CacheError, match="permission denied") as refusal:
                    look(entry.key)
                assert refusal.value.details["trouble"] == "unreadable"
                assert refusal.value.retryable
                assert "--rebuy" not in refusal.value.help
            path.chmod(mode)
        assert cache.load(entry.key) is not None
        assert not quarantined(cache)


def test_a_link_in_the_place_of_a_sidecar_or_blob_is_not_followed(
    cache: FileCache, entry: CacheEntry, tmp_path: Path
) -> None:
    for path, trouble in (
        (cache.blobs.path(entry.digest), "lost"),
        (cache.sidecars.path(entry.key), "unreadable"),
    ):
        path.rename(tmp_path / path.name)
        path.symlink_to(tmp_path / path.name)
        with pytest.raises(CacheError) as refusal:
            cache.find(entry.key)
        assert refusal.value.details["trouble"] == trouble


@pytest.mark.parametrize("key", ["", "a", "../../etc/passwd", "a/b", "ab\n", "ä" * 64, "a" * 200])
def test_a_key_that_would_be_a_path_is_a_mistake(cache: FileCache, key: str) -> None:
    with pytest.raises(ValueError, match="no key of a purchase"):
        cache.sidecars.path(key)
    with pytest.raises(ValueError, match="no key of a purchase"), cache.lock(key):
        pass


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if os.geteuid() != 0 or not mount:
        pytest.skip("a small disk can be mounted by root only")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=256k", "none", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_an_error_and_leaves_nothing_half_written(small_disk: Path) -> None:
    cache = FileCache.open(small_disk / "cache")
    kept = []
    with pytest.raises(CacheError, match="no space left") as refusal:
        for number in range(100):
            name = f"picture {number}"
            kept.append(cache.keep(picture(name), png(name.encode() * 2000), Kind.IMAGE, Usd(2700), NOON))
    assert refusal.value.retryable
    cause = refusal.value.__cause__
    assert isinstance(cause, OSError)
    assert cause.errno == errno.ENOSPC
    assert 0 < len(kept) < 20
    for entry in kept:
        assert cache.load(entry.key) is not None
    assert cache.find(picture(f"picture {len(kept)}").key) is None
    assert not list(cache.folder.rglob(".assetgen-*"))
    cache.flush()
