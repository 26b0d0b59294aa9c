"""What every cache of purchases does. A new one is one more line in `CACHES`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from assetgen.cache.cache import LOCKS, FileCache
from assetgen.cache.locks import FileLocks
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from assetgen.core.ports import AssetCache
from tests.fakes.memory_cache import MemoryCache
from tests.fakes.purchases import NOON, key_of, pcm, picture, png, speech


def with_lock_files(folder: Path) -> FileCache:
    """As on systems that have no locks on bytes of their own for each opening of a file."""
    cache = FileCache.open(folder)
    cache.locks = FileLocks(folder / LOCKS)
    return cache


CACHES: dict[str, Callable[[Path], AssetCache]] = {
    "files": FileCache.open,
    "files, with lock files": with_lock_files,
    "memory": lambda folder: MemoryCache(),
}


@pytest.fixture(params=CACHES)
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> AssetCache:
    return CACHES[request.param](tmp_path / "cache")


def test_what_was_never_bought_is_not_found(cache: AssetCache) -> None:
    assert cache.find(key_of("nothing")) is None
    assert cache.load(key_of("nothing")) is None
    assert not cache.knows(key_of("nothing"))


def test_what_is_kept_is_found_and_loaded_with_everything_known_of_it(cache: AssetCache) -> None:
    kept = cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    assert kept.key == picture().key
    assert (kept.bytes, kept.media_type, kept.provider, kept.model) == (12, "image/png", "together", "flux-schnell")
    assert (kept.kind, kept.paid, kept.stored) == (Kind.IMAGE, Usd(2700), NOON)
    assert kept.request["prompt"] == "a castle at dawn, 漢字"
    remembered = cache.load(kept.key)
    assert remembered is not None
    assert (remembered.entry, remembered.data) == (kept, png().data)
    assert cache.find(kept.key) == kept
    assert cache.knows(kept.key)


def test_the_digest_is_the_sha256_of_the_bytes(cache: AssetCache) -> None:
    kept = cache.keep(picture(), png(b"abc"), Kind.IMAGE, Usd(1), NOON)
    assert kept.digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_sound_comes_back_with_its_sample_rate(cache: AssetCache) -> None:
    cache.keep(speech(), pcm(), Kind.SUBTITLE, Usd(120), NOON)
    remembered = cache.load(speech().key)
    assert remembered is not None
    assert remembered.entry.sample_rate == pcm().sample_rate == 24_000


def test_two_purchases_with_the_same_bytes_stay_two(cache: AssetCache) -> None:
    one = cache.keep(picture("one"), png(), Kind.IMAGE, Usd(1), NOON)
    two = cache.keep(picture("two"), png(), Kind.IMAGE, Usd(2), NOON)
    assert one.digest == two.digest
    assert [cache.find(one.key), cache.find(two.key)] == [one, two]


def test_buying_again_replaces_what_was_known(cache: AssetCache) -> None:
    cache.keep(speech(), pcm(b"\0\1"), Kind.SUBTITLE, Usd(100), NOON)
    again = cache.keep(speech(), pcm(b"\2\3"), Kind.SUBTITLE, Usd(120), NOON)
    remembered = cache.load(speech().key)
    assert remembered is not None
    assert (remembered.entry, remembered.data) == (again, b"\2\3")


def test_nothing_at_all_can_be_kept_too(cache: AssetCache) -> None:
    kept = cache.keep(picture(), png(b""), Kind.IMAGE, Usd(), NOON)
    remembered = cache.load(kept.key)
    assert remembered is not None
    assert remembered.data == b""


def test_a_lock_is_had_once_at_a_time_and_for_each_purchase_apart(cache: AssetCache) -> None:
    one, two = key_of("one"), key_of("two")
    with cache.lock(one) as first, cache.lock(one) as second, cache.lock(two) as other:
        assert (first, second, other) == (True, False, True)
    with cache.lock(one) as later:
        assert later


def test_a_lock_is_free_again_after_an_error(cache: AssetCache) -> None:
    with pytest.raises(RuntimeError), cache.lock(key_of("one")):
        raise RuntimeError
    with cache.lock(key_of("one")) as had:
        assert had


def test_flushing_loses_nothing_however_often_it_is_done(cache: AssetCache) -> None:
    cache.flush()
    kept = cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    cache.flush()
    cache.flush()
    assert cache.find(kept.key) == kept
