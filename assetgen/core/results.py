"""What became of the assets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from assetgen.core.actions import JSON, Kind, Place
from assetgen.core.costs import CostBreakdown, CostEstimate
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content
from assetgen.core.validation import Finding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Generated:
    """A purchase and its verified bytes. `paid` is what they cost when bought; `fresh` if that was just now."""

    purchase: Purchase
    content: Content
    digest: str
    paid: Usd
    fresh: bool
    degraded: bool = False


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that an executor made, before it is written; `sha256` may be left out where it is not known yet."""

    path: str
    data: bytes = field(repr=False)
    media_type: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Making(Generic[T]):
    """What an executor made of its purchases: the files, the main one first, and what else it knows of them."""

    files: tuple[MadeFile, ...]
    facts: T


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the output folder; `path` is relative to it, with `/`."""

    path: str
    url: str
    sha256: str
    bytes: int
    media_type: str


@dataclass(frozen=True, slots=True)
class AssetResult:
    """A finished asset: its id, the address of its main file, what is known of it, cost and duration in seconds."""

    id: str
    url: str
    metadata: Mapping[str, JSON]
    cost: Usd = Usd()
    duration: float | None = None
    files: tuple[OutputFile, ...] = ()
    warnings: tuple[Finding, ...] = ()


class Status(StrEnum):
    """Why an asset is not there."""

    FAILED = "failed"
    SKIPPED = "skipped"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Failure:
    """An asset that is not there: what, why, where, what was paid, and what to do next."""

    id: str
    kind: Kind
    status: Status
    code: str
    message: str
    place: Place
    help: str = ""
    provider: str = ""
    model: str = ""
    attempts: int = 0
    paid: Usd = Usd()
    unknown: Usd = Usd()


@dataclass(frozen=True, slots=True)
class Counts:
    """How many assets ended in which way."""

    total: int = 0
    generated: int = 0
    cached: int = 0
    failed: int = 0
    skipped: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning and the asset that it is about."""

    id: str
    place: Place
    finding: Finding


@dataclass(frozen=True, slots=True)
class RunResult:
    """The end of a run, from which every report is made."""

    exit_code: int
    counts: Counts
    by_kind: Mapping[Kind, Counts]
    spent: Usd
    spent_by_kind: Mapping[Kind, Usd]
    saved: Usd
    saved_by_kind: Mapping[Kind, Usd]
    unknown: Usd
    breakdown: CostBreakdown
    estimate: CostEstimate
    seconds: float
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Warned, ...] = ()
    metrics: Mapping[str, JSON] = field(default_factory=dict)
    manifest: str = ""
    out: str = ""
    interrupted: bool = False
