"""Everything that a run works with, chosen elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from assetgen.core.actions import Kind
from assetgen.core.events import Event, Listener, Timed
from assetgen.core.executor import AssetExecutor
from assetgen.core.outcomes import Outcome
from assetgen.core.ports import AssetCache, AssetStorage, Clock, CostTracker, Ledger, RateLimiter
from assetgen.core.provider import Provider
from assetgen.core.requests import Answer
from assetgen.core.secrets import Redactor, Secret
from assetgen.execution.publishing import Publisher
from assetgen.execution.stopping import Stop
from assetgen.execution.workers import Workers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Workshop:
    """The parts of one run.

    Attributes:
        jitter: Draws from 0 to 1, for spreading retries.
        workers: For what blocks.
    """

    executors: Mapping[Kind, AssetExecutor[Any]]
    providers: Mapping[str, Provider]
    keys: Mapping[str, Secret] = field(repr=False)
    storage: AssetStorage
    publisher: Publisher
    cache: AssetCache
    ledger: Ledger
    limiter: RateLimiter
    costs: CostTracker
    clock: Clock
    stop: Stop
    workers: Workers
    redactor: Redactor = field(repr=False)
    jitter: Callable[[], float]
    listeners: tuple[Listener, ...] = ()
    began: float = 0.0

    def emit(self, event: Event) -> None:
        timed = Timed(round(self.clock.monotonic() - self.began, 3), event)
        for listener in self.listeners:
            listener(timed)

    def tell(self, provider: str, said: Answer | Outcome) -> None:
        """Let the limiter learn from what a service said, and say what changed by it."""
        changed = self.limiter.told(provider, said)
        if changed is not None:
            self.emit(changed)

    async def close(self) -> None:
        """Let go of the services' connections, and of what was open in the output folder."""
        self.publisher.close()
        for provider in self.providers.values():
            await provider.close()

    def work(self, function: Callable[..., T], /, *arguments: Any) -> Awaitable[T]:
        return self.workers.do(function, *arguments)
