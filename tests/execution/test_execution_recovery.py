"""What a killed run left, state by state, and what the next run makes of it."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest

from assetgen.core.errors import AssetGenerationError, StorageError
from assetgen.core.journal import Recovered, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome
from assetgen.core.requests import Answer, Call
from assetgen.core.surveys import Consent, OnUnknown
from assetgen.execution.produce import Production
from assetgen.execution.recovery import Recovery
from tests.fakes.provider import (
    BROKEN,
    CUT,
    GOOD,
    LIMITED,
    LOST,
    REFUSED,
    SLOW,
    UNFETCHED,
    UNLISTED,
    Creation,
    LinkingProvider,
    ScriptedJobs,
    ScriptedProvider,
    answer_of,
)
from tests.fakes.shop import Fakes, desk, fakes, picture_job

PRICE = Usd(10_000)
HOUR = 3600.0


def produce(around: Fakes, *providers: ScriptedProvider, consent: Consent = Consent(), again: bool = False) -> str:
    """One run of one job: empty where it has its bytes, else the code for which it has not."""
    production = Production(picture_job(*providers), around.shop, desk(around, consent), again)
    try:
        asyncio.run(production())
    except AssetGenerationError as error:
        return str(error.details.get("code", error.code))
    return ""


def killed(around: Fakes, *providers: ScriptedProvider) -> None:
    """A run that is killed while its service is at it."""
    production = Production(picture_job(*providers), around.shop, desk(around))

    async def run() -> None:
        under_way = asyncio.ensure_future(production())
        while not providers[0].calls[before:]:
            await asyncio.sleep(0.001)
        under_way.cancel()
        await asyncio.wait([under_way])

    takes, before = providers[0].takes, len(providers[0].calls)
    providers[0].takes = 60.0
    asyncio.run(asyncio.wait_for(run(), 5))
    providers[0].takes = takes
    assert around.ledger.states == ["sending"]


def recover(around: Fakes, *states: RowState) -> list[Recovered]:
    async def run() -> list[Recovered]:
        return await Recovery(around.shop).all(await around.ledger.unfinished(states or tuple(RowState)))

    return asyncio.run(run())


def left(around: Fakes, service: ScriptedProvider, state: RowState, *answers: Answer, job: str = "") -> Row:
    """A row as a killed run left it, with the answers that were kept."""
    (purchase,) = picture_job(service).candidates[0].purchases
    row = around.ledger.add(purchase, "hero", state, PRICE)
    around.ledger.rows[row.id] = dataclasses.replace(row, job=job)
    around.ledger.kept[row.id] = list(answers)
    return around.ledger.rows[row.id]


@pytest.mark.parametrize("make", [ScriptedProvider, LinkingProvider])
def test_a_lost_call_to_a_service_that_can_not_be_asked_is_held_and_never_sent(
    make: Callable[[str], ScriptedProvider],
) -> None:
    one, two = make("one"), ScriptedProvider("two")
    with fakes(one, two) as around:
        killed(around, one, two)
        assert [found.row.state for found in recover(around)] == [RowState.UNKNOWN]
        for _ in range(3):
            assert produce(around, one, two) == "outcome_unknown"
        assert around.ledger.booked == {1: PRICE}
    assert (len(one.calls), len(two.calls)) == (1, 0)


def test_the_next_run_holds_it_also_where_nobody_recovered_first() -> None:
    one, two = ScriptedProvider("one"), ScriptedProvider("two")
    with fakes(one, two) as around:
        killed(around, one, two)
        assert produce(around, one, two) == "outcome_unknown"
        assert produce(around, two, one) == "outcome_unknown", "no other seller is asked for the asset either"
    assert (len(one.calls), len(two.calls)) == (1, 0)


def test_a_job_that_was_sent_is_found_and_adopted_by_the_next_run() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        row = left(around, one, RowState.SENDING)
        one.create(one.build(row.purchase.request))
        (found,) = recover(around)
        assert (found.was, found.row.state, found.row.job) == (RowState.SENDING, RowState.STORED, "job-1")
        assert produce(around, one) == ""
    assert (len(one.calls), len(one.jobs)) == (0, 1)


def test_of_two_jobs_one_is_adopted_by_the_next_run() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        row = left(around, one, RowState.SENDING)
        for _ in range(2):
            one.create(one.build(row.purchase.request))
        (found,) = recover(around)
    assert (found.row.job, found.row.state) == ("job-1", RowState.STORED)


def test_a_job_that_never_arrived_within_the_hour_is_freed_and_sent_once() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        left(around, one, RowState.SENDING)
        around.clock.seconds += HOUR - 10
        (found,) = recover(around)
        assert (found.was, found.row.state, found.row.booked) == (RowState.SENDING, RowState.RELEASED, Usd())
        assert produce(around, one) == ""
        assert produce(around, one) == ""
    assert (len(one.calls), len(one.jobs)) == (1, 1)


def test_a_job_that_is_not_listed_any_more_is_held() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        left(around, one, RowState.SENDING)
        around.clock.seconds += HOUR
        (found,) = recover(around)
        assert found.row.state is RowState.UNKNOWN
        assert produce(around, one) == "outcome_unknown"
    assert one.calls == []


def test_where_the_list_can_not_be_had_it_stays_as_it_is() -> None:
    one = ScriptedJobs("one", finds=[UNLISTED] * 2)
    with fakes(one) as around:
        left(around, one, RowState.SENDING)
        (found,) = recover(around)
        assert found.row.state is RowState.SENDING
        assert produce(around, one) == "outcome_unknown"
        assert produce(around, one) == ""
    assert len(one.calls) == 1, "it never arrived, as the list said when it could be had"


@pytest.mark.parametrize("state", [RowState.SENDING, RowState.ACCEPTED])
def test_a_known_job_is_asked_about_and_paid_once(state: RowState) -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        row = left(around, one, state, job="job-1")
        one.create(one.build(row.purchase.request))
        around.clock.seconds += 100 * HOUR
        (found,) = recover(around)
        assert (found.row.state, found.row.booked) == (RowState.STORED, PRICE)
    assert (one.calls, len(one.jobs)) == ([], 1)


@pytest.mark.parametrize("steps", [{"follows": [SLOW]}, {"fetches": [UNFETCHED] * 4}])
def test_a_job_whose_bytes_can_not_be_had_now_stays_for_the_next_run(steps: dict[str, list[Outcome]]) -> None:
    one = ScriptedJobs("one", **steps)  # type: ignore[arg-type]
    with fakes(one) as around:
        row = left(around, one, RowState.ACCEPTED, job="job-1")
        one.create(one.build(row.purchase.request))
        (found,) = recover(around)
        assert found.row.state is RowState.ACCEPTED
        (found,) = recover(around)
        assert found.row.state is RowState.STORED


@pytest.mark.parametrize(
    ("outcome", "state", "booked"),
    [
        (GOOD, RowState.STORED, PRICE),
        (BROKEN, RowState.FAILED, PRICE),
        (CUT, RowState.UNUSABLE, PRICE),
        (REFUSED, RowState.DECLINED, Usd()),
        (LIMITED, RowState.RELEASED, Usd()),
        (dataclasses.replace(LOST, status=502), RowState.UNKNOWN, PRICE),
    ],
)
def test_an_answer_that_was_kept_is_read_without_asking_again(outcome: Outcome, state: RowState, booked: Usd) -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        left(around, one, RowState.SENDING, answer_of(outcome))
        (found,) = recover(around)
    assert (found.row.state, found.row.booked, one.calls) == (state, booked, [])


def test_what_was_received_is_stored_from_its_answer_without_a_request() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        left(around, one, RowState.RECEIVED, answer_of(GOOD))
        (found,) = recover(around)
        assert (found.was, found.row.state, found.row.booked) == (RowState.RECEIVED, RowState.STORED, PRICE)
        assert around.ledger.kept == {}
        assert produce(around, one) == ""
    assert one.calls == []


def test_what_was_stored_and_not_written_down_is_written_down_without_a_request() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        assert produce(around, one) == ""
        around.ledger.rows[1] = dataclasses.replace(around.ledger.rows[1], state=RowState.RECEIVED, digest="")
        (found,) = recover(around)
        entry = around.cache.find(found.row.purchase.key)
        assert entry is not None
        assert (found.row.state, found.row.digest) == (RowState.STORED, entry.digest)
    assert len(one.calls) == 1


def test_what_an_earlier_attempt_had_brought_is_not_taken_for_this_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the clock was ahead when that was stored."""
    one = ScriptedProvider("one")
    with fakes(one) as around:
        assert produce(around, one) == ""
        entry = around.cache.find(around.ledger.rows[1].purchase.key)
        assert entry is not None
        ahead = dataclasses.replace(entry, stored=entry.stored + dt.timedelta(days=10))
        monkeypatch.setattr(around.cache, "find", lambda key: ahead)
        row = around.ledger.rows[1]
        around.ledger.rows[1] = dataclasses.replace(row, state=RowState.SENDING, token=f"not-{row.token}")
        (found,) = recover(around)
    assert (found.row.state, found.row.booked) == (RowState.UNKNOWN, PRICE)


