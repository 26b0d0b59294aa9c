"""What the small ports keep: rate limiter, cost tracker, clock, listeners."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assetgen.core.actions import Kind
from assetgen.core.clock import SystemClock
from assetgen.core.costs import CostRecord
from assetgen.core.events import ActionCached, Timed
from assetgen.core.money import Units, Usd
from assetgen.core.ports import Clock, CostTracker, RateLimiter
from assetgen.execution.limiter import SlotLimiter
from assetgen.reporting.events import Lines, RunLog
from assetgen.reporting.metrics import Metrics
from assetgen.reporting.plain import Plain
from assetgen.reporting.tally import Tally
from assetgen.reporting.tracker import Costs
from tests.fakes.clock import FakeClock
from tests.reporting.builders import timed

LIMITERS: dict[str, Callable[[], RateLimiter]] = {"slots": lambda: SlotLimiter(3, {"one": 2, "two": 5})}
TRACKERS: dict[str, Callable[[], CostTracker]] = {"costs": Costs}
CLOCKS: dict[str, Callable[[], Clock]] = {"system": SystemClock, "fake": FakeClock}


@pytest.mark.parametrize("make", LIMITERS.values(), ids=LIMITERS)
def test_a_limiter_bounds_each_account_and_the_whole(make: Callable[[], RateLimiter]) -> None:
    limiter, most = make(), {"one": 0, "two": 0, "all": 0}
    now = {"one": 0, "two": 0}

    async def call(provider: str) -> None:
        async with limiter.slot(provider):
            now[provider] += 1
            for name, count in {**now, "all": limiter.in_flight()}.items():
                most[name] = max(most[name], count)
            await asyncio.sleep(0.001)
            now[provider] -= 1

    async def many() -> None:
        await asyncio.gather(*(call(name) for name in ("one", "two") * 20))

    asyncio.run(many())
    assert (most["one"], most["all"], limiter.in_flight()) == (2, 3, 0)


@pytest.mark.parametrize("make", LIMITERS.values(), ids=LIMITERS)
def test_a_limiter_gets_its_slot_back_after_an_error(make: Callable[[], RateLimiter]) -> None:
    limiter = make()

    async def fail() -> None:
        async with limiter.slot("one"):
            raise ZeroDivisionError

    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            asyncio.run(fail())
    assert limiter.in_flight() == 0


@pytest.mark.parametrize("make", TRACKERS.values(), ids=TRACKERS)
def test_a_tracker_sums_by_type_and_by_model(make: Callable[[], CostTracker]) -> None:
    tracker, now = make(), dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    for kind, model, cost in (
        (Kind.IMAGE, "flux-schnell", 3),
        (Kind.IMAGE, "sdxl", 4),
        (Kind.SUBTITLE, "openai-tts", 5),
    ):
        tracker.record(CostRecord(now, kind, model, "one", Units(images=1), Usd(cost)))
    breakdown = tracker.breakdown()
    assert tracker.total == breakdown.total == Usd(12)
    assert sum(amount.micros for amount in breakdown.by_type.values()) == 12
    assert sorted(amount.micros for amount in breakdown.by_model.values()) == [3, 4, 5]
    assert len(list(tracker.records())) == 3


@pytest.mark.parametrize("make", CLOCKS.values(), ids=CLOCKS)
def test_a_clock_never_goes_back_and_knows_its_zone(make: Callable[[], Clock]) -> None:
    clock = make()
    before = clock.monotonic()
    asyncio.run(clock.sleep(0.01))
    assert clock.monotonic() >= before + 0.01
    assert clock.now().utcoffset() == dt.timedelta(0)


def listeners(folder: Path) -> list[Any]:
    return [Tally(), Metrics(), Plain(io.StringIO(), environment={}), Lines(io.StringIO()), RunLog(folder)]


def test_a_listener_takes_any_event_and_never_raises(tmp_path: Path) -> None:
    for listener in listeners(tmp_path):
        for one in timed(ActionCached("a\x1b[31m\n::error::", Kind.IMAGE, Usd(5), restored=True)):
            listener(one)
            listener(Timed(0.0, one.event))
