"""The index is a hint: without it, or with a bad one, sums are the same."""

from __future__ import annotations

import pickle
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import diskcache
import pytest

from assetgen.cache import maintenance
from assetgen.cache.cache import FileCache
from assetgen.cache.disk import TextDisk, opened
from assetgen.core import durable
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from tests.fakes.purchases import NOON, key_of, pcm, picture, png, speech


@pytest.fixture
def cache(tmp_path: Path) -> FileCache:
    cache = FileCache.open(tmp_path / "cache")
    cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    cache.keep(speech(), pcm(), Kind.SUBTITLE, Usd(120), NOON)
    cache.flush()
    return cache


def execute(cache: FileCache, statement: str, *values: object) -> None:
    connection = sqlite3.connect(cache.index.folder / "cache.db")
    with connection:
        assert connection.execute(statement, values).rowcount != 0
    connection.close()


def test_what_was_flushed_is_known_by_the_index_alone(cache: FileCache) -> None:
    known = cache.index.read()
    assert known is not None
    assert known.keys() == {picture().key, speech().key}
    assert known[speech().key].paid == Usd(120)


def test_keeping_costs_no_commit_before_the_flush(cache: FileCache) -> None:
    before = (cache.index.folder / "cache.db").read_bytes()
    for number in range(5):
        cache.keep(picture(f"picture {number}"), png(), Kind.IMAGE, Usd(2700), NOON)
    assert (cache.index.folder / "cache.db").read_bytes() == before
    cache.flush()
    known = cache.index.read()
    assert known is not None
    assert len(known) == 7


