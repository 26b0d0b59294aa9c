"""One attempt's talk with its service: jobs that are found again, files that are fetched again."""

from __future__ import annotations

import asyncio
import dataclasses
from decimal import Decimal

import pytest

from assetgen.core.errors import ApiError, AssetGenerationError, StorageError
from assetgen.core.journal import RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import Source
from assetgen.execution.produce import Production
from tests.fakes.provider import (
    BROKEN,
    CUT,
    EXPIRED,
    GOOD,
    LIMITED,
    SLOW,
    UNFETCHED,
    UNLISTED,
    UNREACHED,
    Creation,
    LinkingProvider,
    ScriptedJobs,
    ScriptedProvider,
)
from tests.fakes.shop import Fakes, desk, fakes, picture_job

DISK_FULL = StorageError("no space left on device")


def produce(around: Fakes, *providers: ScriptedProvider) -> Production:
    """One run of one job, from its beginning."""
    production = Production(picture_job(*providers), around.shop, desk(around))
    asyncio.run(production())
    return production


def held(around: Fakes, *providers: ScriptedProvider) -> str:
    """The code with which a run of one job ends without its bytes."""
    with pytest.raises(AssetGenerationError) as caught:
        produce(around, *providers)
    return str(caught.value.details.get("code", caught.value.code))


def test_a_job_is_written_down_before_it_is_asked_about_and_each_answer_before_it_is_read() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        produce(around, one)
    assert around.ledger.steps == [
        "reserve 0.01",
        "received 201",
        "adopt job-1",
        "received 200",
        "received 200",
        "settle good 0.01 stored",
    ]


def test_a_job_whose_acceptance_was_lost_is_found_and_not_made_again() -> None:
    one = ScriptedJobs("one", [Creation.ANSWER_LOST])
    with fakes(one) as around:
        production = produce(around, one)
        assert around.clock.slept[0] == one.settle_time, "a request that was cut off may still be on its way"
    assert (len(one.calls), list(one.jobs)) == (1, ["job-1"])
    assert production.progress.paid == Usd(10_000)
    assert [row.job for row in around.ledger.rows.values()] == ["job-1"]


def test_of_two_jobs_that_may_be_it_the_oldest_is_adopted() -> None:
    one = ScriptedJobs("one", [Creation.TAKEN_TWICE])
    with fakes(one) as around:
        produce(around, one)
    assert len(one.calls) == 1
    assert [row.job for row in around.ledger.rows.values()] == ["job-1"]


def test_the_job_of_another_attempt_is_not_adopted() -> None:
    one = ScriptedJobs("one", [Creation.NEVER_ARRIVED])
    with fakes(one) as around:
        job = picture_job(one)
        (purchase,) = job.candidates[0].purchases
        other = around.ledger.add(dataclasses.replace(purchase, key="other"), "other", RowState.SENDING, Usd(10_000))
        one.create(one.build(purchase.request))
        asyncio.run(around.ledger.adopt(other.reservation, ["job-1"]))
        produce(around, one)
    assert list(one.jobs) == ["job-1", "job-2"]


def test_a_request_that_never_arrived_is_sent_again_once_with_the_same_money() -> None:
    one = ScriptedJobs("one", [Creation.NEVER_ARRIVED])
    with fakes(one, wall=Usd(10_000)) as around:
        production = produce(around, one)
    assert (len(one.calls), len(one.jobs)) == (2, 1)
    assert (production.progress.paid, production.progress.unknown) == (Usd(10_000), Usd())
    assert around.ledger.states == ["released", "stored"]


@pytest.mark.parametrize("moved", [-86_400.0, -3.0])
def test_a_clock_that_was_set_back_meanwhile_proves_nothing(moved: float) -> None:
    one = ScriptedJobs("one", [Creation.NEVER_ARRIVED])
    with fakes(one) as around:

        def set_back() -> float:
            around.clock.set_by = moved
            return 0.0

        one.takes = set_back
        assert held(around, one) == "outcome_unknown"
    assert len(one.calls) == 1


def test_a_clock_that_is_ahead_of_the_services_still_finds_the_job() -> None:
    one = ScriptedJobs("one", [Creation.ANSWER_LOST])
    with fakes(one) as around:
        around.clock.seconds = 300.0
        one.takes = 0.0
        service_time = type(around.clock)()
        one.clock = service_time
        produce(around, one)
    assert list(one.jobs) == ["job-1"]


def test_where_the_list_can_not_be_had_the_attempt_stays_for_the_next_run() -> None:
    one = ScriptedJobs("one", [Creation.ANSWER_LOST], finds=[UNLISTED])
    with fakes(one) as around:
        assert held(around, one) == "outcome_unknown"
        assert around.ledger.states == ["sending"]
        produce(around, one)
    assert (len(one.calls), around.ledger.states) == (1, ["stored"])


def test_a_job_that_takes_too_long_stays_and_the_next_run_asks_again() -> None:
    one = ScriptedJobs("one", follows=[SLOW])
    with fakes(one) as around:
        assert held(around, one) == "outcome_unknown"
        assert around.ledger.states == ["accepted"]
        assert sum(one.micros for one in around.ledger.booked.values()) == 10_000
        produce(around, one)
    assert (len(one.jobs), around.ledger.states) == (1, ["stored"])


