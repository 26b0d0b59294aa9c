from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from contextlib import nullcontext

import pytest

from assetgen.core.errors import ApiError, AssetGenerationError, BudgetError, CacheError, MissingKeyError, StoppedError
from assetgen.core.events import ActionFailedOver, ActionRetry, ActionWaiting
from assetgen.core.jobs import Job
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import Remembered
from assetgen.core.results import Generated
from assetgen.core.surveys import Consent
from assetgen.execution.produce import Production
from tests.fakes.clock import FakeClock
from tests.fakes.memory_cache import MemoryCache
from tests.fakes.provider import (
    BROKEN,
    CUT,
    LIMITED,
    LOST,
    NO_KEY,
    NO_MODEL,
    NO_MONEY,
    REFUSED,
    UNREACHED,
    ScriptedProvider,
)
from tests.fakes.shop import Fakes, desk, fakes, picture_job


def produce(
    around: Fakes, job: Job, *, again: bool = False, consent: Consent = Consent()
) -> tuple[tuple[Generated, ...], Production]:
    production = Production(job, around.shop, desk(around, consent), again)
    return asyncio.run(production()), production


def spent(around: Fakes) -> Usd:
    return Usd.sum(around.ledger.booked.values())


def test_the_steps_of_a_purchase_come_in_their_order() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        (made,), production = produce(around, picture_job(one))
    assert around.ledger.steps == ["reserve 0.01", "received 200", "settle good 0.01 stored"]
    assert (made.fresh, made.paid, production.progress.paid) == (True, Usd(10_000), Usd(10_000))
    assert list(around.cache.kept) == [made.purchase.key]
    assert around.shop.costs.total == Usd(10_000)


def test_what_was_bought_before_is_not_bought_again() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        produce(around, picture_job(one))
        (made,), production = produce(around, picture_job(one))
    assert len(one.calls) == 1
    assert (made.fresh, made.paid, production.progress.paid) == (False, Usd(10_000), Usd())


def test_making_again_pays_again() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        produce(around, picture_job(one))
        around.ledger.close_account()
        produce(around, picture_job(one), again=True)
    assert len(one.calls) == 2
    assert spent(around) == Usd(20_000)


def test_the_next_seller_of_the_same_model_may_have_it_in_the_cache() -> None:
    one, two = ScriptedProvider("one"), ScriptedProvider("two")
    with fakes(one, two) as around:
        produce(around, picture_job(two))
        (made,), _ = produce(around, picture_job(one, two))
    assert (len(one.calls), made.purchase.provider) == (0, "two")


def test_an_alternative_model_in_the_cache_is_not_this_asset() -> None:
    one, two = ScriptedProvider("one"), ScriptedProvider("two")
    with fakes(one, two) as around:
        produce(around, picture_job(two))
        (made,), _ = produce(around, picture_job(one, two, degraded=True))
    assert (len(one.calls), made.purchase.provider) == (1, "one")


def test_what_surely_was_not_done_is_tried_again_and_costs_nothing() -> None:
    one = ScriptedProvider("one", [LIMITED, UNREACHED])
    with fakes(one) as around:
        _, production = produce(around, picture_job(one))
    assert (len(one.calls), production.progress.paid) == (3, Usd(10_000))
    assert around.clock.slept == [1.0, 2.0]
    assert [event.attempt for event in around.events if isinstance(event, ActionRetry)] == [1, 2]


def test_every_attempt_that_may_be_charged_is_booked() -> None:
    one = ScriptedProvider("one", [BROKEN, BROKEN])
    with fakes(one) as around:
        _, production = produce(around, picture_job(one))
    assert spent(around) == production.progress.paid == Usd(30_000)


def test_a_seller_that_cannot_hands_over_to_the_next() -> None:
    one, two = ScriptedProvider("one", [NO_KEY]), ScriptedProvider("two")
    with fakes(one, two) as around:
        (made,), production = produce(around, picture_job(one, two, degraded=True))
    assert (made.purchase.provider, made.degraded, production.progress.seller[0]) == ("two", True, "two")
    assert [event.to_provider for event in around.events if isinstance(event, ActionFailedOver)] == ["two"]