def test_what_was_received_and_lost_is_unusable_and_bought_again_only_by_the_users_wish() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        left(around, one, RowState.RECEIVED)
        (found,) = recover(around)
        assert (found.row.state, found.row.booked) == (RowState.UNUSABLE, PRICE)
        assert produce(around, one) == "cache"
        around.ledger.close_account()
        assert produce(around, one) == "cache"
        assert produce(around, one, consent=Consent(rebuy=True)) == ""
    assert len(one.calls) == 1
    assert around.ledger.states == ["superseded", "stored"]


def test_what_a_job_service_has_is_fetched_once_more_where_the_answer_was_lost() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        row = left(around, one, RowState.RECEIVED, job="job-1")
        one.create(one.build(row.purchase.request))
        (found,) = recover(around)
    assert (found.row.state, found.row.booked, one.calls) == (RowState.STORED, PRICE, [])


def test_an_unknown_outcome_is_asked_about_where_the_service_can_be_asked() -> None:
    one, two = ScriptedJobs("one"), ScriptedProvider("two")
    with fakes(one, two) as around:
        row = left(around, one, RowState.UNKNOWN, job="job-1")
        one.create(one.build(row.purchase.request))
        left(around, two, RowState.UNKNOWN)
        found = recover(around, RowState.UNKNOWN)
    assert [one.row.state for one in found] == [RowState.STORED, RowState.UNKNOWN]
    assert (one.calls, two.calls) == ([], [])


