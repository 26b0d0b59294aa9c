"""How long the rest of a run may take: from what is left for each service, at the pace that it has had of late."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from assetgen.core.actions import Kind
from assetgen.core.events import (
    ActionDone,
    ActionFailed,
    ActionStarted,
    ProviderLimited,
    ProviderStopped,
    Timed,
)
from assetgen.core.results import Status
from assetgen.reporting.kinds import LOCAL
from assetgen.reporting.tally import ENOUGH, Tally

RECENT = 20
"""So many of the last assets say at what pace a service works, and who makes what."""
SOON = 0.1
"""Seconds after its beginning from which on a service has a pace."""


@dataclass(slots=True)
class Service:
    """When assets of one service came to their end, and until when it isn't asked."""

    began: float
    ends: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    paused_until: float = 0.0

    def pace(self, t: float) -> float:
        """Assets a second, of late: a service that has stood still since has become slow."""
        full = len(self.ends) == RECENT
        since, ended = (self.ends[0], RECENT - 1) if full else (self.began, len(self.ends))
        return ended / max(t - since, SOON)


class Remaining:
    """A listener that foretells the time.

    Services work side by side, so the slowest one counts. What nobody has worked on yet comes after that, at the mean
    pace of all. What is made here takes no time worth telling.
    """

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._services: dict[str, Service] = {}
        self._makers: dict[Kind, deque[str]] = {}
        self._ended = 0

    def __call__(self, timed: Timed) -> None:
        match timed.event:
            case ActionStarted(provider=provider):
                self._service(provider, timed.t)
            case ActionFailed(status=Status.SKIPPED):
                pass
            case ActionDone() | ActionFailed() as event if event.provider not in {"", LOCAL}:
                self._end(timed.t, event)
            case ProviderLimited() as event:
                self._service(event.provider, timed.t).paused_until = timed.t + event.wait
            case ProviderStopped() as event:
                self._stop(event.provider)

    def left(self, t: float) -> float | None:
        """Seconds at the time `t`; None until five assets have come from no cache."""
        if self._ended < ENOUGH:
            return None
        work = self._work()
        after = work.pop("", 0.0)
        beside = max((self._seconds(name, amount, t) for name, amount in work.items()), default=0.0)
        return beside + after * t / self._ended

    def _seconds(self, name: str, amount: float, t: float) -> float:
        service = self._services[name]
        return amount / service.pace(t) + max(service.paused_until - t, 0.0)

    def _work(self) -> dict[str, float]:
        """Assets still to be made by service; without a name, those of whom nobody knows who makes them."""
        work: dict[str, float] = defaultdict(float)
        for kind, made in self._tally.kinds.items():
            if kind is not Kind.CUTSCENE and made.to_make:
                for name, share in self._shares(kind):
                    work[name] += made.to_make * share
        return work

    def _shares(self, kind: Kind) -> Iterator[tuple[str, float]]:
        makers = self._makers.get(kind)
        if not makers:
            yield "", 1.0
            return
        for name, number in Counter(makers).items():
            yield name, number / len(makers)

    def _service(self, name: str, t: float) -> Service:
        return self._services.setdefault(name, Service(t))

    def _end(self, t: float, event: ActionDone | ActionFailed) -> None:
        self._ended += 1
        self._service(event.provider, max(t - event.seconds, 0.0)).ends.append(t)
        self._makers.setdefault(event.kind, deque(maxlen=RECENT)).append(event.provider)

    def _stop(self, name: str) -> None:
        """Others make what this service would have made."""
        for makers in self._makers.values():
            others = [maker for maker in makers if maker != name]
            makers.clear()
            makers.extend(others)