def test_when_all_failed_every_reason_is_said() -> None:
    one, two = ScriptedProvider("one", [NO_KEY]), ScriptedProvider("two", [LIMITED] * 4)
    with fakes(one, two) as around, pytest.raises(ApiError) as caught:
        produce(around, picture_job(one, two))
    assert "one/flux-schnell: the key was refused" in str(caught.value)
    assert "two/flux-schnell: slow down" in str(caught.value)
    assert caught.value.details["code"] == "auth", "what a user can mend comes first"


@pytest.mark.parametrize(
    ("outcome", "code", "cost"),
    [(REFUSED, "content_refused", 0), (CUT, "unusable_image", 10_000), (LOST, "outcome_unknown", 10_000)],
)
def test_what_must_not_be_asked_again_is_asked_once(outcome: Outcome, code: str, cost: int) -> None:
    one, two = ScriptedProvider("one", [outcome]), ScriptedProvider("two")
    with fakes(one, two) as around, pytest.raises(AssetGenerationError) as caught:
        produce(around, picture_job(one, two))
    assert (len(one.calls), len(two.calls)) == (1, 0)
    assert caught.value.details["code"] == code
    assert spent(around) == Usd(cost)
    assert not around.cache.kept


def test_parts_of_one_asset_all_come_from_one_seller() -> None:
    fails_at_second = [Outcome(OutcomeClass.GOOD), NO_KEY]
    one, two = ScriptedProvider("one", fails_at_second), ScriptedProvider("two")
    with fakes(one, two) as around:
        made, _ = produce(around, picture_job(one, two, parts=3))
    assert [generated.purchase.provider for generated in made] == ["two", "two", "two"]
    assert len(around.cache.kept) == 4, "what the first seller had made stays bought"


def test_a_purchase_that_does_not_fit_is_not_sent() -> None:
    one = ScriptedProvider("one")
    with fakes(one, wall=Usd(9_999)) as around, pytest.raises(BudgetError):
        produce(around, picture_job(one))
    assert one.calls == []


@pytest.mark.parametrize(("price", "asked"), [(0, 1), (10_000, 0)])
def test_damage_in_the_cache_is_an_error_unless_it_was_free(price: int, asked: int) -> None:
    class Damaged(MemoryCache):
        def load(self, key: str) -> Remembered | None:
            raise CacheError("its bytes are not those that were stored", details={"trouble": "damaged"})

    one = ScriptedProvider("one")
    with fakes(one) as around:
        job = picture_job(one)
        (purchase,) = job.candidates[0].purchases
        candidate = dataclasses.replace(job.candidates[0], purchases=(dataclasses.replace(purchase, price=Usd(price)),))
        damaged = dataclasses.replace(around, shop=dataclasses.replace(around.shop, cache=Damaged()))
        with pytest.raises(CacheError) if price else nullcontext():
            produce(damaged, dataclasses.replace(job, candidates=(candidate,)))
    assert len(one.calls) == asked


def test_without_anybody_to_ask_it_says_why() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around, pytest.raises(MissingKeyError, match="ONE_KEY is not set"):
        produce(around, picture_job(one, unavailable="ONE_KEY is not set"))


def test_equal_purchases_under_way_at_once_are_bought_once() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        shared = desk(around)

        async def all_at_once() -> list[tuple[Generated, ...]]:
            return await asyncio.gather(*(Production(picture_job(one), around.shop, shared)() for _ in range(16)))

        made = asyncio.run(all_at_once())
        reasons = [event.reason for event in around.events if isinstance(event, ActionWaiting)]
    assert len(one.calls) == 1
    assert sum(generated.fresh for (generated,) in made) == 1
    assert reasons == ["another asset has it made"] * 15


def test_a_lock_of_another_process_is_waited_for_and_said() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        job = picture_job(one)
        key = job.candidates[0].purchases[0].key
        around.cache.locked.add(key)

        async def free_later() -> None:
            while "action.waiting" not in around.said():
                await asyncio.sleep(0.001)
            around.cache.locked.discard(key)

        async def both() -> None:
            production = Production(job, around.shop, desk(around))
            await asyncio.gather(production(), free_later())

        asyncio.run(both())
    assert around.said().count("action.waiting") == 1
    assert len(one.calls) == 1