def test_what_somebody_is_at_work_on_is_left_alone() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        row = left(around, one, RowState.SENDING)
        with around.cache.lock(row.purchase.key):
            assert recover(around) == []
        assert around.ledger.states == ["sending"]


def test_a_service_that_is_not_there_any_more_holds_nobody_up() -> None:
    one, gone = ScriptedProvider("one"), ScriptedProvider("gone")
    with fakes(one) as around:
        left(around, gone, RowState.SENDING)
        left(around, one, RowState.SENDING, answer_of(GOOD))
        assert [found.row.state for found in recover(around)] == [RowState.SENDING, RowState.STORED]


def test_a_bug_with_one_attempt_is_not_in_the_way_of_the_others() -> None:
    class Buggy(ScriptedProvider):
        def read(self, answer: Answer, request: object) -> Outcome:
            raise ZeroDivisionError

    buggy, one = Buggy("buggy"), ScriptedProvider("one")
    with fakes(buggy, one) as around:
        left(around, buggy, RowState.SENDING, answer_of(GOOD))
        left(around, one, RowState.SENDING, answer_of(GOOD))
        assert [found.row.action for found in recover(around)] == ["hero"]
        assert around.ledger.states == ["sending", "stored"]


def test_a_disk_that_refuses_leaves_what_was_received_for_the_next_run() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        left(around, one, RowState.RECEIVED, answer_of(GOOD))
        good, full = around.cache.keep, StorageError("no space left on device")

        def refuse(*arguments: object) -> None:
            raise full

        around.cache.keep = refuse  # type: ignore[method-assign, assignment]
        assert recover(around) == []
        assert around.ledger.states == ["received"]
        around.cache.keep = good  # type: ignore[method-assign]
        assert [found.row.state for found in recover(around)] == [RowState.STORED]


def test_an_unknown_outcome_is_sent_again_once_a_run_where_the_user_wishes_it() -> None:
    one = ScriptedProvider("one", [LOST, LOST, LOST])
    retry = Consent(on_unknown=OnUnknown.RETRY)
    with fakes(one) as around:
        assert produce(around, one) == "outcome_unknown"
        assert produce(around, one, consent=retry) == "outcome_unknown"
        assert around.ledger.states == ["abandoned", "unknown"]
        assert produce(around, one, consent=Consent(on_unknown=OnUnknown.RETRY, limit=Usd(9_999))) == "outcome_unknown"
        assert len(one.calls) == 2
        assert produce(around, one, consent=Consent(on_unknown=OnUnknown.RETRY, limit=PRICE)) == "outcome_unknown"
        assert produce(around, one, consent=retry) == ""
    assert around.ledger.booked == dict.fromkeys((1, 2, 3, 4), PRICE), "what may have been charged stays counted"


def test_this_runs_own_loss_is_sent_again_where_the_user_wishes_it() -> None:
    one = ScriptedProvider("one", [LOST])
    with fakes(one) as around:
        assert produce(around, one, consent=Consent(on_unknown=OnUnknown.RETRY)) == ""
    assert (len(one.calls), around.ledger.states) == (2, ["abandoned", "stored"])


