from __future__ import annotations

import math

import pytest

from assetgen.core.events import ProviderLimited
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import AccountUse, Allowance
from assetgen.core.requests import Answer
from assetgen.execution.accounts import Account
from assetgen.execution.breaking import COOL_DOWN, FAILURES, ROUNDS
from assetgen.execution.pacing import Pace
from tests.fakes.provider import BROKEN, INVALID, LIMITED, LOST, NO_KEY, NO_MODEL, NO_MONEY, REFUSED, UNREACHED

OVERLOADED = Outcome(OutcomeClass.REFUSED, "service_down", "busy", 503)
FINE = Answer(200, b"")


def account(slots: int = 8, per_minute: float | None = None) -> Account:
    return Account("one", Pace(slots, per_minute))


def limited(wait: float | None) -> Outcome:
    return Outcome(OutcomeClass.REFUSED, "rate_limited", "slow down", 429, wait)


@pytest.mark.parametrize("outcome", [UNREACHED, LOST, BROKEN, OVERLOADED])
def test_failures_of_the_service_or_the_way_to_it_end_asking(outcome: Outcome) -> None:
    one = account()
    for number in range(FAILURES):
        one.ended(100.0 * number, outcome)
    instead = one.breaker.blocks(100.0 * FAILURES - 100)
    assert instead is not None
    assert (instead.kind, instead.code) == (OutcomeClass.NOT_SENT, "service_down")
    assert f"`{outcome.code}`" in instead.message


@pytest.mark.parametrize("outcome", [REFUSED, INVALID, NO_MODEL, LIMITED])
def test_what_is_refused_never_ends_asking_and_shows_that_the_service_is_there(outcome: Outcome) -> None:
    one = account()
    for _ in range(5 * FAILURES):
        one.ended(0.0, UNREACHED)
        one.ended(0.0, outcome)
    assert one.breaker.blocks(0.0) is None


@pytest.mark.parametrize("outcome", [NO_KEY, NO_MONEY])
def test_what_the_account_is_refused_for_ends_asking_at_once_and_for_good(outcome: Outcome) -> None:
    one = account()
    assert one.ended(0.0, outcome) is None, "that a service is stopped has an event of its own"
    instead = one.breaker.blocks(1e9)
    assert instead is not None
    assert (instead.kind, instead.code) == (outcome.kind, outcome.code)


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_halves_the_limits_and_says_so_once_until_when(status: int) -> None:
    one = account(8, 60)
    outcome = Outcome(OutcomeClass.REFUSED, "rate_limited", "", status, 5.0)
    assert one.ended(100.0, outcome) == ProviderLimited("one", 4, 8, f"it answered with {status}", 29.4, 5.0)
    assert one.ended(100.1, outcome) is None
    assert one.wait(101.0) == pytest.approx(4.1)


def test_a_wait_that_is_too_long_for_everybody_sends_them_elsewhere() -> None:
    one = account()
    event = one.ended(0.0, limited(3600.0))
    assert event == ProviderLimited("one", 0, 8, "it answered with 429", None, 3600.0)
    assert one.ended(0.0, limited(3600.0)) is None, "it is known"
    instead = one.breaker.blocks(3599.0)
    assert instead is not None
    assert instead.code == "rate_limited"
    assert one.breaker.blocks(3600.0) is None


def test_a_wait_that_makes_no_sense_counts_as_silence() -> None:
    one = account()
    event = one.ended(0.0, limited(math.inf))
    assert event is not None
    assert (event.concurrency, event.wait) == (4, 1.0)


def test_that_a_service_is_down_and_that_it_is_back_is_said_once_each() -> None:
    one = account()
    events = [one.ended(0.0, UNREACHED) for _ in range(2 * FAILURES)]
    (down,) = [event for event in events if event is not None]
    assert (down.concurrency, down.was, down.wait) == (0, 8, COOL_DOWN)
    trying = one.start(COOL_DOWN)
    back = one.answered(COOL_DOWN, FINE, None)
    one.finish(trying=trying)
    assert back == ProviderLimited("one", 8, 0, "it answers again")


def test_answers_that_were_on_their_way_when_it_went_down_are_no_news() -> None:
    one = account()
    for _ in range(FAILURES):
        one.ended(0.0, UNREACHED)
    assert [one.answered(1.0, FINE, None), one.ended(1.0, REFUSED)] == [None, None]


def test_coming_back_is_said_when_limits_have_doubled_and_when_they_are_whole() -> None:
    one, said = account(), list[int]()
    one.ended(0.0, limited(1.0))
    one.ended(2.0, limited(1.0))
    one.ended(4.0, limited(1.0))
    for number in range(200):
        event = one.answered(10.0 + number, FINE, None)
        said += [event.concurrency] if event is not None else []
    assert said == [2, 4, 8]


def test_going_up_and_down_at_the_edge_of_a_limit_is_said_once() -> None:
    one, events = account(), list[ProviderLimited | None]()
    for number in range(40):
        now = number / 2
        events.append(one.ended(now, limited(0.0)))
        events += [one.answered(now + 0.3, FINE, None) for _ in range(2)]
    assert [event.concurrency for event in events if event is not None] == [4, 2, 1]


def test_what_answers_say_is_left_slows_the_account_before_any_refusal_and_is_said() -> None:
    one = account(8, 600)
    event = one.answered(0.0, FINE, Allowance(5, 10.0))
    assert event == ProviderLimited("one", 8, 8, "few more are allowed", 29.4)
    assert one.answered(0.0, FINE, Allowance(4, 9.0)) is None, "small changes aren't news"
    again = one.answered(9.0, FINE, Allowance(500, 9.0))
    assert again is not None
    assert (again.per_minute, again.reason) == (588.0, "more are allowed again")


def test_an_answer_that_is_no_success_brings_nothing_back() -> None:
    one = account()
    one.ended(0.0, limited(1.0))
    for _ in range(100):
        one.answered(10.0, Answer(422, b""), None)
    assert one.pace.concurrency == 4


def test_its_use_tells_how_it_fared() -> None:
    one = account(8, 60)
    trying = one.start(0.0)
    one.ended(0.0, limited(1.0))
    one.finish(trying=trying)
    one.retries.may_retry()
    one.waited = 1.5
    assert one.use() == AccountUse(4, 8, 29.4, calls=1, refusals=1, retries=1, waited=1.5)


def test_calls_that_were_overloaded_together_count_as_one_of_several_rounds() -> None:
    one, now = account(), 0.0
    for _ in range(ROUNDS - 1):
        for _ in range(8):
            one.ended(now, OVERLOADED)
        now += 100
    assert one.breaker.blocks(now) is None
    one.ended(now, OVERLOADED)
    assert one.breaker.blocks(now) is not None
