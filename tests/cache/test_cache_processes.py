"""Real processes on one cache: side by side, and killed."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from assetgen.cache import locks as locking
from assetgen.cache import maintenance
from assetgen.cache.cache import LOCKS, FileCache
from assetgen.core.actions import Kind
from assetgen.core.errors import CacheError
from assetgen.core.money import Usd
from tests.fakes.processes import started, together
from tests.fakes.purchases import NOON, key_of, picture, png

STORING = """
import itertools, pathlib, sys
from assetgen.cache.cache import FileCache
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from tests.fakes.purchases import NOON, picture, png
cache = FileCache.open(pathlib.Path(sys.argv[1]))
print("ready", flush=True)
for number in itertools.count():
    name = f"{sys.argv[2]} {number}"
    cache.keep(picture(name), png(name.encode() * 20_000), Kind.IMAGE, Usd(1), NOON)
    cache.flush()
"""

HOLDING = """
import os, pathlib, sys
from assetgen.cache.cache import FileCache
cache = FileCache.open(pathlib.Path(sys.argv[1]))
with cache.in_use(), cache.lock(sys.argv[2]) as had:
    print(os.getpid(), had, flush=True)
    sys.stdin.read()
"""


LOCKING = """
import pathlib, sys
from assetgen.cache import locks
with getattr(locks, sys.argv[3])(pathlib.Path(sys.argv[1])).lock(sys.argv[2]) as had:
    print(had, flush=True)
    sys.stdin.read()
"""


def test_a_process_killed_while_storing_leaves_only_whole_purchases(tmp_path: Path) -> None:
    cache = FileCache.open(tmp_path / "cache")
    moments = random.Random(7)  # noqa: S311 - a moment to kill at is no secret
    for number in range(8):
        with started(STORING, str(cache.folder), str(number)) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moments.uniform(0, 0.03))
            process.kill()
    checked = maintenance.check(cache)
    assert checked.ok
    assert checked.whole > 0
    assert all(cache.blobs.hash(digest) == digest for digest in cache.blobs)
    assert maintenance.info(cache).total.entries == checked.whole
    maintenance.prune(cache)
    assert maintenance.check(cache) == checked
    assert not list(cache.folder.rglob(".assetgen-*"))


def test_many_processes_that_store_one_purchase_at_once_leave_one_whole_blob(tmp_path: Path) -> None:
    script = """
import pathlib, sys
from assetgen.cache.cache import FileCache
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from tests.fakes.purchases import NOON, picture, png
cache = FileCache.open(pathlib.Path(sys.argv[1]))
sys.stdin.read()
for _ in range(10):
    cache.keep(picture(), png(b"same" * 50_000), Kind.IMAGE, Usd(2700), NOON)
    assert cache.load(picture().key).data == b"same" * 50_000
cache.flush()
"""
    together(8, script, str(tmp_path / "cache"))
    cache = FileCache.open(tmp_path / "cache")
    assert len(list(cache.blobs)) == 1
    assert maintenance.check(cache).whole == 1
    assert maintenance.info(cache).total.entries == 1
    assert not list(cache.folder.rglob(".assetgen-*"))


@pytest.mark.parametrize("kind", ["locks", "FileLocks"])
def test_a_lock_among_processes_is_had_by_one_and_freed_when_that_one_is_killed(tmp_path: Path, kind: str) -> None:
    key = key_of("castle")
    with started(LOCKING, str(tmp_path), key, kind) as process:
        assert process.stdout is not None
        assert process.stdout.readline().decode().split() == ["True"]
        around = getattr(locking, kind)(tmp_path)
        with around.lock(key) as had, around.lock(key_of("keep")) as other:
            assert (had, other) == (False, True)
        process.kill()
        process.wait()
    with around.lock(key) as had:
        assert had


def test_two_caches_and_two_threads_of_one_process_keep_each_other_out(tmp_path: Path) -> None:
    one, two = (FileCache.open(tmp_path / "cache") for _ in range(2))
    with one.lock(key_of("castle")) as had:
        assert had
        with two.lock(key_of("castle")) as second:
            assert not second
    started_together, taken = threading.Barrier(4), []

    def take() -> None:
        started_together.wait()
        with one.lock(key_of("castle")) as had:
            taken.append(had)
            ended.wait(5)

    ended = threading.Event()
    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(taken) < 4:
        time.sleep(0.001)
    ended.set()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False, False, False, True]


def test_a_purchase_leaves_no_lock_behind(tmp_path: Path) -> None:
    cache = FileCache.open(tmp_path / "cache")
    for name in ("castle", "keep"):
        with cache.lock(key_of(name)):
            pass
    assert len(list((cache.folder / LOCKS).iterdir())) == (1 if isinstance(cache.locks, locking.ByteLocks) else 2)


def test_clearing_names_the_process_that_runs(tmp_path: Path) -> None:
    cache = FileCache.open(tmp_path / "cache")
    cache.keep(picture(), png(), Kind.IMAGE, Usd(2700), NOON)
    with started(HOLDING, str(cache.folder), key_of("castle")) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(CacheError, match=f"is in use by process {process.pid}$"):
            maintenance.clear(cache)
    assert maintenance.clear(cache).entries == 1


def test_exactly_one_of_many_processes_buys(tmp_path: Path) -> None:
    script = """
import pathlib, sys, time
from assetgen.cache.cache import FileCache
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from tests.fakes.purchases import NOON, picture, png
cache = FileCache.open(pathlib.Path(sys.argv[1]))
sys.stdin.read()
bought = 0
for name in "abcde":
    while True:
        with cache.lock(picture(name).key) as had:
            if had:
                if cache.find(picture(name).key) is None:
                    bought += 1
                    cache.keep(picture(name), png(), Kind.IMAGE, Usd(2700), NOON)
                break
        time.sleep(0.001)
print(bought)
"""
    bought = [int(printed) for printed in together(6, script, str(tmp_path / "cache"))]
    assert sum(bought) == 5


def test_a_lock_file_that_somebody_deleted_is_made_anew_for_both(tmp_path: Path) -> None:
    one, two = (locking.locks(tmp_path) for _ in range(2))
    with one.lock(key_of("castle")):
        for path in tmp_path.iterdir():
            path.unlink()
    with one.lock(key_of("keep")) as had, two.lock(key_of("keep")) as second:
        assert (had, second) == (True, False)
