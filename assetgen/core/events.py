"""What happens during a run, as frozen facts. Every report is a listener of this one stream.

An event's `name` is the word of the run log; its fields are the log's fields.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from assetgen.core.actions import Kind, Place
from assetgen.core.costs import CostEstimate
from assetgen.core.money import Usd
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.results import Counts, Status


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The plan is checked and surveyed, and work begins. Counts are of assets; `kinds` by kind: (total, cached)."""

    name: ClassVar[str] = "run.started"
    files: tuple[str, ...]
    total: int
    cached: int
    new: int
    changed: int
    kinds: dict[Kind, tuple[int, int]]
    estimate: CostEstimate
    budget: Usd | None
    concurrency: int
    draft: bool


@dataclass(frozen=True, slots=True)
class ActionCached:
    """Nothing had to be bought: the file stands, or was made again from the cache (`restored`)."""

    name: ClassVar[str] = "action.cached"
    id: str
    kind: Kind
    saved: Usd = Usd()
    restored: bool = False


@dataclass(frozen=True, slots=True)
class ActionStarted:
    """Work on one asset begins; for what is made here, `provider` is `local`."""

    name: ClassVar[str] = "action.started"
    id: str
    kind: Kind
    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class ActionWaiting:
    """One asset waits, and why: a slot, a lock, a rate limit."""

    name: ClassVar[str] = "action.waiting"
    id: str
    provider: str
    reason: str


class Wait(StrEnum):
    """What an asset had to wait for."""

    LIMIT = "limit"
    """A slot: so many calls may be under way at once, for the whole run and for each account."""
    RETRY = "retry"
    """The time between a failed attempt and the next one."""
    PROCESS = "process"
    """Another process that was making the same."""
    MONEY = "money"
    """Money that was set aside for others and may come free."""


@dataclass(frozen=True, slots=True)
class ActionWaited:
    """One asset goes on after it waited for something other than a retry; `seconds` is how long."""

    name: ClassVar[str] = "action.waited"
    id: str
    provider: str
    model: str
    reason: Wait
    seconds: float


@dataclass(frozen=True, slots=True)
class CallEnded:
    """One attempt at a service has its end.

    Attributes:
        outcome: Its class; `code` says more, and is empty where it is good.
        seconds: How long the service took, with what had to be asked or fetched after the request.
        cost: What is booked for it, also where that may not have been taken.
        again: It was not the first one for what it should have brought.
    """

    name: ClassVar[str] = "call.ended"
    id: str
    kind: Kind
    provider: str
    model: str
    outcome: OutcomeClass
    code: str
    seconds: float
    cost: Usd = Usd()
    again: bool = False


@dataclass(frozen=True, slots=True)
class ActionRetry:
    """An attempt failed and another follows after `wait` seconds."""

    name: ClassVar[str] = "action.retry"
    id: str
    provider: str
    model: str
    code: str
    message: str
    attempt: int
    of: int
    wait: float


@dataclass(frozen=True, slots=True)
class ActionFailedOver:
    """One seller could not, and the next one is asked; `asked` if it was asked for this asset itself."""

    name: ClassVar[str] = "action.failed_over"
    id: str
    code: str
    message: str
    provider: str
    model: str
    to_provider: str
    to_model: str
    asked: bool = True


@dataclass(frozen=True, slots=True)
class ActionDone:
    """An asset was made and stands in the output folder."""

    name: ClassVar[str] = "action.done"
    id: str
    kind: Kind
    provider: str
    model: str
    seconds: float
    cost: Usd
    path: str
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """An asset is not there; held and skipped ones have their own words in the log.

    Attributes:
        paid, unknown: Over the asset's life.
        cost: Of this run alone, with what may have been charged.
    """

    id: str
    kind: Kind
    status: Status
    code: str
    message: str
    place: Place
    provider: str = ""
    model: str = ""
    attempts: int = 0
    seconds: float = 0.0
    paid: Usd = Usd()
    unknown: Usd = Usd()
    help: str = ""
    cost: Usd = Usd()

    @property
    def name(self) -> str:
        return f"action.{self.status.value}"


@dataclass(frozen=True, slots=True)
class ProviderLimited:
    """A service asked for less, or allows more again.

    Attributes:
        concurrency, was: Calls at once, now and before; 0 while it is not asked at all.
        per_minute: Requests a minute, now; None where no rate is known.
        wait: Seconds for which nothing is sent to it.
    """

    name: ClassVar[str] = "provider.limited"
    provider: str
    concurrency: int
    was: int
    reason: str
    per_minute: float | None = None
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class ProviderStopped:
    """A service is not asked again in this run."""

    name: ClassVar[str] = "provider.stopped"
    provider: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BudgetStopped:
    """The next purchase would pass the wall; buying ends."""

    name: ClassVar[str] = "budget.stopped"
    spent: Usd
    budget: Usd


@dataclass(frozen=True, slots=True)
class RunStopping:
    """Somebody asked the run to end: nothing new starts, `in_flight` requests finish."""

    name: ClassVar[str] = "run.stopping"
    in_flight: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """Everything that could be made is made, and the manifest is written."""

    name: ClassVar[str] = "run.finished"
    exit_code: int
    counts: Counts
    spent: Usd
    saved: Usd
    unknown: Usd
    seconds: float


Event = (
    RunStarted
    | ActionCached
    | ActionStarted
    | ActionWaiting
    | ActionWaited
    | CallEnded
    | ActionRetry
    | ActionFailedOver
    | ActionDone
    | ActionFailed
    | ProviderLimited
    | ProviderStopped
    | BudgetStopped
    | RunStopping
    | RunFinished
)


@dataclass(frozen=True, slots=True)
class Timed:
    """An event and its time, in seconds since the run began."""

    t: float
    event: Event


Listener = Callable[[Timed], None]
"""Anything that takes one timed event; it must not raise, and must not wait."""
