"""The real clock."""

from __future__ import annotations

import asyncio
import datetime as dt
import time


class SystemClock:
    """Time as the machine tells it."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