def database(cache: FileCache) -> Path:
    return cache.index.folder / "cache.db"


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def become_a_file(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("no folder")


def sql(statement: str, *values: object) -> Callable[[FileCache], None]:
    return lambda cache: execute(cache, statement, *values)


SPOILT: dict[str, Callable[[FileCache], object]] = {
    "deleted": lambda cache: shutil.rmtree(cache.index.folder),
    "emptied": lambda cache: database(cache).write_bytes(b""),
    "garbage": lambda cache: database(cache).write_bytes(b"garbage " * 4096),
    "cut": lambda cache: database(cache).write_bytes(database(cache).read_bytes()[:5000]),
    "a folder in its place": lambda cache: become_a_folder(database(cache)),
    "a file in its folder's place": lambda cache: become_a_file(cache.index.folder),
    "a row less": sql("DELETE FROM Cache WHERE key = ?", picture().key),
    "a row more": sql("UPDATE Cache SET key = ? WHERE key = ?", key_of("?"), picture().key),
    "no JSON in a row": sql("UPDATE Cache SET value = 'x'"),
    "a number in a row": sql("UPDATE Cache SET value = 5"),
    "a file named in a row": sql("UPDATE Cache SET mode = 2, filename = '../../format.json'"),
    "a file named in a raw row": sql("UPDATE Cache SET filename = '../../format.json'"),
    "a setting": sql("INSERT INTO Settings VALUES ('disk_evil', 1)"),
    "a method": sql("INSERT INTO Settings VALUES ('close', 1)"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_bad_index_is_made_again_by_itself_and_costs_nothing_that_was_bought(cache: FileCache, how: str) -> None:
    before = maintenance.info(cache)
    SPOILT[how](cache)
    assert maintenance.info(cache) == before
    assert maintenance.info(cache) == before
    assert (cache.folder / "format.json").exists()
    assert cache.load(picture().key) is not None


@pytest.mark.parametrize("how", SPOILT)
def test_flushing_into_a_bad_index_does_no_harm(cache: FileCache, how: str) -> None:
    SPOILT[how](cache)
    cache.keep(picture("tower"), png(b"tower"), Kind.IMAGE, Usd(5), NOON)
    cache.flush()
    assert maintenance.info(cache).total.entries == 3
    assert (cache.folder / "format.json").exists()


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return exec, (f"open({str(self.canary)!r}, 'w').close()",)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE Cache SET value = ?, mode = 4 WHERE key = ?", "UPDATE Cache SET key = ?, raw = 0 WHERE key = ?"],
)
def test_a_planted_pickle_is_refused_and_never_executed(cache: FileCache, tmp_path: Path, statement: str) -> None:
    canary = tmp_path / "executed"
    execute(cache, statement, pickle.dumps(Bomb(canary)), picture().key)
    assert cache.index.read() is None
    assert maintenance.info(cache).total.entries == 2
    cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    cache.flush()
    assert not canary.exists()


def test_the_planted_pickle_is_a_real_one(cache: FileCache, tmp_path: Path) -> None:
    canary = tmp_path / "executed"
    execute(cache, "UPDATE Cache SET value = ?, mode = 4", pickle.dumps(Bomb(canary)))
    with diskcache.Cache(str(cache.index.folder)) as unsafe:
        unsafe.get(picture().key)
    assert canary.exists()


def test_a_pickle_in_a_file_is_not_executed_either(cache: FileCache, tmp_path: Path) -> None:
    canary = tmp_path / "executed"
    (cache.index.folder / "bomb.val").write_bytes(pickle.dumps(Bomb(canary)))
    execute(cache, "UPDATE Cache SET value = NULL, mode = 4, filename = 'bomb.val'")
    assert cache.index.read() is None
    assert not canary.exists()


@pytest.mark.parametrize("value", [b"bytes", 1, 1.5, None, ["a"], {"a": 1}])
def test_the_disk_takes_text_only(tmp_path: Path, value: object) -> None:
    disk = TextDisk(str(tmp_path))
    with pytest.raises(ValueError, match="text"):
        disk.store(value, False)
    with pytest.raises(ValueError, match="text"):
        disk.put(value)
    with pytest.raises(ValueError, match="never writes"):
        disk.fetch(4, None, "text", False)
    with pytest.raises(ValueError, match="never writes"):
        disk.store("text", True)
    with pytest.raises(ValueError, match="never writes"):
        disk.remove("../format.json")
    with pytest.raises(ValueError, match="never writes"):
        disk.filename()


def test_nothing_is_ever_evicted_and_every_commit_is_flushed(cache: FileCache) -> None:
    with opened(cache.index.folder) as rows:
        assert (rows.eviction_policy, rows.cull_limit, rows.statistics) == ("none", 0, 0)
        assert rows.size_limit > 2**60
        assert (rows.sqlite_journal_mode, rows.sqlite_synchronous) == ("delete", 2)


def test_a_purchase_made_again_shows_its_new_price_even_if_it_was_never_flushed(cache: FileCache) -> None:
    cache.keep(speech(), pcm(b"\1\2"), Kind.SUBTITLE, Usd(900), NOON)
    fresh = FileCache.open(cache.folder)
    assert maintenance.info(fresh).by_kind[Kind.SUBTITLE].worth == Usd(900)


def test_what_is_bought_after_a_clearing_is_not_taken_for_what_was_cleared(cache: FileCache) -> None:
    maintenance.clear(cache)
    for purchase, content, kind in ((picture(), png(), Kind.IMAGE), (speech(), pcm(), Kind.SUBTITLE)):
        cache.keep(purchase, content, kind, Usd(5), NOON)
    assert maintenance.info(FileCache.open(cache.folder)).total.worth == Usd(10)


def test_what_a_killed_run_did_not_flush_is_counted_all_the_same(cache: FileCache) -> None:
    cache.keep(picture("tower"), png(b"tower"), Kind.IMAGE, Usd(2700), NOON)
    assert maintenance.info(FileCache.open(cache.folder)).total.entries == 3


def test_an_index_that_another_process_uses_is_done_without(cache: FileCache) -> None:
    cache.keep(picture("tower"), png(b"tower"), Kind.IMAGE, Usd(2700), NOON)
    with durable.lock(cache.folder / "index.lock") as had:
        assert had
        before = database(cache).read_bytes()
        cache.flush()
        assert database(cache).read_bytes() == before
        assert maintenance.info(cache).total.entries == 3
    cache.flush()
    known = cache.index.read()
    assert known is not None
    assert len(known) == 3