def test_calls_in_flight_are_bounded_by_the_account() -> None:
    one = ScriptedProvider("one", takes=0.05)
    with fakes(one) as around:
        shared = desk(around)

        async def many() -> None:
            jobs = [picture_job(one, subject=f"hero {number}") for number in range(8)]
            await asyncio.gather(*(Production(job, around.shop, shared)() for job in jobs))

        asyncio.run(many())
    assert one.most_at_once == 2


async def buy_all(around: Fakes, jobs: Sequence[Job], *, ordered: bool = False) -> list[object]:
    """How all these jobs of one run ended: what was made, or the error."""
    shared = desk(around, ordered=ordered)
    for job in jobs:
        shared.wall.turns.enter(job.id)
    return await asyncio.gather(*(Production(job, around.shop, shared)() for job in jobs), return_exceptions=True)


@pytest.mark.parametrize("outcome", [NO_KEY, NO_MONEY, NO_MODEL])
@pytest.mark.parametrize("slots", [2, 8])
def test_a_service_that_refuses_the_account_or_the_model_is_not_asked_by_those_who_wait(
    outcome: Outcome, slots: int
) -> None:
    one = ScriptedProvider("one", [outcome] * 100, takes=0.002)
    with fakes(one, slots=slots) as around:
        jobs = [picture_job(one, name=str(number), subject=str(number)) for number in range(40)]
        ends = asyncio.run(buy_all(around, jobs))
    assert len(one.calls) <= slots // 2
    assert all(isinstance(end, ApiError) and end.details["code"] == outcome.code for end in ends)
    assert around.said().count("provider.stopped") == 1
    assert spent(around) == Usd()


def test_those_who_wait_go_to_the_next_seller_when_one_is_stopped() -> None:
    one, two = ScriptedProvider("one", [NO_KEY] * 100, takes=0.002), ScriptedProvider("two")
    with fakes(one, two) as around:
        jobs = [picture_job(one, two, name=str(number), subject=str(number)) for number in range(20)]
        asyncio.run(buy_all(around, jobs))
    assert len(one.calls) <= 2
    assert len(two.calls) == 20


def test_nobody_waits_for_a_turn_at_a_service_that_is_not_asked_any_more() -> None:
    one, two = ScriptedProvider("one"), ScriptedProvider("two")
    with fakes(one, two, slots=2) as around:
        job, shared = picture_job(one, two), desk(around)
        shared.stops.note(job.candidates[0].purchases[0], NO_MODEL)

        async def while_the_only_place_is_taken() -> tuple[Generated, ...]:
            async with around.shop.limiter.slot("one"):
                return await asyncio.wait_for(Production(job, around.shop, shared)(), 1)

        (made,) = asyncio.run(while_the_only_place_is_taken())
    assert (made.purchase.provider, len(one.calls)) == ("two", 0)


def test_another_seller_takes_the_place_of_the_one_before_only_when_it_has_delivered() -> None:
    one, two = ScriptedProvider("one", [NO_MODEL, NO_MODEL]), ScriptedProvider("two")
    with fakes(one, two) as around:
        job = picture_job(one, two, degraded=True)
        (before,), _ = produce(around, job)
        own = dataclasses.replace(job, candidates=job.candidates[:1])
        with pytest.raises(ApiError):
            produce(around, own)
        assert around.cache.resolution(job.key) == (before.purchase.key,)
        (after,), _ = produce(around, own)
        assert around.cache.resolution(job.key) == (after.purchase.key,)
    assert (before.degraded, after.degraded) == (True, False)


def test_after_a_request_to_stop_nothing_new_is_sent() -> None:
    one = ScriptedProvider("one", takes=0.01)
    with fakes(one) as around:
        jobs = [picture_job(one, name=str(number), subject=str(number)) for number in range(20)]

        async def stop_in_the_middle() -> list[object]:
            running = asyncio.ensure_future(buy_all(around, jobs))
            while not one.calls:
                await asyncio.sleep(0)
            around.shop.stop.request()
            return await running

        ends = asyncio.run(stop_in_the_middle())
    assert 1 <= len(one.calls) <= 2
    assert sum(isinstance(end, StoppedError) for end in ends) == 20 - len(one.calls)
    assert around.ledger.states.count("stored") == len(one.calls)
    assert set(around.ledger.states) <= {"stored", "released"}, "what had its money and was not sent is free"


