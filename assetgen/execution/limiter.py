"""How many calls may be under way: for the whole run, and for each account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager


class SlotLimiter:
    """Slots for calls in flight. Whoever decodes, stores or waits for something else holds none."""

    def __init__(self, concurrency: int, by_provider: Mapping[str, int]) -> None:
        self._all = asyncio.Semaphore(concurrency)
        self._by_provider = {name: asyncio.Semaphore(slots) for name, slots in by_provider.items()}
        self._in_flight = 0

    @asynccontextmanager
    async def slot(self, provider: str) -> AsyncIterator[None]:
        async with self._by_provider[provider], self._all:
            self._in_flight += 1
            try:
                yield
            finally:
                self._in_flight -= 1

    def in_flight(self) -> int:
        return self._in_flight