@pytest.mark.parametrize("trouble", [UNREACHED, Outcome(OutcomeClass.REFUSED, "auth", "the key was refused", 401)])
def test_trouble_while_asking_about_a_job_is_never_a_reason_to_send_again(trouble: Outcome) -> None:
    one, two = ScriptedJobs("one", follows=[UNREACHED]), ScriptedProvider("two")
    with fakes(one, two) as around:
        assert held(around, one, two) == "outcome_unknown"
    assert (len(one.calls), len(two.calls)) == (1, 0)


def test_a_job_that_failed_is_booked_and_not_made_again() -> None:
    one, two = ScriptedJobs("one", follows=[dataclasses.replace(BROKEN, status=200)]), ScriptedProvider("two")
    with fakes(one, two) as around:
        assert held(around, one, two) == "service_error"
    assert (len(one.jobs), len(two.calls), around.ledger.states) == (1, 0, ["unusable"])
    assert around.ledger.booked == {1: Usd(10_000)}


def test_a_job_that_another_attempt_has_is_not_taken_for_ours() -> None:
    one = ScriptedJobs("one")
    with fakes(one) as around:
        (purchase,) = picture_job(one).candidates[0].purchases
        other = dataclasses.replace(purchase, key="other")
        row = around.ledger.add(other, "other", RowState.SENDING, Usd())
        asyncio.run(around.ledger.adopt(row.reservation, ["job-1"]))
        assert held(around, one) == "outcome_unknown"
    assert around.ledger.states[1] in {"sending", "accepted"}


@pytest.mark.parametrize("make", [LinkingProvider, ScriptedJobs])
def test_a_file_is_fetched_again_for_nothing(make: type[LinkingProvider]) -> None:
    one = make("one", fetches=[UNFETCHED] * 3)
    with fakes(one) as around:
        production = produce(around, one)
    assert (len(one.calls), one.fetched, production.progress.paid) == (1, 4, Usd(10_000))


@pytest.mark.parametrize("make", [LinkingProvider, ScriptedJobs])
def test_a_file_that_can_not_be_had_is_left_for_the_next_run_and_never_bought_again(
    make: type[LinkingProvider],
) -> None:
    one, two = make("one", fetches=[UNFETCHED] * 4), ScriptedProvider("two")
    with fakes(one, two) as around:
        assert held(around, one, two) == "download_failed"
        assert around.ledger.states in (["sending"], ["accepted"])
        assert around.ledger.booked == {1: Usd(10_000)}
        production = produce(around, one, two)
    assert (len(one.calls), len(two.calls), around.ledger.states) == (1, 0, ["stored"])
    assert production.made[0].paid == Usd(10_000)


@pytest.mark.parametrize("steps", [{"follows": [EXPIRED]}, {"fetches": [EXPIRED] * 4}])
def test_what_is_gone_is_held_for_the_users_word(steps: dict[str, list[Outcome]]) -> None:
    one, two = ScriptedJobs("one", **steps), ScriptedProvider("two")  # type: ignore[arg-type]
    with fakes(one, two) as around:
        held(around, one, two)
        held(around, one, two)
    assert (len(one.jobs), len(two.calls), around.ledger.states) == (1, 0, ["unknown"])
    assert around.ledger.booked == {1: Usd(10_000)}


def test_what_is_billed_by_time_is_settled_by_the_time_that_is_told_with_the_address() -> None:
    one = ScriptedJobs("one")
    one.seconds = Decimal(15)
    with fakes(one) as around:
        job = picture_job(one)
        (candidate,) = job.candidates
        timed = dataclasses.replace(candidate.purchases[0], seconds=60)
        job = dataclasses.replace(job, candidates=(dataclasses.replace(candidate, purchases=(timed,)),))
        production = Production(job, around.shop, desk(around))
        asyncio.run(production())
    assert (production.progress.paid, around.ledger.booked) == (Usd(2_500), {1: Usd(2_500)})


@pytest.mark.parametrize("make", [ScriptedProvider, LinkingProvider, ScriptedJobs])
def test_a_good_answer_that_can_not_be_kept_is_used_all_the_same(make: type[ScriptedProvider]) -> None:
    one = make("one")
    with fakes(one) as around:
        around.ledger.trouble = DISK_FULL
        production = produce(around, one)
    assert (around.ledger.states, production.made[0].fresh) == (["stored"], True)


@pytest.mark.parametrize(
    ("outcome", "state"), [(LIMITED, "released"), (BROKEN, "failed"), (CUT, "unusable"), (GOOD, "stored")]
)
def test_an_answer_that_can_not_be_kept_ends_the_buying_with_the_disks_trouble(outcome: Outcome, state: str) -> None:
    one = ScriptedProvider("one", [outcome])
    with fakes(one) as around:
        around.ledger.trouble = DISK_FULL
        if outcome.good:
            produce(around, one)
        else:
            assert held(around, one) == "storage"
    assert (around.ledger.states, len(one.calls)) == ([state], 1)
    assert around.ledger.booked == {1: Usd(0 if outcome is LIMITED else 10_000)}, "no money is kept for a retry"


def test_each_attempt_has_a_name_of_its_own_that_is_sent_along() -> None:
    one = ScriptedProvider("one", [LIMITED])
    with fakes(one) as around:
        produce(around, one)
    assert [call.token for call in one.calls] == ["token-1", "token-2"]


def test_the_answers_know_which_question_they_belong_to() -> None:
    one = ScriptedJobs("one", fetches=[UNFETCHED] * 4)
    with fakes(one) as around, pytest.raises(ApiError):
        produce(around, one)
    (answers,) = around.ledger.kept.values()
    assert [answer.source for answer in answers] == [Source.CALL, Source.JOB]