def test_a_request_to_stop_during_a_retrys_wait_frees_the_money_that_was_kept() -> None:
    one = ScriptedProvider("one", [LIMITED])
    with fakes(one, wall=Usd(10_000)) as around:

        class Stopping(FakeClock):
            async def sleep(self, seconds: float) -> None:
                assert spent(around) == Usd(10_000), "kept while the retry waits"
                around.shop.stop.request()

        stopped = dataclasses.replace(around, shop=dataclasses.replace(around.shop, clock=Stopping()))
        with pytest.raises(StoppedError):
            produce(stopped, picture_job(one))
    assert (len(one.calls), spent(around), around.ledger.states) == (1, Usd(), ["released"])


def test_a_request_to_stop_ends_a_retrys_wait_at_once() -> None:
    one = ScriptedProvider("one", [LIMITED])
    with fakes(one, wall=Usd(10_000)) as around:

        class Endless(FakeClock):
            async def sleep(self, seconds: float) -> None:
                around.shop.stop.request()
                await asyncio.Event().wait()

        waiting = dataclasses.replace(around, shop=dataclasses.replace(around.shop, clock=Endless()))

        async def at_once() -> None:
            async with asyncio.timeout(5):
                await Production(picture_job(one), waiting.shop, desk(waiting))()

        with pytest.raises(StoppedError):
            asyncio.run(at_once())
    assert (len(one.calls), spent(around), around.ledger.states) == (1, Usd(), ["released"])


def test_a_retry_has_its_money_under_a_wall_of_one_price_and_nobody_takes_it_meanwhile() -> None:
    one = ScriptedProvider("one", [LIMITED, LIMITED, UNREACHED])
    with fakes(one, wall=Usd(10_000)) as around:
        jobs = [picture_job(one, name=name, subject=name) for name in ("first", "second")]
        first, second = asyncio.run(buy_all(around, jobs, ordered=True))
    assert not isinstance(first, Exception)
    assert isinstance(second, BudgetError)
    assert around.ledger.states == ["released"] * 3 + ["stored"]
    assert spent(around) == Usd(10_000)


def test_a_retry_of_what_may_be_charged_needs_money_of_its_own() -> None:
    one = ScriptedProvider("one", [BROKEN])
    with fakes(one, wall=Usd(19_999)) as around, pytest.raises(BudgetError):
        produce(around, picture_job(one))
    assert (len(one.calls), spent(around)) == (1, Usd(10_000))


def test_a_seller_whose_price_nobody_knows_is_not_asked() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        job = picture_job(one)
        (candidate,) = job.candidates
        unpriced = dataclasses.replace(candidate.purchases[0], price=None)
        job = dataclasses.replace(job, candidates=(dataclasses.replace(candidate, purchases=(unpriced,)),))
        with pytest.raises(AssetGenerationError, match="nobody knows the price"):
            produce(around, job)
    assert (one.calls, around.ledger.rows) == ([], {})


def test_forcing_an_asset_that_shares_its_purchase_pays_once() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        produce(around, picture_job(one))
        around.ledger.close_account()
        shared = desk(around)

        async def both() -> None:
            jobs = [picture_job(one, name=name) for name in ("hero", "villain")]
            await asyncio.gather(*(Production(job, around.shop, shared, again=True)() for job in jobs))

        asyncio.run(both())
    assert len(one.calls) == 2


def test_the_attempt_that_is_under_way_is_known_until_it_is_settled() -> None:
    one = ScriptedProvider("one", takes=0.005)
    with fakes(one) as around:
        production = Production(picture_job(one), around.shop, desk(around))

        async def look() -> Usd:
            running = asyncio.ensure_future(production())
            while production.progress.pending is None:
                await asyncio.sleep(0)
            amount = production.progress.pending.amount
            await running
            return amount

        assert asyncio.run(look()) == Usd(10_000)
    assert production.progress.pending is None
