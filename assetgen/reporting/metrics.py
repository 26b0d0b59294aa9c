"""The figures of a run's calls: how many, how they ended, how long they took, what they cost, what was waited for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from assetgen.core.actions import JSON, Kind
from assetgen.core.events import (
    ActionFailedOver,
    ActionWaited,
    CallEnded,
    ProviderLimited,
    ProviderStopped,
    Timed,
    Wait,
)
from assetgen.core.money import Usd
from assetgen.core.outcomes import OutcomeClass
from assetgen.reporting.histogram import Histogram
from assetgen.reporting.kinds import seller
from assetgen.reporting.tally import Tally


@dataclass(slots=True)
class Calls:
    """What one model of one provider was asked for, and how that went.

    Attributes:
        ends: Calls by the class of their outcome.
        errors: Calls that were not good, by code.
        waited: Seconds by reason, summed over the assets that waited.
        seconds: How long the calls took.
    """

    ends: Counter[OutcomeClass] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    retries: int = 0
    failovers: int = 0
    waited: dict[Wait, float] = field(default_factory=lambda: defaultdict(float))
    costs: dict[Kind, Usd] = field(default_factory=lambda: defaultdict(Usd))
    seconds: Histogram = field(default_factory=Histogram)

    @classmethod
    def sum(cls, parts: Iterable[Calls]) -> Calls:
        """The calls of several models as those of one."""
        whole, times = cls(), list[Histogram]()
        for part in parts:
            whole.ends += part.ends
            whole.errors += part.errors
            whole.retries += part.retries
            whole.failovers += part.failovers
            times.append(part.seconds)
            for reason, seconds in part.waited.items():
                whole.waited[reason] += seconds
            for kind, cost in part.costs.items():
                whole.costs[kind] += cost
        whole.seconds = Histogram.sum(times)
        return whole

    def figures(self) -> dict[str, JSON]:
        return {
            "calls": self.ends.total(),
            "errors": self.errors.total(),
            "errors_by_code": _counts(self.errors.items()),
            "outcomes": _counts(self.ends.items()),
            "retries": self.retries,
            "failovers": self.failovers,
            "waited_seconds": {reason.value: round(self.waited.get(reason, 0.0), 3) for reason in Wait},
            "seconds": {"p50": self.seconds.quantile(50), "p95": self.seconds.quantile(95)},
            "cost_usd": str(Usd.sum(self.costs.values())),
        }


class Metrics:
    """A listener that counts. It keeps sums and histograms per model, so it stays small however long the run is.

    Attributes:
        assets: The same run in assets: their counts, what the cache saved, the `keep` slowest and dearest.
        limited: How often each service asked for less.
        stopped: The code for which each service was not asked any more.
    """

    def __init__(self, keep: int = 0) -> None:
        self.assets = Tally(keep)
        self.sellers: dict[tuple[str, str], Calls] = defaultdict(Calls)
        self.limited: Counter[str] = Counter()
        self.stopped: dict[str, str] = {}

    def __call__(self, timed: Timed) -> None:
        self.assets(timed)
        match timed.event:
            case CallEnded() as event:
                self._ended(event)
            case ActionWaited() as event:
                self.sellers[event.provider, event.model].waited[event.reason] += event.seconds
            case ActionFailedOver(asked=True) as event:
                self.sellers[event.provider, event.model].failovers += 1
            case ProviderLimited() as event:
                self.limited[event.provider] += event.concurrency < event.was or event.wait > 0
            case ProviderStopped() as event:
                self.stopped[event.provider] = event.code

    def everything(self) -> Calls:
        """The calls of all models together."""
        return Calls.sum(self.sellers.values())

    def asked(self) -> dict[tuple[str, str], Calls]:
        """The calls by provider and model; who waited before anybody was asked is left out."""
        return {name: calls for name, calls in sorted(self.sellers.items()) if name[0]}

    @property
    def cache_hit_rate(self) -> float:
        """Which part of the assets that are there came from the cache: from 0 to 1."""
        counts = self.assets.counts()
        there = counts.generated + counts.cached
        return round(counts.cached / there, 4) if there else 0.0

    def figures(self) -> dict[str, JSON]:
        """The `metrics` of `--json`: the figures of all calls, and the same of every provider's model."""
        return {
            **self.everything().figures(),
            "cache_hit_rate": self.cache_hit_rate,
            "limited": _counts(self.limited.items()),
            "stopped": dict(sorted(self.stopped.items())),
            "providers": {seller(*name): calls.figures() for name, calls in self.asked().items()},
        }

    def _ended(self, event: CallEnded) -> None:
        calls = self.sellers[event.provider, event.model]
        calls.ends[event.outcome] += 1
        calls.retries += event.again
        if event.outcome is not OutcomeClass.GOOD:
            calls.errors[event.code] += 1
        calls.costs[event.kind] += event.cost
        calls.seconds.add(event.seconds)


def _counts(counted: Iterable[tuple[str, int]]) -> dict[str, JSON]:
    return {str(name): number for name, number in sorted(counted)}