@pytest.mark.parametrize("outcome", [REFUSED, CUT])
def test_what_was_refused_or_unusable_is_remembered_and_bought_again_once_an_account(outcome: Outcome) -> None:
    one, two = ScriptedProvider("one", [outcome, outcome]), ScriptedProvider("two")
    rebuy = Consent(rebuy=True)
    with fakes(one, two) as around:
        for _ in range(3):
            assert produce(around, one, two) == outcome.code
        assert produce(around, one, two, consent=rebuy) == outcome.code, "it is of this account"
        assert len(one.calls) == 1
        around.ledger.close_account()
        for _ in range(2):
            assert produce(around, one, two, consent=rebuy) == outcome.code
        assert len(one.calls) == 2
        around.ledger.close_account()
        assert produce(around, one, two, consent=rebuy) == ""
    assert (len(one.calls), len(two.calls)) == (3, 0)


def test_forcing_does_not_pay_twice_for_the_same_command_after_a_kill() -> None:
    one = ScriptedProvider("one")
    with fakes(one) as around:
        assert produce(around, one) == ""
        around.ledger.close_account()
        assert produce(around, one, again=True) == ""
        assert produce(around, one, again=True) == ""
        assert len(one.calls) == 2
        around.ledger.close_account()
        killed_row = around.ledger.states
        assert killed_row == ["superseded", "stored"]
        assert produce(around, one, again=True) == ""
    assert len(one.calls) == 3


def test_forcing_never_sends_an_unknown_outcome_again() -> None:
    one = ScriptedProvider("one", [LOST])
    with fakes(one) as around:
        assert produce(around, one) == "outcome_unknown"
        around.ledger.close_account()
        assert produce(around, one, again=True) == "outcome_unknown"
        assert produce(around, one, again=True, consent=Consent(rebuy=True)) == "outcome_unknown"
    assert len(one.calls) == 1


def test_a_purchase_that_was_bought_and_is_not_in_the_cache_is_not_bought_silently() -> None:
    one, two = ScriptedProvider("one"), ScriptedProvider("two")
    with fakes(one, two) as around:
        assert produce(around, one, two) == ""
        around.cache.kept.clear()
        around.ledger.close_account()
        assert produce(around, one, two) == "cache"
        assert produce(around, one, two, consent=Consent(rebuy=True)) == ""
    assert (len(one.calls), len(two.calls)) == (2, 0)


@pytest.mark.parametrize("retries", [Consent(on_unknown=OnUnknown.RETRY), Consent(rebuy=True)])
def test_ids_that_share_a_purchase_follow_the_one_that_sends_it_again(retries: Consent) -> None:
    one = ScriptedProvider("one", [LOST if retries.retry else REFUSED])
    with fakes(one) as around:
        assert produce(around, one) != ""
        around.ledger.close_account()
        shared = desk(around, retries)

        async def both() -> None:
            jobs = [picture_job(one, name=name) for name in ("hero", "villain", "bystander")]
            await asyncio.gather(*(Production(job, around.shop, shared)() for job in jobs))

        asyncio.run(both())
    assert len(one.calls) == 2


def test_the_creation_of_a_job_that_was_killed_is_looked_for_before_anything_is_sent() -> None:
    one = ScriptedJobs("one", [Creation.ACCEPTED])
    with fakes(one) as around:
        killed(around, one)
        assert produce(around, one) == ""
    assert (len(one.calls), len(one.jobs)) == (2, 1), "the first one never arrived"


@pytest.mark.parametrize("kind", [ScriptedProvider, ScriptedJobs])
def test_what_never_left_is_free_and_asked_for_anew(kind: type[ScriptedProvider]) -> None:
    """The run was killed between setting the money aside and sending: nobody has to be asked, and nothing is held."""
    service = kind("one")
    with fakes(service) as around:
        row = left(around, service, RowState.SENDING)
        around.ledger.left.clear()
        (found,) = recover(around, RowState.SENDING)
        assert (found.row.id, found.row.state, found.row.booked) == (row.id, RowState.RELEASED, Usd())
        assert service.calls == []
        assert produce(around, service) == ""
        assert len(service.calls) == 1


def test_what_left_is_written_down_before_it_does() -> None:
    service = ScriptedProvider("one")
    with fakes(service) as around:
        noted: list[bool] = []
        call = service.call

        async def look(asked: Call) -> Answer:
            noted.append(around.ledger.left == {1})
            return await call(asked)

        service.call = look  # type: ignore[assignment, method-assign]
        assert produce(around, service) == ""
        assert noted == [True]


def test_an_answer_lasts_by_itself_unless_its_bytes_are_stored() -> None:
    good, refused = ScriptedProvider("one"), ScriptedProvider("one", [REFUSED])
    for service, lasting in ((good, []), (refused, [1])):
        with fakes(service) as around:
            produce(around, service)
            assert around.ledger.lasting == lasting
