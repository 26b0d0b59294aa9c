"""A clock that a test owns: sleeping takes no time, and is written down."""

from __future__ import annotations

import asyncio
import datetime as dt

START = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)


class FakeClock:
    """`seconds` is what has passed; `set_by` is how far somebody set the time of day, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.set_by = 0.0
        self.slept: list[float] = []

    def now(self) -> dt.datetime:
        return START + dt.timedelta(seconds=self.seconds + self.set_by)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)
