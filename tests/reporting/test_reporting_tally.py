from __future__ import annotations

from assetgen.core.actions import Kind
from assetgen.core.events import Event
from assetgen.core.results import Counts, Status
from assetgen.reporting.tally import Tally
from tests.reporting.builders import cached, done, failed, finished, money, started, timed


def tally(*events: Event, keep: int = 100) -> Tally:
    result = Tally(keep)
    for one in timed(*events):
        result(one)
    return result


def test_counts_and_money_follow_the_events() -> None:
    figures = tally(
        started(),
        cached("a"),
        done("b"),
        failed("c", paid=money("0.05"), cost=money("0.01")),
        failed("d", status=Status.HELD, unknown=money("0.04")),
        failed("e", status=Status.SKIPPED),
    )
    assert figures.counts() == Counts(total=6, generated=1, cached=1, failed=1, skipped=1, held=1)
    assert (figures.spent, figures.saved, figures.unknown) == (money("0.0127"), money("0.0027"), money("0.04"))
    assert tally(started(), finished()).spent == money("0.0081")


def test_what_the_cache_will_give_is_not_to_be_made() -> None:
    figures = tally(started(total=20, cached=10), *(done(f"a{n}") for n in range(5)), cached("c"))
    assert figures.kind(Kind.IMAGE).to_make == 5


def test_the_sum_that_a_run_is_heading_for_follows_the_prices_so_far_up_to_the_estimate() -> None:
    events = [done(f"a{n}", cost="0.001") for n in range(5)]
    assert tally(started(total=10, cached=0), *events[:4]).heading_for() is None
    assert tally(started(total=10, cached=0), *events).heading_for() == money("0.01")
    assert tally(started(total=1000, cached=0), *events).heading_for() == money("0.02")


def test_the_slowest_and_the_dearest_are_kept_and_no_more_than_asked() -> None:
    events = [done(f"a{n}", seconds=float(n), cost=f"0.0{9 - n}") for n in range(9)]
    figures = tally(*events, keep=3)
    assert figures.slowest(2) == [("a8", 8.0), ("a7", 7.0)]
    assert figures.dearest(9) == [("a0", money("0.09")), ("a1", money("0.08")), ("a2", money("0.07"))]


def test_an_asset_that_failed_has_its_place_among_the_slowest_and_the_dearest() -> None:
    lost = failed("lost", seconds=90.0, cost=money("0.04"))
    figures = tally(done("a"), lost, failed("skipped", status=Status.SKIPPED, seconds=0.0))
    assert figures.slowest(9) == [("lost", 90.0), ("a", 4.4)]
    assert figures.dearest(9) == [("lost", money("0.04")), ("a", money("0.0027"))]


def test_what_was_free_is_not_among_the_dearest() -> None:
    assert tally(done("a", cost="0")).dearest(9) == []


def test_of_equals_the_list_is_the_same_in_whatever_order_they_came() -> None:
    names = [f"a{number}" for number in range(6)]
    lists = [tally(*(done(name) for name in order), keep=3).slowest(3) for order in (names, names[::-1])]
    assert lists[0] == lists[1] == [("a5", 4.4), ("a4", 4.4), ("a3", 4.4)]
