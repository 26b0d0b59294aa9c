"""The plan beside what is already there: what is cached, new or changed, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from assetgen.core.actions import JSON
from assetgen.core.costs import CostEstimate
from assetgen.core.jobs import Job, Plan
from assetgen.core.money import Usd


class State(StrEnum):
    """How an asset stands before a run."""

    CACHED = "cached"
    NEW = "new"
    CHANGED = "changed"
    HELD = "held"
    REFUSED = "refused"
    UNPRICED = "unpriced"


class OnUnknown(StrEnum):
    """What to do with a paid call whose outcome nobody knows."""

    HOLD = "hold"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Consent:
    """What the user allows to be paid for a second time.

    Attributes:
        rebuy: What was lost, unusable or refused.
        on_unknown: What nobody knows to have been done and charged.
        limit: Only while no more than this is at risk by unknown outcomes.
        upgrade: What an alternative model made.
    """

    rebuy: bool = False
    on_unknown: OnUnknown = OnUnknown.HOLD
    limit: Usd | None = None
    upgrade: bool = False

    @property
    def retry(self) -> bool:
        return self.on_unknown is OnUnknown.RETRY


@dataclass(frozen=True, slots=True)
class Change:
    """One field that is not what it was when the asset was made last."""

    field: str
    old: JSON
    new: JSON


@dataclass(frozen=True, slots=True)
class Standing:
    """One job beside what is there.

    Attributes:
        job: As it was planned; without alternative models where it is an upgrade.
        present: Its files stand in the output folder as they were made.
        edited: Its files were changed by somebody else since.
        estimate: What making it may still cost; equal purchases count once, for their owner.
        saved: What was paid for it when it was bought, and needn't be paid again.
        reason: Why it is in this state, in words.
        upgrade: An alternative model made it, and its first choice is wanted instead.
    """

    job: Job
    state: State
    present: bool = False
    edited: bool = False
    estimate: CostEstimate = CostEstimate()
    saved: Usd = Usd()
    reason: str = ""
    changes: tuple[Change, ...] = ()
    upgrade: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """Where every job stands, in plan order, and what the whole may cost."""

    plan: Plan
    standings: tuple[Standing, ...]
    unused: tuple[str, ...] = ()
    total: CostEstimate = CostEstimate()
    saved: Usd = Usd()
    counts: dict[State, int] = field(default_factory=dict)
