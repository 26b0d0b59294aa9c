"""What other threads have done, on its way to those who wait for it in a loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable


class Deliveries:
    """Results for the futures of one loop, from any thread. The loop is woken once for all that have come meanwhile.

    Args:
        delivered: Told in the loop how many results have just been handed over.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, delivered: Callable[[int], None] = lambda count: None) -> None:
        self.loop = loop
        self._delivered = delivered
        self._waiting: deque[tuple[asyncio.Future[object], object, BaseException | None]] = deque()
        self._woken = False

    def hand_over(self, future: asyncio.Future[object], result: object, error: BaseException | None = None) -> None:
        """Let whoever waits for a future go on, with a result or an error. To be called in any thread."""
        if isinstance(error, StopIteration):
            # No future takes it, since whoever awaits it could not tell it from an end.
            error = RuntimeError(f"nothing more comes: {error}")
        self._waiting.append((future, result, error))
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self.loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        # What comes from here on wakes the loop anew: nothing is left lying.
        self._woken = False
        count = 0
        while self._waiting:
            future, result, error = self._waiting.popleft()
            count += 1
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        self._delivered(count)
