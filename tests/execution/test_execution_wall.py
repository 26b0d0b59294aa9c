"""The way to the money: in plan order, up to the wall, with nobody overtaking."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from assetgen.core.errors import ApiError, BudgetError, WallError
from assetgen.core.events import BudgetStopped
from assetgen.core.jobs import Job, Purchase
from assetgen.core.journal import Reservation
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, Reading
from assetgen.core.requests import Answer, Call, ImageRequest, Request
from assetgen.execution.desk import Desk
from assetgen.execution.produce import Production
from assetgen.execution.scheduler import Scheduler
from assetgen.execution.wall import Turns, Wall
from tests.fakes.ledger import MemoryLedger
from tests.fakes.provider import GOOD, INVALID, LIMITED, UNFETCHED, LinkingProvider, ScriptedJobs, ScriptedProvider
from tests.fakes.shop import Fakes, desk, fakes, picture_job

PRICE = Usd(10_000)


def jobs(*providers: ScriptedProvider, count: int = 20) -> list[Job]:
    return [picture_job(*providers, name=f"p{number:02}", subject=f"pier {number}") for number in range(count)]


async def perform(around: Fakes, shared: Desk, wanted: Sequence[Job], alive: int) -> dict[str, Exception | None]:
    """What a run does with its jobs: how each of them ended, None where it was bought."""
    ends: dict[str, Exception | None] = {}
    by_id = {job.id: job for job in wanted}

    async def one(name: str) -> None:
        shared.wall.turns.enter(name)
        try:
            await Production(by_id[name], around.shop, shared)()
            ends[name] = None
        except (BudgetError, ApiError) as error:
            ends[name] = error
        shared.wall.turns.passed(name)

    async with asyncio.timeout(10):
        await Scheduler({job.id: () for job in wanted}).run(one, alive)
    return ends


def bought(ends: dict[str, Exception | None]) -> list[str]:
    return sorted(name for name, error in ends.items() if error is None)


def names(count: int) -> list[str]:
    return [f"p{number:02}" for number in range(count)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("slots", [1, 4, 16])
def test_exactly_the_first_that_fit_are_bought_whatever_takes_long(seed: int, slots: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - of a test
    script: list[Outcome] = [*[GOOD] * 6, *[LIMITED] * 3]
    draw.shuffle(script)
    one = ScriptedProvider("one", script, takes=lambda: draw.random() * 0.01)
    with fakes(one, wall=PRICE * 5, slots=slots) as around:
        ends = asyncio.run(perform(around, desk(around, ordered=True), jobs(one), 2 * slots))
        assert bought(ends) == names(5)
        assert Usd.sum(around.ledger.booked.values()) == PRICE * 5
        assert around.said().count("budget.stopped") == 1
        assert sum(isinstance(error, BudgetError) for error in ends.values()) == 15


@pytest.mark.parametrize("slots", [1, 4])
def test_one_that_fails_lets_the_next_one_in(slots: int) -> None:
    one = ScriptedProvider("one", [GOOD, INVALID], takes=0.002)
    with fakes(one, wall=PRICE * 5, slots=slots) as around:
        ends = asyncio.run(perform(around, desk(around, ordered=True), jobs(one), 2 * slots))
    assert bought(ends) == ["p00", "p02", "p03", "p04", "p05"]
    assert isinstance(ends["p01"], ApiError)


def test_no_smaller_one_overtakes() -> None:
    one = ScriptedProvider("one", takes=0.002)
    wanted = [picture_job(one, name=f"p{n:02}", subject=f"pier {n}", parts=parts) for n, parts in enumerate([2, 3, 1])]
    with fakes(one, wall=PRICE * 4) as around:
        ends = asyncio.run(perform(around, desk(around, ordered=True), wanted, 8))
    assert bought(ends) == ["p00"]
    assert isinstance(ends["p02"], BudgetError), "although its one part would fit"


def test_the_wall_says_what_was_spent() -> None:
    one = ScriptedProvider("one")
    with fakes(one, wall=PRICE) as around:
        asyncio.run(perform(around, desk(around, ordered=True), jobs(one, count=3), 8))
        assert [event for event in around.events if isinstance(event, BudgetStopped)] == [BudgetStopped(PRICE, PRICE)]


@pytest.mark.parametrize("order", [("long", "short"), ("short", "long")])
def test_jobs_that_share_a_part_do_not_wait_for_each_other_in_a_circle(order: tuple[str, str]) -> None:
    one = ScriptedProvider("one", takes=0.005)
    shared = {"long": picture_job(one, name="long", parts=2), "short": picture_job(one, name="short", parts=2)}
    parts = shared["short"].candidates[0].purchases
    turned = {"long": parts, "short": parts[::-1]}
    wanted = [_with_purchases(shared[name], turned[name]) for name in order]
    with fakes(one, wall=PRICE * 2) as around:
        ends = asyncio.run(perform(around, desk(around, ordered=True), wanted, 8))
    assert bought(ends) == ["long", "short"]
    assert len(one.calls) == 2


def _with_purchases(job: Job, purchases: Sequence[Purchase]) -> Job:
    (candidate,) = job.candidates
    return dataclasses.replace(job, candidates=(dataclasses.replace(candidate, purchases=tuple(purchases)),))


@pytest.mark.parametrize(
    "service",
    [LinkingProvider("one", fetches=[UNFETCHED] * 4), ScriptedJobs("one", fetches=[UNFETCHED] * 4)],
    ids=["links", "jobs"],
)
def test_nobody_waits_for_the_money_of_what_was_put_off(service: ScriptedProvider) -> None:
    with fakes(service, wall=PRICE) as around:
        ends = asyncio.run(perform(around, desk(around, ordered=True), jobs(service, count=3), 8))
    assert bought(ends) == []
    assert isinstance(ends["p00"], ApiError)
    assert isinstance(ends["p01"], BudgetError)


def test_without_an_order_nobody_waits_for_anybody() -> None:
    async def test() -> None:
        turns = Turns(ordered=False)
        for name in ("a", "b"):
            turns.enter(name)
            await asyncio.wait_for(turns.reach(name), 1)

    asyncio.run(test())


def test_turns_come_in_the_order_of_entering() -> None:
    async def reached(turns: Turns, name: str) -> bool:
        try:
            await asyncio.wait_for(turns.reach(name), 0.001)
        except TimeoutError:
            return False
        return True

    async def test() -> None:
        turns = Turns(ordered=True)
        for name in ("a", "b", "c"):
            turns.enter(name)
        assert [await reached(turns, name) for name in "abc"] == [True, False, False]
        turns.passed("b")
        assert not await reached(turns, "c")
        turns.passed("a")
        turns.passed("a")
        assert await reached(turns, "c")
        assert await reached(turns, "b"), "it has passed, and waits for nobody"

    asyncio.run(test())


class Full(MemoryLedger):
    """Nothing fits, and others may still give something back."""

    async def reserve(self, *arguments: Any, **options: Any) -> Reservation:
        raise WallError("nothing fits", waiting_helps=True)


def test_a_retry_never_waits_for_money_since_it_has_its_own() -> None:
    """Two of them would wait for each other for ever."""
    one = ScriptedProvider("one")
    with fakes(one) as around:
        purchase = jobs(one, count=1)[0].candidates[0].purchases[0]
        wall = Wall(Full(), around.clock, Turns(ordered=True), PRICE, around.shop.emit)
        kept = Reservation(1, purchase.key, PRICE, "", around.clock.now())
        assert asyncio.run(wall.reserve(purchase, "p00", 1, PRICE)) is None
        with pytest.raises(WallError):
            asyncio.run(wall.reserve(purchase, "p00", 2, PRICE, instead=kept))


class Overcharging(LinkingProvider):
    """Works longer than was thought for the first picture, and so takes more money; the others are slow to come."""

    async def call(self, call: Call) -> Answer:
        self.takes = 0.3 if self.calls else 0.02
        return await super().call(call)

    def read(self, answer: Answer, request: Request) -> Reading:
        first = isinstance(request, ImageRequest) and "pier 0," in request.prompt
        self.seconds = Decimal(40 if first else 10)
        return super().read(answer, request)


def timed(job: Job) -> Job:
    """The same, sold by the second."""

    def by_the_second(purchase: Purchase) -> Purchase:
        return dataclasses.replace(purchase, seconds=10)

    candidates = (
        dataclasses.replace(each, purchases=tuple(map(by_the_second, each.purchases))) for each in job.candidates
    )
    return dataclasses.replace(job, candidates=tuple(candidates))


def test_who_has_money_set_aside_sends_nothing_more_once_more_was_taken_than_that() -> None:
    one = Overcharging("one")
    with fakes(one, wall=PRICE * 5, slots=4) as around:
        wanted = [timed(job) for job in jobs(one)]
        ends = asyncio.run(perform(around, desk(around, ordered=True), wanted, 16))
        assert len(one.calls) <= 3, "the first, and those that were under way when it came back"
        assert sum(isinstance(error, BudgetError) for error in ends.values()) == 20 - len(bought(ends))
        assert set(around.ledger.states) <= {"stored", "released"}
