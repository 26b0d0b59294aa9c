"""How a run was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.core.money import Usd
from assetgen.core.records import Record
from assetgen.execution.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Orders:
    """The wishes of one run.

    Attributes:
        ordered: Money may not suffice for all, so it is set aside in plan order.
        wishes: What the user allows to be paid for a second time.
        forced: Ids to make again, whatever is there.
        kept: Records of assets that still stand and were not chosen this time, or may come out no better.
        edited: Which of those somebody edited.
    """

    concurrency: int
    budget: Usd | None = None
    fail_fast: bool = False
    ordered: bool = False
    wishes: Wishes = field(default_factory=Wishes)
    forced: frozenset[str] = frozenset()
    kept: Mapping[str, Record] = field(default_factory=dict)
    edited: frozenset[str] = frozenset()

    @property
    def alive(self) -> int:
        """Jobs worked on at once: more than calls, since deciding and storing hold no slot."""
        return 3 * self.concurrency
