"""What the live view shows, kept up to date by events: the figures, who works on what, and what ended last."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from assetgen.core.actions import Kind
from assetgen.core.events import (
    ActionCached,
    ActionDone,
    ActionFailed,
    ActionFailedOver,
    ActionRetry,
    ActionStarted,
    ActionWaited,
    ActionWaiting,
    BudgetStopped,
    CallEnded,
    Event,
    ProviderLimited,
    ProviderStopped,
    RunStopping,
    Timed,
)
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.results import Status
from assetgen.reporting.kinds import LOCAL, seller, words
from assetgen.reporting.limits import Limits
from assetgen.reporting.remaining import Remaining
from assetgen.reporting.tally import Tally
from assetgen.reporting.theme import Symbols, plural, safe, seconds, usd

LATEST = 3
STALLED = 30.0
"""Seconds without any event after which is said whom everybody waits for."""


@dataclass(slots=True)
class Worker:
    """One asset under way.

    Attributes:
        joined: Since when it stands in line for a call of its provider.
        detail: Why it waits.
        instead: The service that could not, and `why`.
        came: What was asked for is there, and is only looked at and stored now.
        waiting: For something other than its turn; `until` is when that ends, None while nobody knows.
    """

    id: str
    provider: str
    model: str
    since: float
    doing: str
    joined: float
    detail: str = ""
    instead: str = ""
    why: str = ""
    came: bool = False
    waiting: bool = False
    until: float | None = None

    @property
    def who(self) -> str:
        return safe(seller(self.provider, self.model))

    def waits(self, t: float) -> bool:
        """Whether it waits for something other than its turn, at the time `t`."""
        return self.waiting and (self.until is None or t < self.until)

    def calls(self, t: float) -> bool:
        """Whether it has a call under way or stands in line for one."""
        return self.provider != LOCAL and not self.came and not self.waits(t)


@dataclass(frozen=True, slots=True)
class Ended:
    """One asset that ended just now."""

    id: str
    provider: str
    who: str
    seconds: float
    said: str
    status: Status | None = None


class Scene:
    """A listener that remembers what is worth seeing now. Texts are safe to show."""

    def __init__(self) -> None:
        self.tally = Tally(keep=1)
        self.remaining = Remaining(self.tally)
        self.limits = Limits()
        self.workers: dict[str, Worker] = {}
        self.latest: deque[Ended] = deque(maxlen=LATEST)
        self.stopped: dict[str, str] = {}
        self.stopping: int | None = None
        self.last = 0.0

    def __call__(self, timed: Timed) -> None:
        self.tally(timed)
        self.remaining(timed)
        self.last = timed.t
        match timed.event:
            case ActionStarted() as event:
                self._start(timed.t, event)
            case ActionWaiting() | ActionRetry() | ActionFailedOver() as event:
                self._wait(timed.t, event)
            case ActionWaited() | CallEnded() as event:
                self._go_on(event)
            case ActionDone() | ActionFailed() | ActionCached() as event:
                self._end(event)
            case event:
                self._note(timed.t, event)

    def _start(self, t: float, event: ActionStarted) -> None:
        since = self.workers[event.id].since if event.id in self.workers else t
        doing = words(event.kind).doing
        self.workers[event.id] = Worker(safe(event.id), event.provider, event.model, since, doing, t)

    def _wait(self, t: float, event: ActionWaiting | ActionRetry | ActionFailedOver) -> None:
        worker = self.workers.get(event.id)
        if worker is None:
            worker = self.workers[event.id] = Worker(safe(event.id), event.provider, "", t, "waiting", t)
        worker.waiting, worker.came = True, False
        match event:
            case ActionWaiting():
                worker.detail, worker.until = safe(event.reason), None
            case ActionRetry():
                worker.detail = f"{_cause(event.code)}, retry {event.attempt}/{event.of}"
                worker.until = worker.joined = t + event.wait
            case ActionFailedOver():
                worker.provider, worker.model, worker.joined = event.to_provider, event.to_model, t
                worker.instead, worker.why = safe(event.provider), _cause(event.code)
                worker.waiting, worker.until = False, None

    def _go_on(self, event: ActionWaited | CallEnded) -> None:
        worker = self.workers.get(event.id)
        if worker is None:
            return
        if worker.waiting and worker.until is None:
            worker.waiting, worker.detail = False, ""
        if isinstance(event, CallEnded) and event.kind is Kind.IMAGE:  # of a narration there may be further parts
            worker.came = event.outcome is OutcomeClass.GOOD

    def _end(self, event: ActionDone | ActionFailed | ActionCached) -> None:
        self.workers.pop(event.id, None)
        match event:
            case ActionDone():
                said = usd(event.cost) if event.cost or event.provider != LOCAL else ""
                said += ", by an alternative model" if event.degraded else ""
                self._remember(event, said)
            case ActionFailed(code="cancelled"):
                pass  # The end of the run counts them.
            case ActionFailed():
                held = "" if event.status is Status.FAILED else f"{event.status.value}: "
                message = event.message.removeprefix(f"{event.provider}: ")
                self._remember(event, f"{held}{_cause(event.code)}: {safe(message)}", event.status)

    def _remember(self, event: ActionDone | ActionFailed, said: str, status: Status | None = None) -> None:
        who = safe(seller(event.provider, event.model))
        self.latest.append(Ended(safe(event.id), safe(event.provider or LOCAL), who, event.seconds, said, status))

    def _note(self, t: float, event: Event) -> None:
        match event:
            case ProviderLimited():
                self.limits.change(t, event)
            case ProviderStopped():
                self.stopped[event.provider] = f"{safe(event.provider)} is not asked again: {safe(event.message)}"
            case BudgetStopped():
                self.stopped[""] = f"the budget of {usd(event.budget)} ends buying: {usd(event.spent)} spent"
            case RunStopping():
                self.stopping = event.in_flight

    def queued(self, t: float) -> dict[str, str]:
        """The assets, by id, whose turn has not come, and why: they are called in the order in which they joined."""
        most = self.tally.started.concurrency if self.tally.started else len(self.workers)
        calling: dict[str, int] = {}
        queued: dict[str, str] = {}
        for name, worker in sorted(self.workers.items(), key=lambda one: one[1].joined):
            if not worker.calls(t):
                continue
            number = calling.get(worker.provider, 0)
            if reason := self._obstacle(worker, number, most - sum(calling.values()), t):
                queued[name] = reason
            else:
                calling[worker.provider] = number + 1
        return queued

    def _obstacle(self, worker: Worker, number: int, places: int, t: float) -> str:
        """What keeps an asset from being asked for, where `number` others are by its service; empty if nothing does."""
        allowed, wait = self.limits.at_once(worker.provider), self.limits.wait(worker.provider, t)
        if wait >= 1 and worker.joined >= t + wait - self.limits.pause(worker.provider):
            return f"not asked for {math.ceil(wait)} s"
        if allowed and number >= allowed:
            return f"{safe(worker.provider)}: {allowed} at once"
        return "" if places > 0 else "for its turn"

    def notes(self, t: float, symbols: Symbols) -> list[str]:
        """What somebody should know now, the most important last."""
        if self.stopping is not None:
            requests = plural(self.stopping, "request", symbols)
            return [f"finishing {requests} already sent, starting no more; Ctrl-C again stops now"]
        stalled = self._stalled(t)
        return [*self.limits.told(t, symbols), *self.stopped.values(), *([stalled] if stalled else [])]

    def _stalled(self, t: float) -> str:
        silent = t - self.last
        asked = dict.fromkeys(worker.who.split("/")[0] for worker in self.workers.values())
        return f"waiting for {', '.join(asked)} ({seconds(silent)})" if silent >= STALLED and asked else ""


def _cause(code: str) -> str:
    return safe(code.replace("_", " "))
