"""One purchase at a time per key: among the tasks of this process, and among processes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from typing import Any, TypeVar, cast

from assetgen.core.ports import AssetCache, Clock

T = TypeVar("T")

POLL = 0.05
SAY_SO_AFTER = 5.0


class KeyLocks:
    """Locks on purchases, held from the look-up until the bytes are stored.

    Args:
        work: Does blocking work in another thread.
    """

    def __init__(self, cache: AssetCache, clock: Clock, work: Callable[..., Awaitable[Any]]) -> None:
        self._cache = cache
        self._clock = clock
        self._work = work
        self._here: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(
        self, key: str, waiting: Callable[[str], None], waited: Callable[[float], None], look: Callable[[], T]
    ) -> AsyncIterator[T]:
        """Wait for the lock on a purchase; `waiting` is told why.

        At once where another asset of this run has it, after a while where another process does.

        Where another process had it, `waited` is told for how many seconds.
        Yields what `look` says, which is called in another thread as soon as the lock is had.
        """
        async with self._here_first(key, waiting):
            began, polls, said = self._clock.monotonic(), 0, False
            while True:
                stack, seen = await self._taken(key, look)
                with stack:
                    if stack is not NOT_HAD:
                        if polls:
                            waited(self._clock.monotonic() - began)
                        yield cast("T", seen)
                        return
                if not said and self._clock.monotonic() - began > SAY_SO_AFTER:
                    waiting("another process is making it")
                    said = True
                await self._clock.sleep(POLL)
                polls += 1

    async def _taken(self, key: str, look: Callable[[], T]) -> tuple[ExitStack, T | None]:
        """The lock and what was seen under it. Whoever is cancelled meanwhile leaves no lock behind."""
        taking = asyncio.ensure_future(self._work(self._take, key, look))
        try:
            found: tuple[ExitStack, T | None] = await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(_release)
            raise
        return found

    def _take(self, key: str, look: Callable[[], T]) -> tuple[ExitStack, T | None]:
        with ExitStack() as stack:
            if stack.enter_context(self._cache.lock(key)):
                seen = look()
                return stack.pop_all(), seen
        return NOT_HAD, None

    @asynccontextmanager
    async def _here_first(self, key: str, waiting: Callable[[str], None]) -> AsyncIterator[None]:
        lock, users = self._here.get(key) or (asyncio.Lock(), 0)
        if lock.locked():
            waiting("another asset has it made")
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


NOT_HAD = ExitStack()


def _release(taking: asyncio.Future[Any]) -> None:
    if not taking.cancelled() and taking.exception() is None:
        taking.result()[0].close()
