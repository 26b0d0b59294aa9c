"""The figures of a run as it goes: counts, money and times. Every view asks this one for its numbers."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TypeVar

from assetgen.core.actions import Kind
from assetgen.core.events import (
    ActionCached,
    ActionDone,
    ActionFailed,
    BudgetStopped,
    RunFinished,
    RunStarted,
    Timed,
)
from assetgen.core.money import Usd
from assetgen.core.results import Counts, Status

T = TypeVar("T", tuple[float, str], tuple[Usd, str])

ENOUGH = 5
"""So many results that came from no cache before anything is foretold."""


@dataclass(slots=True)
class Made:
    """How the assets of one kind stand; `total` and `planned` (to come from the cache) are the plan's."""

    total: int = 0
    planned: int = 0
    generated: int = 0
    cached: int = 0
    failed: int = 0
    skipped: int = 0
    held: int = 0
    spent: Usd = Usd()
    saved: Usd = Usd()

    @property
    def finished(self) -> int:
        return self.generated + self.cached + self.failed + self.skipped + self.held

    @property
    def to_make(self) -> int:
        """Assets still to come that the cache doesn't have."""
        return max(self.total - self.finished - max(self.planned - self.cached, 0), 0)

    def counts(self) -> Counts:
        return Counts(self.total, self.generated, self.cached, self.failed, self.skipped, self.held)


class Tally:
    """A listener that counts. It keeps the `keep` slowest and dearest assets, not all of them."""

    def __init__(self, keep: int = 100) -> None:
        self.kinds: dict[Kind, Made] = {}
        self.unknown = Usd()
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.stopped: BudgetStopped | None = None
        self._keep = keep
        self._slowest: list[tuple[float, str]] = []
        self._dearest: list[tuple[Usd, str]] = []

    def __call__(self, timed: Timed) -> None:
        match timed.event:
            case RunStarted() as event:
                self._start(event)
            case ActionCached() as event:
                made = self.kind(event.kind)
                made.cached += 1
                made.saved += event.saved
            case ActionDone() as event:
                self._done(event)
            case ActionFailed() as event:
                self._failed(event)
            case BudgetStopped() as event:
                self.stopped = event
            case RunFinished() as event:
                self.finished = event

    def kind(self, kind: Kind) -> Made:
        """The figures of one kind, whether or not the plan has it."""
        return self.kinds.setdefault(kind, Made())

    @property
    def spent(self) -> Usd:
        return self.finished.spent if self.finished else Usd.sum(made.spent for made in self.kinds.values())

    @property
    def saved(self) -> Usd:
        return self.finished.saved if self.finished else Usd.sum(made.saved for made in self.kinds.values())

    def counts(self) -> Counts:
        """The whole run so far."""
        parts = [made.counts() for made in self.kinds.values()]
        return Counts(
            *(sum(getattr(part, name) for part in parts) for name in Counts.__dataclass_fields__),
        )

    def heading_for(self) -> Usd | None:
        """What the run will have spent at this rate, kind by kind; None while nobody can know."""
        if sum(of.generated for of in self.kinds.values()) < ENOUGH:
            return None
        more = 0
        for of in self.kinds.values():
            if of.to_make and not of.generated and of is not self.kinds.get(Kind.CUTSCENE):
                return None
            more += of.spent.micros * of.to_make // of.generated if of.generated else 0
        most = self.started.estimate.max if self.started else Usd()
        return max(min(self.spent + Usd(more), most), self.spent)

    def slowest(self, number: int) -> list[tuple[str, float]]:
        """Ids and seconds of assets that were worked on, the slowest first, also of those that failed."""
        return [(asset, seconds) for seconds, asset in heapq.nlargest(number, self._slowest)]

    def dearest(self, number: int) -> list[tuple[str, Usd]]:
        """Ids and costs of assets that cost something in this run, the dearest first, also of those that failed."""
        return [(asset, cost) for cost, asset in heapq.nlargest(number, self._dearest)]

    def _start(self, event: RunStarted) -> None:
        self.started = event
        for kind, (total, planned) in event.kinds.items():
            made = self.kind(kind)
            made.total, made.planned = total, planned

    def _done(self, event: ActionDone) -> None:
        made = self.kind(event.kind)
        made.generated += 1
        made.spent += event.cost
        self._rank(event)

    def _failed(self, event: ActionFailed) -> None:
        made = self.kind(event.kind)
        match event.status:
            case Status.FAILED:
                made.failed += 1
            case Status.SKIPPED:
                made.skipped += 1
            case Status.HELD:
                made.held += 1
        made.spent += event.cost
        self.unknown += event.unknown
        self._rank(event)

    def _rank(self, event: ActionDone | ActionFailed) -> None:
        if event.seconds:
            self._remember(self._slowest, (event.seconds, event.id))
        if event.cost:
            self._remember(self._dearest, (event.cost, event.id))

    def _remember(self, heap: list[T], item: T) -> None:
        if len(heap) < self._keep:
            heapq.heappush(heap, item)
        else:
            heapq.heappushpop(heap, item)
