from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable

import pytest

from assetgen.core.actions import Kind
from assetgen.core.events import (
    ActionFailedOver,
    ActionRetry,
    ActionWaited,
    CallEnded,
    Event,
    ProviderLimited,
    ProviderStopped,
    Wait,
)
from assetgen.core.outcomes import OutcomeClass
from assetgen.reporting.metrics import Metrics
from tests.reporting.builders import begun, cached, called, done, failed, finished, money, started, timed

TOGETHER = ("together", "flux-schnell")
RETRY = ActionWaited("b", *TOGETHER, Wait.RETRY, 9.0)
OVER = ActionFailedOver("b", "service_down", "503", *TOGETHER, "replicate", "sdxl")


def metrics(*events: Event) -> Metrics:
    result = Metrics()
    for one in timed(*events):
        result(one)
    return result


def eventful() -> Metrics:
    """Four calls of one service, two of another; one of each is good."""
    return metrics(
        started(),
        called("a", seconds=1.0),
        called("b", OutcomeClass.REFUSED, "rate_limited", seconds=0.5),
        ActionRetry("b", *TOGETHER, "rate_limited", "429", 1, 3, 9.0),
        RETRY,
        called("b", OutcomeClass.REFUSED, "rate_limited", seconds=0.5, again=True),
        called("b", OutcomeClass.NOT_SENT, "network", seconds=2.0),
        OVER,
        called("b", provider="replicate", model="sdxl", seconds=8.0, cost="0.009"),
        called(
            "c",
            OutcomeClass.UNKNOWN,
            "outcome_unknown",
            provider="replicate",
            model="sdxl",
            seconds=120.0,
            cost="0.009",
        ),
    )


def test_calls_are_counted_as_they_ended() -> None:
    figures = eventful().figures()
    sums = {name: figures[name] for name in ("calls", "errors", "retries", "failovers")}
    assert sums == {"calls": 6, "errors": 4, "retries": 1, "failovers": 1}
    assert figures["errors_by_code"] == {"network": 1, "outcome_unknown": 1, "rate_limited": 2}
    assert figures["outcomes"] == {"good": 2, "not_sent": 1, "refused": 2, "unknown": 1}
    assert figures["cost_usd"] == "0.0207"


def test_every_model_of_every_provider_has_the_same_figures() -> None:
    providers = eventful().figures()["providers"]
    assert isinstance(providers, dict)
    assert list(providers) == ["replicate/sdxl", "together/flux-schnell"]
    assert providers["replicate/sdxl"] == {
        "calls": 2,
        "errors": 1,
        "errors_by_code": {"outcome_unknown": 1},
        "outcomes": {"good": 1, "unknown": 1},
        "retries": 0,
        "failovers": 0,
        "waited_seconds": {"limit": 0.0, "retry": 0.0, "process": 0.0, "money": 0.0},
        "seconds": {"p50": pytest.approx(8.0, rel=0.0225), "p95": 120.0},
        "cost_usd": "0.018",
    }


def test_waits_are_summed_by_reason_also_of_who_asked_nobody() -> None:
    waits = [ActionWaited("a", *TOGETHER, reason, 2.0) for reason in (Wait.LIMIT, Wait.MONEY, Wait.LIMIT)]
    figures = metrics(*waits, ActionWaited("a", "", "", Wait.PROCESS, 1.5), RETRY).figures()
    assert figures["waited_seconds"] == {"limit": 4.0, "retry": 9.0, "process": 1.5, "money": 2.0}
    providers = figures["providers"]
    assert isinstance(providers, dict)
    assert list(providers) == ["together/flux-schnell"]


def test_the_cache_hit_rate_is_of_the_assets_that_are_there() -> None:
    assert metrics(started(), cached("a"), done("b"), done("c"), failed("d")).cache_hit_rate == pytest.approx(0.3333)
    assert metrics().cache_hit_rate == 0.0


def test_a_service_that_asked_for_less_is_counted_and_one_that_allows_more_is_not() -> None:
    less = ProviderLimited("together", 4, 8, "429")
    slower = ProviderLimited("together", 4, 4, "429", wait=2.0)
    more = ProviderLimited("together", 8, 4, "all is well")
    figures = metrics(less, slower, more, ProviderStopped("openai", "auth", "401")).figures()
    assert (figures["limited"], figures["stopped"]) == ({"together": 2}, {"openai": "auth"})


def test_who_was_not_asked_did_not_fail() -> None:
    unasked = ActionFailedOver("b", "auth", "401", *TOGETHER, "replicate", "sdxl", asked=False)
    assert metrics(unasked).figures()["failovers"] == 0


def test_the_figures_are_json_before_during_and_after() -> None:
    for one in (metrics(), metrics(started(), begun("a")), metrics(started(), finished()), eventful()):
        assert json.loads(json.dumps(one.figures())) == one.figures()


def test_ten_times_as_many_actions_take_no_more_memory() -> None:
    def listened(events: Iterable[Event]) -> int:
        tracemalloc.start()
        counting = Metrics(keep=20)
        for one in events:
            for each in timed(one):
                counting(each)
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert counting.everything().ends.total() == counting.assets.counts().generated > 0
        return size

    def many(number: int) -> Iterable[Event]:
        for index in range(number):
            seconds = 0.5 + index % 97
            yield ActionWaited(f"a{index}", *TOGETHER, Wait.LIMIT, seconds)
            yield called(f"a{index}", seconds=seconds)
            yield done(f"a{index}", seconds=seconds)

    assert listened(many(5_000)) < listened(many(500)) + 8_000


def test_costs_are_kept_by_model_and_type() -> None:
    speech = CallEnded("v", Kind.SUBTITLE, "openai", "openai-tts", OutcomeClass.GOOD, "", 1.0, money("0.03"))
    calls = metrics(called("a"), called("b"), speech).asked()
    assert calls["openai", "openai-tts"].costs == {Kind.SUBTITLE: money("0.03")}
    assert calls[TOGETHER].costs == {Kind.IMAGE: money("0.0054")}
