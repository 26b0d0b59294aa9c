"""What `assetgen cache` does: count, clear, tidy, check, and make the index again.

Sums may come from the index; what is deleted, and what is called whole, is decided by sidecars and blobs alone.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from assetgen.cache import troubles
from assetgen.cache.cache import FileCache
from assetgen.cache.findings import Checked, Cleared, Damage, Info, Pruned, Rebuilt, Share
from assetgen.cache.index import Summary
from assetgen.core import durable
from assetgen.core.actions import Kind
from assetgen.core.errors import CacheError
from assetgen.core.money import Usd
from assetgen.core.ports import CacheEntry

Condition = Callable[[CacheEntry | Damage], bool]

_DRAFTS = "draft"


def info(cache: FileCache) -> Info:
    """Sums over everything, by kind and in all."""
    with _working(cache):
        keys = set(cache.sidecars)
        summaries = cache.index.read()
        if summaries is None or summaries.keys() != keys:
            summaries = cache.index.replace(_entries(cache))
    by_kind = {kind: _share([one for one in summaries.values() if one.kind is kind]) for kind in Kind}
    return Info(
        {kind: share for kind, share in by_kind.items() if share.entries},
        _share(list(summaries.values())),
        damaged=len(keys - summaries.keys()),
    )


def clear(
    cache: FileCache,
    *,
    older_than: dt.timedelta | None = None,
    unused: set[str] | None = None,
    drafts: bool = False,
    dry_run: bool = False,
    forget: Callable[[Sequence[str]], object] = lambda keys: None,
) -> Cleared:
    """Delete purchases; what several conditions are given for must meet them all, and without any all are deleted.

    Args:
        unused: Delete only what is in none of these keys or digests.
        drafts: Delete only drafts.
        forget: Told the keys before anything is deleted, while nobody else can use the cache.

    Raises:
        CacheError: A run is under way, or the disk refuses. What is deleted by then is deleted whole.
    """
    condition = _condition(older_than, unused, drafts)
    with _working(cache), _guarded(cache, dry_run):
        cleared, digests = _choose(cache, condition)
        if not dry_run:
            forget(cleared.keys)
            _delete(cache, cleared.keys, digests)
    return cleared


def prune(cache: FileCache, *, dry_run: bool = False) -> Pruned:
    """Delete what nobody needs: blobs without a sidecar, files that were never finished, locks that nobody holds.

    Raises:
        CacheError: A run is under way; or a sidecar is damaged, so that nobody knows which blobs are needed.
    """
    with _working(cache), _guarded(cache, dry_run):
        blobs = set(cache.blobs) - _needed(cache)
        freed = sum(cache.blobs.size(digest) or 0 for digest in blobs)
        temporaries = list(cache.folder.rglob(f"{durable.TEMPORARY}*"))
        locks = cache.locks.unused()
        if not dry_run:
            _sweep(cache, blobs, temporaries, locks)
    return Pruned(len(blobs), freed, len(temporaries), len(locks))


def check(cache: FileCache) -> Checked:
    """Hash everything that was bought. Nothing is changed."""
    whole, damaged, lost = 0, list[Damage](), list[str]()
    with _working(cache):
        for entry in _entries(cache, damaged):
            try:
                what = _fault(cache, entry)
            except FileNotFoundError:
                lost.append(entry.key)
                continue
            if what:
                damaged.append(Damage(entry.key, what))
            else:
                whole += 1
    return Checked(whole, tuple(damaged), tuple(lost))


def rebuild(cache: FileCache) -> Rebuilt:
    """Make the index again from the sidecars."""
    damaged: list[Damage] = []
    with _working(cache):
        summaries = cache.index.replace(_entries(cache, damaged))
    return Rebuilt(len(summaries), tuple(damaged))


def _share(summaries: Sequence[Summary]) -> Share:
    sizes = {one.digest: one.bytes for one in summaries}
    return Share(
        entries=len(summaries),
        bytes=sum(sizes.values()),
        worth=Usd.sum(one.paid for one in summaries),
        last=max((one.stored for one in summaries), default=None),
    )


def _records(cache: FileCache) -> Iterator[CacheEntry | Damage]:
    """Every purchase by key: its entry, or why its sidecar can't be read."""
    for key in cache.sidecars:
        try:
            entry = cache.sidecars.read(key)
        except OSError as error:
            yield Damage(key, f"its sidecar can't be read: {troubles.reason(error)}")
        except ValueError as error:
            yield Damage(key, f"its sidecar {error}")
        else:
            if entry is not None:
                yield entry


