"""Which job when: those that need nothing first, then whatever has become ready, a bounded number at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from graphlib import TopologicalSorter

Perform = Callable[[str], Awaitable[None]]
"""Does one job by its id; how it ended is not the scheduler's business."""


class Scheduler:
    """Workers over a queue of ready jobs. No task is made for a job before a worker takes it."""

    def __init__(self, needs: Mapping[str, Iterable[str]]) -> None:
        """`needs` holds, for every job in plan order, the ids of jobs that must have ended before it starts."""
        self._sorter = TopologicalSorter(
            {name: [need for need in needed if need in needs] for name, needed in needs.items()}
        )
        self._sorter.prepare()
        self._order = {name: position for position, name in enumerate(needs)}
        self._ready: deque[str] = deque()
        self._changed = asyncio.Condition()

    async def run(self, perform: Perform, alive: int) -> None:
        """Perform every job, at most `alive` at a time. An exception of `perform` ends all of it."""
        self._take_ready()
        async with asyncio.TaskGroup() as group:
            for _ in range(min(alive, len(self._order))):
                group.create_task(self._work(perform))

    async def _work(self, perform: Perform) -> None:
        while (name := await self._next()) is not None:
            await perform(name)
            await self._finished(name)

    async def _next(self) -> str | None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._ready or not self._sorter.is_active())
            return self._ready.popleft() if self._ready else None

    async def _finished(self, name: str) -> None:
        async with self._changed:
            self._sorter.done(name)
            self._take_ready()
            self._changed.notify_all()

    def _take_ready(self) -> None:
        self._ready.extend(sorted(self._sorter.get_ready(), key=self._order.__getitem__))
