"""The plan: what is to be made, from which purchases, in which order. Nothing here has happened yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.core.actions import JSON, AssetAction, Kind, Place, kind_of
from assetgen.core.costs import CostEstimate
from assetgen.core.money import Usd
from assetgen.core.offers import Offer
from assetgen.core.requests import Request
from assetgen.core.validation import Finding


@dataclass(frozen=True, slots=True)
class Purchase:
    """One request to one service.

    Attributes:
        price: The most that one attempt can cost; None when nobody knows it.
        seconds: What the price is for where the service bills by time; None where it doesn't.
    """

    key: str
    provider: str
    model: str
    request: Request
    price: Usd | None
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One seller's way to make an asset: every purchase of it, in order.

    `unavailable` says why this seller can't be asked now: no key, no adapter.
    """

    offer: Offer
    purchases: tuple[Purchase, ...]
    degraded: bool = False
    unavailable: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """An asset as it was asked for.

    Attributes:
        key: Of the type and the fields after defaults and style; without id, path or chain. A cutscene's
            holds the keys of what it shows.
        fields: What the key was made of, for saying what changed.
        needs: Ids of the jobs that must be there first.
        estimate: None when a price is unknown.
        candidates: In the order in which they are asked; empty for what is made here, free.
    """

    action: AssetAction
    key: str
    fields: Mapping[str, JSON]
    place: Place
    needs: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    estimate: CostEstimate | None = CostEstimate()
    warnings: tuple[Finding, ...] = ()

    @property
    def id(self) -> str:
        return self.action.id

    @property
    def kind(self) -> Kind:
        return kind_of(self.action)


@dataclass(frozen=True, slots=True)
class Plan:
    """Every job in file order, what shares a purchase, and what else was noticed.

    Attributes:
        owners: By purchase key, the id of the first job over all files that wants it: it carries the cost.
    """

    jobs: tuple[Job, ...]
    files: tuple[str, ...] = ()
    draft: bool = False
    owners: Mapping[str, str] = field(default_factory=dict, repr=False)
    actions: int = 0

    def by_id(self) -> dict[str, Job]:
        return {job.id: job for job in self.jobs}
