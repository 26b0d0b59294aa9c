"""A workshop of fakes, for what a job does without a disk or a network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from assetgen.core.actions import ImageAction, Kind, Place
from assetgen.core.events import Event, Timed
from assetgen.core.jobs import Candidate, Job, Purchase
from assetgen.core.money import Per, Price, Usd
from assetgen.core.offers import Offer
from assetgen.core.requests import ImageRequest
from assetgen.core.secrets import Redactor
from assetgen.core.surveys import Consent
from assetgen.execution.desk import Desk
from assetgen.execution.limiter import SlotLimiter
from assetgen.execution.locks import KeyLocks
from assetgen.execution.publishing import Publisher
from assetgen.execution.recovery import Recovery
from assetgen.execution.stopping import Stop
from assetgen.execution.stops import Stops
from assetgen.execution.wall import Turns, Wall
from assetgen.execution.wishes import Wishes
from assetgen.execution.workers import Workers
from assetgen.execution.workshop import Workshop
from assetgen.planning.records import LastRun
from assetgen.reporting.tracker import Costs
from assetgen.storage.memory import MemoryStorage
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import MemoryLedger
from tests.fakes.memory_cache import MemoryCache
from tests.fakes.provider import ScriptedJobs, ScriptedProvider

PRICE = Price(Decimal("0.01"), Per.IMAGE, "https://example.com/prices", dt.date(2026, 11, 22))


@dataclass
class Fakes:
    """What a test looks at afterwards."""

    shop: Workshop
    cache: MemoryCache
    ledger: MemoryLedger
    clock: FakeClock
    events: list[Event] = field(default_factory=list)

    def said(self) -> list[str]:
        return [event.name for event in self.events]


@contextmanager
def fakes(*providers: ScriptedProvider, wall: Usd | None = None, slots: int = 4) -> Iterator[Fakes]:
    """Everything that jobs need, with `slots` calls at once: half of them to one provider, one at the least."""
    clock, cache, events = FakeClock(), MemoryCache(), list[Event]()
    ledger = MemoryLedger(wall, clock)
    for provider in providers:
        if isinstance(provider, ScriptedJobs):
            provider.clock = clock

    def listen(timed: Timed) -> None:
        events.append(timed.event)

    storage = MemoryStorage()
    with Workers(2) as workers:
        shop = Workshop(
            executors={},
            providers={provider.name: provider for provider in providers},
            keys={},
            storage=storage,
            publisher=Publisher(storage, storage, LastRun(), None),
            cache=cache,
            ledger=ledger,
            limiter=SlotLimiter(slots, {provider.name: max(1, slots // 2) for provider in providers}, clock=clock),
            costs=Costs(),
            clock=clock,
            stop=Stop(),
            workers=workers,
            redactor=Redactor(),
            jitter=lambda: 1.0,
            listeners=(listen,),
        )
        yield Fakes(shop, cache, ledger, clock, events)


def desk(around: Fakes, consent: Consent = Consent(), *, ordered: bool = False) -> Desk:
    """What the jobs of one run share."""
    shop = around.shop
    return Desk(
        KeyLocks(around.cache, around.clock),
        Wall(around.ledger, around.clock, Turns(ordered=ordered), None, shop.emit),
        Stops(shop.emit),
        Recovery(shop),
        Wishes(consent),
    )


def picture_job(
    *providers: ScriptedProvider,
    subject: str = "a hero",
    parts: int = 1,
    unavailable: str = "",
    degraded: bool = False,
    name: str = "hero",
) -> Job:
    """A picture that these providers sell, in order; in `parts` purchases."""
    action = ImageAction(name, "a hero", "a hero, oil", 64, 64, "flux-schnell")
    candidates = tuple(
        Candidate(_offer(one.name), _purchases(one, subject, parts), degraded and number > 0, unavailable)
        for number, one in enumerate(providers)
    )
    return Job(action, f"job-of-{subject}".replace(" ", "-"), {}, Place("actions.yaml", 3), candidates=candidates)


def _offer(provider: str) -> Offer:
    return Offer(provider, "flux-schnell", "flux", Kind.IMAGE, "https://example.com", dt.date(2026, 11, 22), PRICE)


def _purchases(provider: ScriptedProvider, subject: str, parts: int) -> tuple[Purchase, ...]:
    requests = [ImageRequest("flux", f"{subject}, part {number}", 64, 64) for number in range(parts)]
    return tuple(
        Purchase(provider.build(one).key(provider.name, "real"), provider.name, "flux-schnell", one, Usd(10_000))
        for one in requests
    )
