"""What an executor is given to work with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from assetgen.core.ports import AssetCache, AssetStorage, CostTracker, RateLimiter
from assetgen.core.results import AssetResult, Generated, Making, OutputFile
from assetgen.core.secrets import Secret

T = TypeVar("T")


class Publish(Protocol):
    """Let the files of a job be made off the event loop, and write them at once."""

    def __call__(
        self, make: Callable[..., Making[T]], /, *arguments: Any
    ) -> Awaitable[tuple[T, tuple[OutputFile, ...]]]:
        """What `make` tells of the files that it made, and the files as they stand in the output folder now."""
        ...


@dataclass(frozen=True, slots=True)
class ExecutionContext:
    """One run as one job sees it.

    Attributes:
        keys: The services' keys, by provider; they can't be printed.
        produce: Buys what this job needs, or finds it: the purchases of one seller, in order.
        publish: Writes files of this job under paths relative to the output folder.
        results: Finished assets by id; those that this job needs are there.
    """

    keys: Mapping[str, Secret] = field(repr=False)
    storage: AssetStorage
    cache: AssetCache
    rate_limiter: RateLimiter
    cost_tracker: CostTracker
    produce: Callable[[], Awaitable[tuple[Generated, ...]]]
    publish: Publish
    results: Mapping[str, AssetResult]
