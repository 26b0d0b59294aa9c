from __future__ import annotations

import pytest

from assetgen.core.actions import Kind
from assetgen.core.events import ActionDone, ActionFailedOver, ActionRetry, Event
from assetgen.core.money import Usd
from assetgen.core.results import Counts, Status
from assetgen.reporting.tally import Tally, percentile
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


def test_time_left_counts_only_what_must_be_made_and_waits_for_five_results() -> None:
    four = [done(f"a{n}") for n in range(4)]
    assert tally(started(total=20, cached=10), *four).left(4) is None
    five = tally(started(total=20, cached=10), *four, done("e"), *(cached(f"c{n}") for n in range(10)))
    assert five.to_make() == 5
    assert five.left(10) == 10


def test_the_sum_that_a_run_is_heading_for_follows_the_prices_so_far_up_to_the_estimate() -> None:
    events = [done(f"a{n}", cost="0.001") for n in range(5)]
    assert tally(started(total=10, cached=0), *events[:4]).heading_for() is None
    assert tally(started(total=10, cached=0), *events).heading_for() == money("0.01")
    assert tally(started(total=1000, cached=0), *events).heading_for() == money("0.02")


def test_metrics_are_sums_and_the_same_for_every_provider_and_model() -> None:
    figures = tally(
        started(),
        cached("a"),
        ActionRetry("b", "together", "flux-schnell", "rate_limited", "429", 2, 4, 9.0),
        ActionFailedOver("b", "service_down", "503", "together", "flux-schnell", "replicate", "sdxl"),
        ActionDone("b", Kind.IMAGE, "replicate", "sdxl", 3.0, money("0.009"), "b.png"),
        done("c", seconds=1.0),
        failed("d"),
        ActionDone("e", Kind.CUTSCENE, "local", "", 0.1, Usd(), "e.json"),
    )
    metrics = figures.metrics()
    assert {name: metrics[name] for name in ("calls", "errors", "retries", "failovers", "cache_hit_rate")} == {
        "calls": 5,
        "errors": 3,
        "retries": 1,
        "failovers": 1,
        "cache_hit_rate": 0.25,
    }
    assert metrics["waited_seconds"] == {"together": 9.0}
    assert metrics["seconds"] == {"p50": 1.0, "p95": 3.0}
    providers = metrics["providers"]
    assert isinstance(providers, dict)
    assert list(providers) == ["replicate/sdxl", "together/flux-schnell"]


def test_the_slowest_and_the_dearest_are_kept_and_no_more_than_asked() -> None:
    events = [done(f"a{n}", seconds=float(n), cost=f"0.0{9 - n}") for n in range(9)]
    figures = tally(*events, keep=3)
    assert figures.slowest(2) == [("a8", 8.0), ("a7", 7.0)]
    assert figures.dearest(9) == [("a0", money("0.09")), ("a1", money("0.08")), ("a2", money("0.07"))]


@pytest.mark.parametrize(("percent", "value"), [(50, 2.0), (95, 4.0), (1, 1.0)])
def test_a_percentile_is_one_of_the_values(percent: int, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], percent) == value
    assert percentile([], percent) is None
