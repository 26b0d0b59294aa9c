"""Threads for what blocks: most of the time they wait for the disk."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from assetgen.core.deliveries import Deliveries

T = TypeVar("T")
Task = tuple[asyncio.Future[Any], Deliveries, Callable[..., Any], tuple[Any, ...]]


class Workers:
    """As many threads as there is work for, up to a number.

    An asyncio executor does the same at four times the cost to its loop, which is the narrowest place of a run.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0
        self._deliveries: Deliveries | None = None

    def do(self, function: Callable[..., T], /, *arguments: Any) -> asyncio.Future[T]:
        """Call a function in another thread. Whoever cancels the future before it was begun has it left undone."""
        loop = asyncio.get_running_loop()
        if self._deliveries is None or self._deliveries.loop is not loop:
            self._deliveries, self._under_way = Deliveries(loop, self._ended), 0
        future: asyncio.Future[T] = loop.create_future()
        if len(self._threads) < min(self._under_way + 1, self._most):
            self._grow()
        self._under_way += 1
        self._tasks.put((future, self._deliveries, function, arguments))
        return future

    def close(self) -> None:
        """Finish what was asked for, and end."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _grow(self) -> None:
        """One thread more, if the system has one. Raises RuntimeError where there is none at all."""
        thread = threading.Thread(target=self._work, name=f"assetgen-worker-{len(self._threads)}")
        try:
            thread.start()
        except RuntimeError:
            if not self._threads:
                raise
        else:
            self._threads.append(thread)

    def _ended(self, count: int) -> None:
        self._under_way -= count

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            future, deliveries, function, arguments = task
            if future.cancelled():
                deliveries.hand_over(future, None)
                continue
            try:
                result = function(*arguments)
            except BaseException as error:
                deliveries.hand_over(future, None, error)
            else:
                deliveries.hand_over(future, result)
                del result
            del task, future, function, arguments