def _entries(cache: FileCache, damaged: list[Damage] | None = None) -> Iterator[CacheEntry]:
    """The entries that can be read; the others are added to `damaged`."""
    for record in _records(cache):
        if isinstance(record, CacheEntry):
            yield record
        elif damaged is not None:
            damaged.append(record)


def _condition(older_than: dt.timedelta | None, unused: set[str] | None, drafts: bool) -> Condition:
    limit = dt.datetime.now(dt.UTC) - (older_than or dt.timedelta())
    everything = older_than is None and unused is None and not drafts

    def chosen(record: CacheEntry | Damage) -> bool:
        if everything or isinstance(record, Damage):
            return everything
        old = older_than is None or record.stored <= limit
        idle = unused is None or unused.isdisjoint((record.key, record.digest))
        return old and idle and (not drafts or record.provider == _DRAFTS)

    return chosen


def _choose(cache: FileCache, condition: Condition) -> tuple[Cleared, set[str]]:
    """What meets the condition, and the blobs that nothing else needs."""
    chosen: dict[str, Usd] = {}
    digests, kept = set[str](), set[str]()
    for record in _records(cache):
        if condition(record):
            chosen[record.key] = record.paid if isinstance(record, CacheEntry) else Usd()
        if isinstance(record, CacheEntry):
            (digests if record.key in chosen else kept).add(record.digest)
    digests -= kept
    freed = sum(cache.blobs.size(digest) or 0 for digest in digests)
    return Cleared(len(chosen), freed, Usd.sum(chosen.values()), tuple(chosen)), digests


def _delete(cache: FileCache, keys: Iterable[str], digests: Iterable[str]) -> None:
    """Sidecars first, and for good: a sidecar without its blob would stand for bytes that were lost."""
    cache.index.outdate()
    paths = [cache.sidecars.path(key) for key in keys]
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in {path.parent for path in paths}:
        durable.flush_folder(folder)
    for digest in digests:
        cache.blobs.remove(digest)


def _needed(cache: FileCache) -> set[str]:
    damaged: list[Damage] = []
    needed = {entry.digest for entry in _entries(cache, damaged)}
    if damaged:
        raise CacheError(
            f"{len(damaged)} sidecars of the cache are damaged, so nobody knows which blobs are still needed",
            details={"trouble": "damaged", "keys": [one.key for one in damaged]},
            help="See them with `assetgen cache check`, and put them back from a backup.",
        )
    return needed


def _sweep(cache: FileCache, blobs: Iterable[str], temporaries: Iterable[Path], locks: Iterable[Path]) -> None:
    for digest in blobs:
        cache.blobs.remove(digest)
    for path in temporaries:
        path.unlink(missing_ok=True)
    for path in locks:
        with durable.lock(path) as had:
            if had:
                path.unlink(missing_ok=True)


def _fault(cache: FileCache, entry: CacheEntry) -> str:
    """What is wrong with a purchase's bytes, nothing if they are whole. Raises FileNotFoundError."""
    try:
        digest, size = cache.blobs.hash(entry.digest), cache.blobs.size(entry.digest)
    except FileNotFoundError:
        raise
    except OSError as error:
        return f"its bytes can't be read: {troubles.reason(error)}"
    if digest != entry.digest:
        return "its bytes are not those that were stored"
    return "" if size == entry.bytes else f"its sidecar speaks of {entry.bytes} bytes, there are {size}"


@contextlib.contextmanager
def _working(cache: FileCache) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise troubles.unwritable(cache.folder, error) from error


def _guarded(cache: FileCache, dry_run: bool) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext() if dry_run else cache.alone()
