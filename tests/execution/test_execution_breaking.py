from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.execution.breaking import COOL_DOWN, FAILURES, FLOOR, SHARE, Breaker, RetryBudget

DOWN = Outcome(OutcomeClass.NOT_SENT, "service_down", "it failed")


def opened(at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.failed(at, DOWN)
    return breaker


def test_failures_in_a_row_open_it_and_it_says_so_once() -> None:
    breaker = Breaker()
    said = [breaker.failed(0.0, DOWN) for _ in range(FAILURES + 5)]
    assert said == [False] * (FAILURES - 1) + [True] + [False] * 5
    assert breaker.blocks(0.0) == DOWN


def test_a_single_answer_between_failures_keeps_it_closed() -> None:
    breaker = Breaker()
    for number in range(10 * FAILURES):
        breaker.failed(0.0, DOWN)
        if number % (FAILURES - 1) == 0:
            breaker.answered(0.0)
    assert breaker.blocks(0.0) is None


def test_after_a_while_one_call_tries_and_its_success_closes_it() -> None:
    breaker = opened()
    assert breaker.blocks(COOL_DOWN - 1) == DOWN
    assert breaker.blocks(COOL_DOWN) is None
    assert breaker.start()
    assert breaker.blocks(COOL_DOWN) == DOWN, "one call alone tries"
    assert breaker.answered(COOL_DOWN + 1)
    breaker.finish()
    assert breaker.blocks(COOL_DOWN + 1) is None
    assert not breaker.start()


def test_a_failed_try_opens_it_for_another_while() -> None:
    breaker = opened()
    breaker.start()
    assert not breaker.failed(COOL_DOWN + 5, DOWN), "it was known to be down"
    breaker.finish()
    assert breaker.blocks(2 * COOL_DOWN + 4) == DOWN
    assert breaker.blocks(2 * COOL_DOWN + 5) is None


def test_a_try_that_was_given_up_leaves_it_to_the_next_call() -> None:
    breaker = opened()
    breaker.start()
    breaker.finish()
    assert breaker.blocks(COOL_DOWN) is None
    assert breaker.start()


def test_calls_that_had_left_before_it_opened_neither_close_it_nor_keep_it_open() -> None:
    breaker = opened()
    assert not breaker.answered(1.0)
    breaker.failed(COOL_DOWN - 1, DOWN)
    assert breaker.blocks(COOL_DOWN - 1) == DOWN
    assert breaker.blocks(COOL_DOWN) is None


def test_what_speaks_of_the_account_opens_it_for_good() -> None:
    breaker, refused = Breaker(), Outcome(OutcomeClass.REFUSED, "auth", "no")
    breaker.stop(math.inf, refused)
    breaker.answered(1e9)
    breaker.failed(1e9, DOWN)
    assert breaker.blocks(1e9) == refused


steps = st.tuples(st.sampled_from(["call", "fail", "answer", "finish"]), st.floats(0, COOL_DOWN))


@given(st.lists(steps, max_size=100))
def test_in_any_order_a_service_that_is_down_is_tried_by_one_call_at_a_time(happened: list[tuple[str, float]]) -> None:
    breaker, now, trying = Breaker(), 0.0, False
    for what, passed in happened:
        now += passed
        match what:
            case "call" if breaker.blocks(now) is None:
                down = breaker.why is not None
                assert not (down and trying)
                trying = breaker.start() or trying
                assert trying or not down
            case "fail":
                breaker.failed(now, DOWN)
            case "answer":
                breaker.answered(now)
            case "finish" if trying:
                breaker.finish()
                trying = False
        assert breaker.until - now <= COOL_DOWN
    breaker.finish()
    assert breaker.blocks(now + COOL_DOWN) is None, "it never stays open for good"


@given(st.lists(st.booleans(), max_size=400))
def test_retries_stay_a_small_part_of_the_calls(asks: list[bool]) -> None:
    budget, had = RetryBudget(), 0
    for retry in asks:
        if retry:
            had += budget.may_retry()
        else:
            budget.called()
        assert had == budget.retries <= FLOOR + SHARE * budget.calls


def test_a_small_run_may_retry_at_once() -> None:
    budget = RetryBudget()
    assert [budget.may_retry() for _ in range(FLOOR + 1)] == [True] * FLOOR + [False]
