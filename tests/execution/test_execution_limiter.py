from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import Allowance
from assetgen.core.requests import Answer
from assetgen.execution.breaking import COOL_DOWN, FAILURES, FLOOR
from assetgen.execution.limiter import SlotLimiter
from tests.fakes.clock import FakeClock
from tests.fakes.provider import BROKEN, LIMITED, NO_KEY, UNREACHED

FINE = Answer(200, b"")


async def yielded() -> None:
    """Let others go first."""
    await asyncio.sleep(0)


async def settled() -> None:
    """Let everybody who can go on do so."""
    for _ in range(200):
        await asyncio.sleep(0)


class Calls:
    """Calls through a limiter, and when each was let through."""

    def __init__(self, limiter: SlotLimiter, clock: FakeClock) -> None:
        self.limiter = limiter
        self.clock = clock
        self.times: list[float] = []
        self.names: list[object] = []
        self.instead: list[Outcome] = []

    async def call(
        self,
        provider: str,
        name: object = None,
        says: Answer | Outcome = FINE,
        until: Callable[[], Awaitable[object]] = yielded,
    ) -> None:
        async with self.limiter.slot(provider) as instead:
            if instead is not None:
                self.instead.append(instead)
                return
            self.times.append(self.clock.seconds)
            self.names.append(name)
            await until()
            self.limiter.told(provider, says)


def limited(
    slots: dict[str, int], per_minute: dict[str, float] | None = None, *, concurrency: int = 16
) -> tuple[SlotLimiter, Calls]:
    clock = FakeClock()
    limiter = SlotLimiter(concurrency, slots, per_minute, clock=clock)
    return limiter, Calls(limiter, clock)


