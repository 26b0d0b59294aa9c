from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assetgen.cache import maintenance
from assetgen.cache.cache import LOCKS, FileCache
from assetgen.cache.findings import Damage, Share
from assetgen.cache.locks import FileLocks
from assetgen.core.actions import Kind
from assetgen.core.errors import CacheError
from assetgen.core.money import Usd
from tests.fakes.purchases import NOON, key_of, pcm, picture, png, speech

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    """Two pictures that share one blob, an old one, a draft, and a narration."""
    cache = FileCache.open(tmp_path / "cache")
    cache.keep(picture("castle"), png(b"same"), Kind.IMAGE, Usd(2700), NOON)
    cache.keep(picture("keep"), png(b"same"), Kind.IMAGE, Usd(2700), NOON)
    cache.keep(picture("old"), png(b"old!!"), Kind.IMAGE, Usd(9000), LONG_AGO)
    cache.keep(picture("draft", provider="draft"), png(b"draft!"), Kind.IMAGE, Usd(), NOON)
    cache.keep(speech(), pcm(b"\0\1" * 5), Kind.SUBTITLE, Usd(120), dt.datetime.now(dt.UTC))
    cache.flush()
    return cache


def keys(cache: FileCache) -> set[str]:
    return set(cache.sidecars)


def blobs(cache: FileCache) -> set[bytes]:
    return {cache.blobs.read(digest) for digest in cache.blobs}


def test_info_sums_by_kind_and_counts_a_shared_blob_once(cache: FileCache) -> None:
    info = maintenance.info(cache)
    assert info.by_kind[Kind.IMAGE] == Share(4, 4 + 5 + 6, Usd(14_400), NOON)
    assert info.by_kind[Kind.SUBTITLE].bytes == 10
    assert Kind.CUTSCENE not in info.by_kind
    assert (info.total.entries, info.total.bytes, info.total.worth) == (5, 25, Usd(14_520))
    assert info.damaged == 0


def test_info_of_an_empty_cache(tmp_path: Path) -> None:
    info = maintenance.info(FileCache.open(tmp_path / "empty"))
    assert (info.by_kind, info.total) == ({}, Share())


def test_clearing_takes_everything_and_says_what_it_was_worth(cache: FileCache) -> None:
    cleared = maintenance.clear(cache)
    assert (cleared.entries, cleared.bytes, cleared.worth) == (5, 25, Usd(14_520))
    assert set(cleared.keys) == {key_of(name) for name in ("castle", "keep", "old", "draft", "welcome")}
    assert (keys(cache), blobs(cache)) == (set(), set())
    assert maintenance.info(cache).total == Share()
    assert FileCache.open(cache.folder).id == cache.id


def test_a_dry_run_says_the_same_and_deletes_nothing(cache: FileCache) -> None:
    said = maintenance.clear(cache, dry_run=True)
    assert len(keys(cache)) == 5
    assert maintenance.clear(cache) == said


def test_clearing_what_is_old(cache: FileCache) -> None:
    cleared = maintenance.clear(cache, older_than=dt.timedelta(days=1000))
    assert cleared.keys == (key_of("old"),)
    assert blobs(cache) == {b"same", b"draft!", b"\0\1" * 5}


def test_clearing_what_is_unused_keeps_named_keys_and_digests(cache: FileCache) -> None:
    entry = cache.find(picture("old").key)
    assert entry is not None
    cleared = maintenance.clear(cache, unused={picture("castle").key, entry.digest})
    assert set(cleared.keys) == {key_of("keep"), key_of("draft"), key_of("welcome")}
    assert cache.load(picture("castle").key) is not None
    assert cleared.bytes == 6 + 10


def test_clearing_drafts_leaves_what_was_paid_for(cache: FileCache) -> None:
    cleared = maintenance.clear(cache, drafts=True)
    assert (cleared.keys, cleared.worth) == ((key_of("draft"),), Usd())


def test_several_conditions_must_all_hold(cache: FileCache) -> None:
    assert maintenance.clear(cache, older_than=dt.timedelta(days=1000), drafts=True).keys == ()


def test_clearing_everything_takes_damaged_sidecars_too_and_a_choice_does_not(cache: FileCache) -> None:
    cache.sidecars.path(key_of("castle")).write_text("{")
    maintenance.clear(cache, unused=set())
    assert keys(cache) == {key_of("castle")}
    assert maintenance.clear(cache).keys == (key_of("castle"),)
    assert keys(cache) == set()


