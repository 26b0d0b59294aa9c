from __future__ import annotations

import pytest

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.execution.deciding import Accept, Fail, Hold, NextSeller, Retry, decide

NOT_SENT = Outcome(OutcomeClass.NOT_SENT, "network", "no route")
LIMITED = Outcome(OutcomeClass.REFUSED, "rate_limited", "slow down", 429)
OVERLOADED = Outcome(OutcomeClass.REFUSED, "service_down", "overloaded", 503)
BROKEN = Outcome(OutcomeClass.FAILED, "service_error", "oops", 500)


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [
        (Outcome(OutcomeClass.GOOD), Accept()),
        (Outcome(OutcomeClass.UNKNOWN, "timeout", "?"), Hold()),
        (Outcome(OutcomeClass.UNKNOWN, "service_down", "?", 502), Hold()),
        (Outcome(OutcomeClass.UNUSABLE, "unusable_image", "cut"), Fail()),
        (Outcome(OutcomeClass.FAILED, "content_refused", "nsfw", 200), Fail()),
        (Outcome(OutcomeClass.REFUSED, "content_refused", "nsfw", 422), Fail()),
        (Outcome(OutcomeClass.REFUSED, "invalid_request", "steps", 400), Fail()),
        (Outcome(OutcomeClass.REFUSED, "auth", "key", 401), NextSeller()),
        (Outcome(OutcomeClass.REFUSED, "quota", "credit", 429), NextSeller()),
        (Outcome(OutcomeClass.REFUSED, "model_unavailable", "gone", 404), NextSeller()),
        (NOT_SENT, Retry(0.5, 1, 3)),
        (LIMITED, Retry(0.5, 1, 3)),
        (BROKEN, Retry(0.5, 1, 2)),
    ],
)
def test_every_class_has_its_next_step(outcome: Outcome, decision: object) -> None:
    assert decide(outcome, [], jitter=0.5) == decision


def test_what_was_surely_not_done_is_tried_three_times_more() -> None:
    before = [LIMITED, NOT_SENT]
    assert isinstance(decide(OVERLOADED, before, 1.0), Retry)
    assert decide(OVERLOADED, [*before, LIMITED], 1.0) == NextSeller()


def test_a_broken_service_is_tried_twice_more_whatever_else_happened() -> None:
    assert isinstance(decide(BROKEN, [LIMITED, LIMITED, LIMITED, BROKEN], 1.0), Retry)
    assert decide(BROKEN, [BROKEN, BROKEN], 1.0) == NextSeller()


def test_waits_double_up_to_a_cap_and_are_drawn_from_the_whole_range() -> None:
    waits = [decide(LIMITED, [LIMITED] * times, 1.0) for times in range(3)]
    assert [retry.wait for retry in waits if isinstance(retry, Retry)] == [1.0, 2.0, 4.0]
    assert decide(LIMITED, [], 0.0) == Retry(0.0, 1, 3)


@pytest.mark.parametrize(
    ("asked", "decision"), [(7.5, Retry(7.5, 1, 3)), (120.0, Retry(120.0, 1, 3)), (121.0, NextSeller())]
)
def test_a_service_is_obeyed_up_to_two_minutes(asked: float, decision: object) -> None:
    outcome = Outcome(OutcomeClass.REFUSED, "rate_limited", "later", 429, retry_after=asked)
    assert decide(outcome, [], 0.1) == decision


CODES = ["", "auth", "quota", "rate_limited", "service_down", "service_error", "network", "model_unavailable"]
CODES += ["content_refused", "invalid_request", "timeout", "unusable_image", "expired", "download_failed"]
OF_THE_ACCOUNT = {"auth", "quota"}
OF_THE_SELLER = {"rate_limited", "service_down", "service_error", "network", "model_unavailable"} | OF_THE_ACCOUNT


def expected(kind: OutcomeClass, code: str, status: int | None) -> type:
    """The whole table: what follows from the first outcome of a purchase."""
    match kind:
        case OutcomeClass.GOOD:
            return Accept
        case OutcomeClass.UNKNOWN:
            return Hold
        case OutcomeClass.UNUSABLE:
            return Fail
        case OutcomeClass.FAILED:
            return Retry if status == 500 else Fail
        case OutcomeClass.NOT_SENT:
            return Retry
        case OutcomeClass.REFUSED:
            if status in {408, 425, 429, 503} and code not in OF_THE_ACCOUNT:
                return Retry
            return NextSeller if code in OF_THE_SELLER else Fail


@pytest.mark.parametrize("kind", OutcomeClass)
def test_the_whole_table_of_classes_statuses_and_codes(kind: OutcomeClass) -> None:
    for status in (None, *range(100, 600)):
        for code in CODES:
            found = decide(Outcome(kind, code, "", status), [], 0.5)
            assert type(found) is expected(kind, code, status), (kind, code, status)


@pytest.mark.parametrize("kind", OutcomeClass)
def test_after_every_retry_is_used_up_nothing_is_sent_again_whatever_the_status(kind: OutcomeClass) -> None:
    before = [LIMITED, LIMITED, LIMITED, BROKEN, BROKEN]
    for status in (None, *range(100, 600)):
        for code in CODES:
            assert not isinstance(decide(Outcome(kind, code, "", status), before, 0.5), Retry)


@pytest.mark.parametrize("kind", [OutcomeClass.UNKNOWN, OutcomeClass.UNUSABLE, OutcomeClass.GOOD])
def test_nothing_that_may_have_been_done_is_ever_sent_again_or_to_somebody_else(kind: OutcomeClass) -> None:
    for status in (None, *range(100, 600)):
        for code in CODES:
            later = Outcome(kind, code, "", status, retry_after=1.0)
            assert not isinstance(decide(later, [], 0.5), Retry | NextSeller)