class StillClock(FakeClock):
    """A clock on which time passes only when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self._passed = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self._passed.wait()

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self._passed.set()


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(1 for other in times[first:] if other < time + seconds) for first, time in enumerate(times))


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


def test_256_that_wait_have_nearly_the_whole_rate_in_the_order_in_which_they_came_each_sleeping_once() -> None:
    limiter, calls = limited({"one": 300}, {"one": 600.0}, concurrency=300)

    async def work() -> None:
        await asyncio.gather(*(calls.call("one", number) for number in range(256)))

    run(work)
    assert calls.names == list(range(256))
    assert most_within(calls.times, 60) <= 602
    assert most_within(calls.times, 1) <= 12
    assert 255 / calls.times[-1] * 60 >= 0.97 * 600
    assert len(calls.clock.slept) == 255
    assert limiter.in_flight() == 0


def test_who_gives_up_waiting_gives_the_turn_back() -> None:
    _, calls = limited({"one": 20}, {"one": 60.0})

    async def work() -> None:
        waiting = [asyncio.create_task(calls.call("one", number)) for number in range(10)]
        await asyncio.sleep(0)
        for number in range(1, 9):
            waiting[number].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    run(work)
    assert calls.names == [0, 9]
    assert calls.times[-1] < 1.3


def test_who_waits_for_an_accounts_rate_keeps_no_place_from_others() -> None:
    clock = StillClock()
    calls = Calls(SlotLimiter(1, {"slow": 4, "fast": 4}, {"slow": 1.0}, clock=clock), clock)

    async def work() -> None:
        slow = [asyncio.create_task(calls.call("slow", "slow")) for _ in range(2)]
        await settled()
        await asyncio.gather(*(calls.call("fast", "fast") for _ in range(20)))
        assert calls.names == ["slow", *["fast"] * 20]
        clock.pass_by(62)
        await asyncio.gather(*slow)

    run(work)
    assert calls.names[-1] == "slow"
    assert calls.limiter.in_flight() == 0


def test_accounts_take_turns_where_places_are_few() -> None:
    _, calls = limited({"one": 8, "two": 8}, concurrency=1)

    async def work() -> None:
        await asyncio.gather(*(calls.call("one", 1) for _ in range(8)), *(calls.call("two", 2) for _ in range(8)))

    run(work)
    assert calls.names[1:15] == [1, 2] * 7


def test_both_the_accounts_and_the_runs_limits_hold() -> None:
    limiter, calls = limited({"one": 3, "two": 3}, concurrency=4)

    async def work() -> None:
        end = asyncio.Event()
        tasks = [asyncio.create_task(calls.call(name, name, until=end.wait)) for name in ("one", "two") * 4]
        await settled()
        assert (limiter.in_flight(), calls.names.count("one"), calls.names.count("two")) == (4, 2, 2)
        end.set()
        await asyncio.gather(*tasks)

    run(work)
    assert len(calls.names) == 8


def test_who_is_cancelled_in_line_for_a_place_lets_the_next_one_in() -> None:
    _, calls = limited({"one": 8, "two": 8, "three": 8}, concurrency=1)

    async def work() -> None:
        end = asyncio.Event()
        first = asyncio.create_task(calls.call("one", 1, until=end.wait))
        await settled()
        second = asyncio.create_task(calls.call("two", 2))
        await settled()
        third = asyncio.create_task(calls.call("three", 3))
        await settled()
        second.cancel()
        end.set()
        await asyncio.wait_for(asyncio.gather(first, third), 1)

    run(work)
    assert calls.names == [1, 3]


def test_a_refusal_holds_back_everybody_of_the_account_until_its_time() -> None:
    _, calls = limited({"one": 2})

    async def work() -> None:
        wait = Outcome(OutcomeClass.REFUSED, "rate_limited", "", 429, 30.0)
        await asyncio.gather(calls.call("one", says=wait), *(calls.call("one") for _ in range(6)))

    run(work)
    assert calls.times[:2] == [0.0, 0.0]
    assert min(calls.times[2:]) >= 30.0


def test_after_a_refusal_fewer_are_under_way_and_successes_bring_the_others_back() -> None:
    limiter, calls = limited({"one": 4})

    async def work() -> None:
        await calls.call("one", says=LIMITED)
        assert limiter.use()["one"].concurrency == 2
        await asyncio.gather(*(calls.call("one") for _ in range(100)))
        assert limiter.use()["one"].concurrency == 4

    run(work)
    assert limiter.use()["one"].refusals == 1


def test_what_an_answer_says_of_the_account_sets_its_pace() -> None:
    clock = FakeClock()
    limiter = SlotLimiter(8, {"one": 8}, clock=clock, allowance=lambda answer: Allowance(10, 20.0))
    calls = Calls(limiter, clock)

    async def work() -> None:
        for _ in range(6):
            await calls.call("one")

    run(work)
    assert 10 <= calls.times[-1] <= 10.5


def test_a_dead_service_is_asked_by_few_and_everybody_else_is_told_at_once() -> None:
    limiter, calls = limited({"one": 64}, concurrency=64)

    async def work() -> None:
        await asyncio.gather(*(calls.call("one", says=UNREACHED) for _ in range(200)))

    run(work)
    assert len(calls.times) <= 30
    assert len(calls.instead) == 200 - len(calls.times)
    assert {outcome.code for outcome in calls.instead} == {"service_down"}
    assert calls.clock.seconds == 0, "nobody waited"
    assert limiter.in_flight() == 0


def test_who_waits_for_a_slow_account_is_told_at_once_that_it_is_down() -> None:
    clock = StillClock()
    calls = Calls(SlotLimiter(64, {"one": 64}, {"one": 1.0}, clock=clock), clock)

    async def work() -> None:
        waiting = [asyncio.create_task(calls.call("one")) for _ in range(5)]
        await settled()
        for _ in range(FAILURES):
            calls.limiter.told("one", BROKEN)
        await asyncio.wait_for(asyncio.gather(*waiting), 1)

    run(work)
    assert (len(calls.times), len(calls.instead)) == (1, 4)


def test_a_refused_key_is_told_to_everybody_who_waits() -> None:
    _, calls = limited({"one": 1})

    async def work() -> None:
        await asyncio.gather(calls.call("one", says=NO_KEY), *(calls.call("one") for _ in range(5)))

    run(work)
    assert (len(calls.times), {outcome.code for outcome in calls.instead}) == (1, {"auth"})


def test_after_a_while_one_call_tries_and_the_others_are_told() -> None:
    _, calls = limited({"one": 8})

    async def work() -> None:
        for _ in range(FAILURES):
            await calls.call("one", says=UNREACHED)
        calls.clock.seconds += COOL_DOWN
        await asyncio.gather(*(calls.call("one", "try") for _ in range(4)))
        await calls.call("one", "after")

    run(work)
    assert calls.names[FAILURES:] == ["try", "after"]
    assert len(calls.instead) == 3


def test_a_try_that_sends_nothing_leaves_it_to_the_next_call() -> None:
    limiter, calls = limited({"one": 8})

    async def work() -> None:
        for _ in range(FAILURES):
            await calls.call("one", says=UNREACHED)
        calls.clock.seconds += COOL_DOWN
        with contextlib.suppress(ZeroDivisionError):
            async with limiter.slot("one"):
                raise ZeroDivisionError
        await calls.call("one", "try")

    run(work)
    assert calls.names[-1] == "try"


def test_at_the_end_nobody_waits_and_nobody_begins() -> None:
    limiter, calls = limited({"one": 1, "two": 1})

    async def work() -> None:
        end = asyncio.Event()
        going = asyncio.create_task(calls.call("one", until=end.wait))
        waiting = [asyncio.create_task(calls.call("one")) for _ in range(5)]
        await settled()
        limiter.end()
        await asyncio.wait_for(asyncio.gather(*waiting, calls.call("two")), 1)
        end.set()
        await going

    run(work)
    assert len(calls.times) == 1
    assert {outcome.code for outcome in calls.instead} == {"cancelled"}


def test_retries_are_few_beside_calls_but_for_those_that_came_too_early() -> None:
    limiter, _ = limited({"one": 1, "two": 1})
    assert [limiter.may_retry("one", BROKEN) for _ in range(FLOOR + 1)] == [True] * FLOOR + [False]
    assert limiter.may_retry("one", LIMITED)
    assert limiter.may_retry("two", BROKEN), "each account has its own"


def test_its_use_counts_the_seconds_that_the_rate_took() -> None:
    limiter, calls = limited({"one": 8}, {"one": 60.0})

    async def work() -> None:
        await asyncio.gather(*(calls.call("one") for _ in range(4)))

    run(work)
    use = limiter.use()["one"]
    assert (use.calls, use.most, use.per_minute) == (4, 8, 58.8)
    assert use.waited == calls.times[-1]


async def approach(limiter: SlotLimiter, reached: list[str], name: str, until: asyncio.Event) -> None:
    async with limiter.near("one") as instead:
        assert instead is None
        reached.append(name)
        await until.wait()


async def near(limiter: SlotLimiter, callers: int) -> tuple[list[str], asyncio.Event, list[asyncio.Task[None]]]:
    reached, until = list[str](), asyncio.Event()
    tasks = [asyncio.create_task(approach(limiter, reached, str(number), until)) for number in range(callers)]
    await settled()
    return reached, until, tasks


def test_as_many_are_near_as_half_the_calls_and_they_come_in_order() -> None:
    async def scenario() -> None:
        limiter, _ = limited({"one": 16}, concurrency=8)
        reached, until, tasks = await near(limiter, 10)
        assert reached == ["0", "1", "2", "3"]
        until.set()
        await asyncio.gather(*tasks)
        assert reached == [str(number) for number in range(10)]

    asyncio.run(scenario())


def test_where_calls_are_spaced_nobody_is_near_long_before_its_turn() -> None:
    async def scenario() -> None:
        clock = StillClock()
        limiter = SlotLimiter(16, {"one": 16}, {"one": 60}, clock=clock)
        async with limiter.slot("one"):
            pass
        reached, until, tasks = await near(limiter, 5)
        assert reached == []
        clock.pass_by(1.1)
        await settled()
        assert reached == ["0"]
        until.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(scenario())


def test_nobody_comes_near_a_service_that_is_not_asked() -> None:
    async def scenario() -> Outcome | None:
        limiter, _ = limited({"one": 16})
        limiter.end()
        async with limiter.near("one") as instead:
            return instead

    assert asyncio.run(scenario()) is not None
