"""What the live view shows, kept up to date by events: the figures, who works on what, and what ended last."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from assetgen.core.events import (
    ActionCached,
    ActionDone,
    ActionFailed,
    ActionFailedOver,
    ActionRetry,
    ActionStarted,
    ActionWaiting,
    BudgetStopped,
    Event,
    ProviderLimited,
    ProviderStopped,
    RunStopping,
    Timed,
)
from assetgen.core.results import Status
from assetgen.reporting.kinds import seller, words
from assetgen.reporting.tally import Tally
from assetgen.reporting.theme import safe, seconds, usd

LATEST = 3


@dataclass(slots=True)
class Worker:
    """One asset under way; `until` is when its wait ends, None while it doesn't wait for a known time."""

    id: str
    who: str
    since: float
    doing: str
    detail: str = ""
    waiting: bool = False
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """One asset that ended just now."""

    id: str
    who: str
    seconds: float
    said: str
    status: Status | None = None


class Scene:
    """A listener that remembers what is worth seeing now. Texts are safe to show."""

    def __init__(self) -> None:
        self.tally = Tally(keep=1)
        self.workers: dict[str, Worker] = {}
        self.latest: deque[Ended] = deque(maxlen=LATEST)
        self.note = ""
        self.stopping = ""
        self.last = 0.0

    def __call__(self, timed: Timed) -> None:
        self.tally(timed)
        self.last = timed.t
        match timed.event:
            case ActionStarted() as event:
                who = safe(seller(event.provider, event.model))
                since = self.workers[event.id].since if event.id in self.workers else timed.t
                self.workers[event.id] = Worker(safe(event.id), who, since, words(event.kind).doing)
            case ActionWaiting() | ActionRetry() | ActionFailedOver() as event:
                self._wait(timed.t, event)
            case ActionDone() | ActionFailed() | ActionCached() as event:
                self._end(event)
            case event:
                self._note(event)

    def _wait(self, t: float, event: ActionWaiting | ActionRetry | ActionFailedOver) -> None:
        worker = self.workers.get(event.id)
        if worker is None:
            worker = self.workers[event.id] = Worker(safe(event.id), safe(event.provider), t, "waiting")
        worker.waiting = True
        match event:
            case ActionWaiting():
                worker.detail, worker.until = safe(event.reason), None
            case ActionRetry():
                worker.detail = f"{_cause(event.code)}, retry {event.attempt}/{event.of}"
                worker.until = t + event.wait
            case ActionFailedOver():
                worker.who = safe(seller(event.to_provider, event.to_model))
                worker.detail = f"instead of {safe(event.provider)}: {_cause(event.code)}"
                worker.waiting = False

    def _end(self, event: ActionDone | ActionFailed | ActionCached) -> None:
        self.workers.pop(event.id, None)
        match event:
            case ActionDone():
                said = usd(event.cost) + (", by an alternative model" if event.degraded else "")
                who = safe(seller(event.provider, event.model))
                self.latest.append(Ended(safe(event.id), who, event.seconds, said))
            case ActionFailed():
                who = safe(seller(event.provider, event.model))
                said = f"{_cause(event.code)}: {safe(event.message)}"
                self.latest.append(Ended(safe(event.id), who, event.seconds, said, event.status))

    def _note(self, event: Event) -> None:
        match event:
            case ProviderLimited():
                change = "slowed" if event.concurrency < event.was else "back"
                self.note = f"{safe(event.provider)} {change} to {event.concurrency} at once: {safe(event.reason)}"
            case ProviderStopped():
                self.note = f"{safe(event.provider)} is not asked again: {safe(event.message)}"
            case BudgetStopped():
                self.note = f"the budget of {usd(event.budget)} ends buying: {usd(event.spent)} spent"
            case RunStopping():
                requests = f"{event.in_flight} request{'' if event.in_flight == 1 else 's'}"
                self.stopping = f"finishing {requests} already sent, starting no more; Ctrl-C again stops now"

    def stalled(self, t: float) -> str:
        """Whom everybody waits for after half a minute without any event; empty otherwise."""
        silent = t - self.last
        asked = dict.fromkeys(worker.who.split("/")[0] for worker in self.workers.values())
        return f"waiting for {', '.join(asked)} ({seconds(silent)})" if silent >= 30 and asked else ""


def _cause(code: str) -> str:
    return safe(code.replace("_", " "))
