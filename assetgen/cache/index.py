"""A summary of every purchase in one file, so that sums need not read every sidecar. A hint: it can be made again."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assetgen.core import durable
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from assetgen.core.ports import CacheEntry


@dataclass(frozen=True, slots=True)
class Summary:
    """What sums need to know of one purchase."""

    kind: Kind
    digest: str
    bytes: int
    paid: Usd
    stored: dt.datetime


def summary_of(entry: CacheEntry) -> Summary:
    return Summary(entry.kind, entry.digest, entry.bytes, entry.paid, entry.stored)


class Index:
    """The summaries by key. Nothing is bought, or not bought, because of what stands here.

    New ones wait in memory until `flush`. A file beside the folder says that it is out of date; another one is the
    lock under which it is used, and whoever finds it locked does without.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = folder.with_suffix(".lock")
        self._outdated = folder.with_suffix(".outdated")
        self._waiting: deque[CacheEntry] = deque()

    def expect(self) -> None:
        """Have at hand what `flush` needs: getting it takes as long as thousands of entries."""
        import assetgen.cache.disk  # noqa: F401

    def note(self, entry: CacheEntry) -> None:
        """Remember an entry until the next `flush`."""
        self._waiting.append(entry)

    def outdate(self) -> None:
        """Have it made again before it is read next."""
        with contextlib.suppress(OSError):
            self._outdated.touch(0o600)

    def flush(self) -> None:
        """Write what waits, in one transaction."""
        if not self._waiting:
            return
        with contextlib.suppress(OSError), durable.lock(self._lock) as had:
            if had:
                self._write({entry.key: summary_of(entry) for entry in self._drain()})

    def read(self) -> dict[str, Summary] | None:
        """All summaries by key, None where it can't be relied on."""
        with durable.lock(self._lock) as had:
            return self._read() if had and not self._outdated.exists() else None

    def replace(self, entries: Iterable[CacheEntry]) -> dict[str, Summary]:
        """Make it again from what the sidecars say, and return what it holds now."""
        with durable.lock(self._lock) as had:
            if had:
                self._clear()
            summaries = {entry.key: summary_of(entry) for entry in entries}
            if had:
                self._write(summaries)
        return summaries

    def _drain(self) -> Iterable[CacheEntry]:
        while self._waiting:
            yield self._waiting.popleft()

    def _read(self) -> dict[str, Summary] | None:
        from assetgen.cache.disk import DAMAGE, opened

        try:
            with opened(self.folder) as rows:
                return {key: _parse(rows[key]) for key in rows}
        except DAMAGE:
            return None

    def _write(self, summaries: Mapping[str, Summary]) -> None:
        from assetgen.cache.disk import DAMAGE, opened

        try:
            with opened(self.folder) as rows:
                for key, summary in summaries.items():
                    rows.set(key, _dump(summary))
        except DAMAGE:
            self.outdate()

    def _clear(self) -> None:
        # First the sign, then the sidecars: what is rewritten while they are read must put the sign up again.
        with contextlib.suppress(OSError):
            self._outdated.unlink(missing_ok=True)
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(0o700)


def _dump(summary: Summary) -> str:
    stored = summary.stored.isoformat()
    return json.dumps([summary.kind.value, summary.digest, summary.bytes, summary.paid.micros, stored])


def _parse(text: str) -> Summary:
    kind, digest, size, micros, stored = json.loads(text)
    return Summary(Kind(kind), digest, size, Usd(micros), dt.datetime.fromisoformat(stored))
