"""The rate of an account with many callers at once: how much of it is used, and that it is never passed."""

from __future__ import annotations

import asyncio
import time

from assetgen.execution.limiter import SlotLimiter
from tests.bench.report import Figure

CALLERS, CALLS = 256, 1500
PER_SECOND = 500


def figures() -> list[Figure]:
    starts = asyncio.run(_starts())
    took = starts[-1] - starts[0]
    narrowest = min(later - first for first, later in zip(starts, starts[PER_SECOND + 2 :], strict=False))
    rate = f"{PER_SECOND} a second, {CALLERS} callers"
    return [
        Figure(f"{CALLS} calls at {rate}", took, "the rate alone", (CALLS - 1) / PER_SECOND, 1 / 0.97),
        Figure(f"one second, at {rate}", 1.0, "what the limit and 3 calls take at least", narrowest, 1.0),
    ]


async def _starts() -> list[float]:
    """When each call is let through; no caller pauses between two calls."""
    limiter = SlotLimiter(CALLERS, {"one": CALLERS}, {"one": 60 * PER_SECOND})
    starts: list[float] = []

    async def caller() -> None:
        while len(starts) < CALLS:
            async with limiter.slot("one"):
                starts.append(time.monotonic())

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for _ in range(CALLERS):
            group.create_task(caller())
    return starts[:CALLS]
