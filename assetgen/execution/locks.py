"""One purchase at a time per key: among the tasks of this process, and among processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from assetgen.core.ports import AssetCache, Clock

POLL = 0.05
SAY_SO_AFTER = 5.0


class KeyLocks:
    """Locks on purchases, held from the look-up until the bytes are stored."""

    def __init__(self, cache: AssetCache, clock: Clock) -> None:
        self._cache = cache
        self._clock = clock
        self._here: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: str, waiting: Callable[[], None]) -> AsyncIterator[None]:
        """Wait for the lock on a purchase; `waiting` is called once when that takes long."""
        async with self._here_first(key):
            began, said = self._clock.monotonic(), False
            while True:
                with self._cache.lock(key) as had:
                    if had:
                        yield
                        return
                if not said and self._clock.monotonic() - began > SAY_SO_AFTER:
                    waiting()
                    said = True
                await self._clock.sleep(POLL)

    @asynccontextmanager
    async def _here_first(self, key: str) -> AsyncIterator[None]:
        lock, users = self._here.get(key) or (asyncio.Lock(), 0)
        self._here[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            _, users = self._here[key]
            if users == 1:
                del self._here[key]
            else:
                self._here[key] = (lock, users - 1)
