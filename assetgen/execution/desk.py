"""What the jobs of one run share when they buy."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.execution.locks import KeyLocks
from assetgen.execution.recovery import Recovery
from assetgen.execution.stops import Stops
from assetgen.execution.wall import Wall
from assetgen.execution.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Desk:
    """The locks on purchases, the way to the money, who is not asked any more, and what the user allows.

    Attributes:
        bought: The purchases of this run, by their keys.
    """

    locks: KeyLocks
    wall: Wall
    stops: Stops
    recovery: Recovery
    wishes: Wishes
    bought: set[str] = field(default_factory=set)