def test_nothing_is_deleted_beside_a_run_and_who_runs_is_said(cache: FileCache) -> None:
    other = FileCache.open(cache.folder)
    with other.in_use():
        for delete in (maintenance.clear, maintenance.prune):
            with pytest.raises(CacheError, match="is in use by process") as refusal:
                delete(cache)
            assert refusal.value.details["trouble"] == "busy"
            assert refusal.value.retryable
        maintenance.clear(cache, dry_run=True)
        maintenance.prune(cache, dry_run=True)
    assert len(keys(cache)) == 5
    assert maintenance.clear(cache).entries == 5


def test_runs_go_side_by_side_but_not_beside_a_clearing(cache: FileCache) -> None:
    other = FileCache.open(cache.folder)
    with cache.in_use(), other.in_use():
        pass
    with cache.alone(), pytest.raises(CacheError, match="in use"), other.in_use():
        pass


def test_pruning_takes_what_nobody_needs_and_nothing_else(cache: FileCache) -> None:
    cache.locks = FileLocks(cache.folder / LOCKS)
    cache.keep(speech(), pcm(b"new take"), Kind.SUBTITLE, Usd(120), NOON)
    (cache.blobs.folder / "ab").mkdir(exist_ok=True)
    (cache.blobs.folder / "ab/.assetgen-0123").write_bytes(b"half")
    (cache.folder / "quarantine").mkdir()
    (cache.folder / "quarantine/kept.1").write_bytes(b"never deleted")
    with cache.lock(key_of("gone")):
        pass
    with cache.lock(key_of("held")) as had:
        assert had
        said = maintenance.prune(cache, dry_run=True)
        assert maintenance.prune(cache) == said
        with cache.lock(key_of("held")) as again:
            assert not again
    assert (said.blobs, said.bytes, said.temporaries, said.locks) == (1, 10, 1, 1)
    assert blobs(cache) == {b"same", b"old!!", b"draft!", b"new take"}
    assert [path.name for path in (cache.folder / LOCKS).iterdir()] == [key_of("held")]
    assert (cache.folder / "quarantine/kept.1").exists()
    assert not list(cache.folder.rglob(".assetgen-*"))


def test_pruning_stops_where_a_damaged_sidecar_hides_what_is_needed(cache: FileCache) -> None:
    cache.sidecars.path(key_of("old")).write_text("{")
    with pytest.raises(CacheError, match="1 sidecar"):
        maintenance.prune(cache)
    assert b"old!!" in blobs(cache)


def test_check_finds_every_kind_of_damage_and_changes_nothing(cache: FileCache) -> None:
    assert maintenance.check(cache).ok
    digests = {}
    for name in ("old", "draft"):
        entry = cache.find(key_of(name))
        assert entry is not None
        digests[name] = entry.digest
    cache.blobs.path(digests["old"]).chmod(0o600)
    cache.blobs.path(digests["old"]).write_bytes(b"old!?")
    cache.blobs.path(digests["draft"]).unlink()
    cache.sidecars.path(key_of("welcome")).write_text("{")
    checked = maintenance.check(cache)
    assert not checked.ok
    assert checked.whole == 2
    assert checked.lost == (key_of("draft"),)
    assert set(checked.damaged) == {
        Damage(key_of("old"), "its bytes are not those that were stored"),
        Damage(key_of("welcome"), "its sidecar is no whole JSON document of its kind"),
    }
    assert cache.blobs.read(digests["old"]) == b"old!?"
    assert maintenance.check(cache) == checked


def test_check_notices_a_sidecar_that_is_wrong_about_the_size(cache: FileCache) -> None:
    path = cache.sidecars.path(key_of("old"))
    path.write_text(path.read_text().replace('"bytes": 5', '"bytes": 6'))
    assert maintenance.check(cache).damaged == (Damage(key_of("old"), "its sidecar speaks of 6 bytes, there are 5"),)


def test_rebuilding_reads_every_sidecar_and_names_the_damaged(cache: FileCache) -> None:
    cache.sidecars.path(key_of("old")).write_text("{")
    rebuilt = maintenance.rebuild(cache)
    assert rebuilt.entries == 4
    assert [one.key for one in rebuilt.damaged] == [key_of("old")]
    assert maintenance.info(cache).damaged == 1
