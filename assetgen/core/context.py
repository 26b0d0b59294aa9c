"""What an executor is given to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from assetgen.core.ports import AssetCache, AssetStorage, CostTracker, RateLimiter
from assetgen.core.results import AssetResult, Generated, OutputFile
from assetgen.core.secrets import Secret

T = TypeVar("T")


class Work(Protocol):
    """Run a blocking function off the event loop."""

    def __call__(self, function: Callable[..., T], /, *arguments: Any) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """One run as one job sees it.

    Attributes:
        keys: The services' keys, by provider; they can't be printed.
        produce: Buys what this job needs, or finds it: the purchases of one seller, in order.
        publish: Writes one file of this job under a path relative to the output folder.
        results: Finished assets by id; those that this job needs are there.
        work: For everything that blocks.
    """

    keys: Mapping[str, Secret] = field(repr=False)
    storage: AssetStorage
    cache: AssetCache
    rate_limiter: RateLimiter
    cost_tracker: CostTracker
    produce: Callable[[], Awaitable[tuple[Generated, ...]]]
    publish: Callable[[str, bytes, str], Awaitable[OutputFile]]
    results: Mapping[str, AssetResult]
    work: Work
