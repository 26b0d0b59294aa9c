"""One purchase at a time per key: among the tasks of this process, and among processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager

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
    async def hold(
        self, key: str, waiting: Callable[[str], None], waited: Callable[[float], None]
    ) -> AsyncIterator[None]:
        """Wait for the lock on a purchase; `waiting` is told why.

        At once where another asset of this run has it, after a while where another process does.

        Where another process had it, `waited` is told for how many seconds.
        """
        lock, users = self._here.get(key) or (asyncio.Lock(), 0)
        if lock.locked():
            waiting("another asset has it made")
        self._here[key] = (lock, users + 1)
        try:
            async with lock:
                with await self._had(key, waiting, waited):
                    yield
        finally:
            self._leave(key)

    async def _had(self, key: str, waiting: Callable[[str], None], waited: Callable[[float], None]) -> ExitStack:
        """The kernel's lock, as soon as no other process has it."""
        began, polls, said = self._clock.monotonic(), 0, False
        while True:
            with ExitStack() as stack:
                if stack.enter_context(self._cache.lock(key)):
                    if polls:
                        waited(self._clock.monotonic() - began)
                    return stack.pop_all()
            if not said and self._clock.monotonic() - began > SAY_SO_AFTER:
                waiting("another process is making it")
                said = True
            await self._clock.sleep(POLL)
            polls += 1

    def _leave(self, key: str) -> None:
        lock, users = self._here[key]
        if users == 1:
            del self._here[key]
        else:
            self._here[key] = (lock, users - 1)
