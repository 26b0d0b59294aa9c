"""Ending a run early, cleanly: the first request lets what is under way finish, the second one doesn't."""

from __future__ import annotations

import asyncio
import signal

GRACE = {signal.SIGINT: 30.0, signal.SIGTERM: 5.0, signal.SIGHUP: 5.0}


class Stop:
    """A wish to end. Safe to make before a loop runs; `request` is what a signal handler calls."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self._asked = asyncio.Event()
        self._now = asyncio.Event()

    @property
    def requested(self) -> bool:
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """130 for Ctrl-C, 143 for a termination or a terminal that is gone, 0 when nobody asked."""
        if self.signal is None:
            return 0
        return 130 if self.signal is signal.SIGINT else 143

    def request(self, number: signal.Signals = signal.SIGINT) -> None:
        """Ask once to finish what is under way, ask again to end at once."""
        if self.requested:
            self._now.set()
        else:
            self.signal = number
            self._asked.set()

    async def asked(self) -> None:
        """Wait for the first request."""
        await self._asked.wait()

    async def over(self) -> None:
        """Wait until nothing may go on: for the second request, or the end of the grace after the first."""
        await self._asked.wait()
        assert self.signal is not None
        try:
            async with asyncio.timeout(GRACE.get(self.signal, 0.0)):
                await self._now.wait()
        except TimeoutError:
            return
