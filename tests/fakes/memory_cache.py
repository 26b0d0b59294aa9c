"""A cache of purchases in memory: the port's contract without a disk."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence

from assetgen.core.actions import Kind
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content
from assetgen.core.ports import CacheEntry, Remembered


class MemoryCache:
    def __init__(self) -> None:
        self.kept: dict[str, Remembered] = {}
        self.locked: set[str] = set()
        self.resolved: dict[str, tuple[str, ...]] = {}

    def resolve(self, job: str, purchases: Sequence[str]) -> None:
        self.resolved[job] = tuple(purchases)

    def resolution(self, job: str) -> tuple[str, ...] | None:
        return self.resolved.get(job)

    def find(self, key: str) -> CacheEntry | None:
        return self.kept[key].entry if key in self.kept else None

    def load(self, key: str) -> Remembered | None:
        return self.kept.get(key)

    def knows(self, key: str) -> bool:
        return key in self.kept

    def expect(self, purchases: int) -> None:
        """There is always room."""

    def keep(
        self, purchase: Purchase, content: Content, kind: Kind, paid: Usd, when: dt.datetime, attempt: str = ""
    ) -> CacheEntry:
        entry = CacheEntry(
            key=purchase.key,
            digest=hashlib.sha256(content.data).hexdigest(),
            bytes=len(content.data),
            media_type=content.media_type,
            provider=purchase.provider,
            model=purchase.model,
            kind=kind,
            paid=paid,
            stored=when,
            request=dataclasses.asdict(purchase.request),
            sample_rate=content.sample_rate,
            attempt=attempt,
        )
        self.kept[purchase.key] = Remembered(entry, content.data)
        return entry

    @contextlib.contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        had = key not in self.locked
        self.locked.add(key)
        try:
            yield had
        finally:
            if had:
                self.locked.discard(key)

    def flush(self) -> None:
        """There is nothing that could be behind."""
