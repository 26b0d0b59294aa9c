from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.ports import Allowance
from assetgen.execution.pacing import CONNECTING, EVEN, SMALLEST, UNPROVEN, Pace


def starts(pace: Pace, count: int, *, late: float = 0.0, began: float = 0.0) -> list[float]:
    """When so many calls start that all wait from the beginning, each one noticed `late` seconds late."""
    now, times = began, []
    for _ in range(count):
        wait = pace.wait(now)
        now += wait + (late if wait else 0.0)
        pace.started(now)
        times.append(now)
    return times


def most_within(times: list[float], seconds: float) -> int:
    """The most of these times, in order, that lie in one window, its end left out."""
    return max(sum(1 for other in times[first:] if other < time + seconds) for first, time in enumerate(times))


@pytest.mark.parametrize("per_minute", [3, 60, 600, 6_000])
def test_calls_that_wait_start_one_after_the_other_at_nearly_the_whole_rate(per_minute: int) -> None:
    times = starts(Pace(1000, per_minute), 200)
    assert most_within(times, 60) <= per_minute + 2
    assert 199 / (times[-1] - times[0]) * 60 >= 0.97 * per_minute


def test_a_late_start_does_not_make_later_ones_late() -> None:
    times = starts(Pace(1000, 30_000), 1000, late=0.001)
    assert 999 / times[-1] * 60 >= 0.97 * 30_000
    assert most_within(times, 1.0) <= 502


@given(
    st.integers(1, 60_000),
    st.lists(st.floats(0, 2), min_size=1, max_size=60),
    st.floats(1, 60),
    st.floats(0, 0.1),
)
def test_no_window_holds_more_than_its_limit_and_two_whenever_calls_come(
    per_minute: int, gaps: list[float], window: float, late: float
) -> None:
    pace, now, times = Pace(1000, per_minute), 0.0, list[float]()
    for gap in gaps:
        now += gap
        wait = pace.wait(now)
        now += wait + (late if wait else 0.0)
        pace.started(now)
        times.append(now)
    assert most_within(times, window) <= math.ceil(per_minute * window / 60) + 2


def test_the_first_call_has_time_to_find_the_way() -> None:
    first, second, third = starts(Pace(8, 60), 3)
    assert second - first == pytest.approx(1 / EVEN + CONNECTING)
    assert third - second == pytest.approx(1 / EVEN)


def test_without_a_known_rate_nobody_waits() -> None:
    assert starts(Pace(8), 50) == [0.0] * 50


def test_a_refusal_stops_the_account_for_as_long_as_the_service_says_and_halves_its_limits() -> None:
    pace = Pace(8, 60)
    assert pace.refused(10.0, 5.0)
    assert (pace.wait(10.0), pace.concurrency) == (5.0, 4)
    assert pace.interval == pytest.approx(2 / EVEN)


def test_refusals_of_calls_that_had_left_already_count_as_one() -> None:
    pace = Pace(8)
    assert [pace.refused(10.0 + late / 100, 0.0) for late in range(8)] == [True] + [False] * 7
    assert pace.concurrency == 4


def test_without_a_word_of_how_long_the_pause_grows_with_each_refusal() -> None:
    pace, pauses = Pace(8), list[float]()
    for _ in range(6):
        now = pace.paused_until if pauses else 0.0
        pace.refused(now, None)
        pauses.append(pace.paused_until - now)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert (pace.share, pace.concurrency) == (SMALLEST, 1)


def test_successes_bring_back_the_whole_limits_a_little_each() -> None:
    pace = Pace(8, 60)
    pace.refused(0.0, 1.0)
    pace.succeeded(0.5)
    assert pace.concurrency == 4, "it had left before the refusal"
    steps = []
    while pace.share < 1:
        pace.succeeded(2.0)
        steps.append(pace.concurrency)
    assert steps == sorted(steps)
    assert 16 <= len(steps) <= 32
    assert pace.concurrency == 8
    assert pace.interval == pytest.approx(1 / EVEN)


def test_until_a_call_has_succeeded_few_are_made_at_once() -> None:
    pace = Pace(64)
    assert pace.concurrency == UNPROVEN
    pace.succeeded(0.0)
    assert pace.concurrency == 64


def test_what_is_left_is_spread_over_the_time_until_there_is_more() -> None:
    pace = Pace(8, 600)
    pace.allowed(0.0, Allowance(10, 20.0))
    times = starts(pace, 12)
    assert times[-1] - times[1] == pytest.approx(20 / EVEN)
    pace.allowed(30.0, Allowance(500, 1.0))
    assert pace.interval == pytest.approx(0.1 / EVEN), "what is set is never passed"


def test_where_nothing_is_left_nothing_is_sent() -> None:
    pace = Pace(8, 600)
    pace.allowed(5.0, Allowance(0, 20.0))
    assert pace.wait(6.0) == 19.0


def test_a_refusal_counts_although_the_service_had_said_that_nothing_is_left() -> None:
    pace = Pace(8, 600)
    pace.allowed(5.0, Allowance(0, 20.0))
    assert pace.refused(6.0, 1.0)
    assert (pace.wait(6.0), pace.concurrency) == (19.0, 4)


def test_a_limit_that_is_not_named_again_is_forgotten_little_by_little() -> None:
    pace = Pace(8, 600)
    pace.allowed(0.0, Allowance(6, 60.0))
    intervals = []
    for _ in range(400):
        intervals.append(pace.interval)
        pace.succeeded(1.0)
    assert intervals == sorted(intervals, reverse=True)
    assert intervals[30] > 5
    assert intervals[-1] == pytest.approx(0.1 / EVEN)


@pytest.mark.parametrize("calls", [0, 100])
def test_the_limit_of_a_day_is_not_spread_over_the_day(calls: int) -> None:
    pace = Pace(8, 600)
    pace.allowed(0.0, Allowance(calls, 86_400.0))
    assert pace.wait(0.0) == 0.0
    assert pace.interval == pytest.approx(0.1 / EVEN)


events = st.tuples(st.sampled_from(["refused", "succeeded", "allowed", "started"]), st.floats(0, 200))


@given(st.lists(events, max_size=60), st.integers(1, 64), st.none() | st.integers(1, 6_000))
def test_whatever_happens_an_account_is_asked_again_and_never_more_than_is_set(
    happened: list[tuple[str, float]], slots: int, per_minute: int | None
) -> None:
    pace, now = Pace(slots, per_minute), 0.0
    for what, number in happened:
        now += number / 10
        match what:
            case "refused":
                pace.refused(now, number if number <= 120 else None)
            case "succeeded":
                pace.succeeded(now)
            case "allowed":
                pace.allowed(now, Allowance(int(number), 0.1 + number))
            case _:
                pace.started(now)
        assert 1 <= pace.concurrency <= slots
        assert pace.interval >= (60 / per_minute if per_minute else 0.0)
        assert pace.wait(now) < math.inf
