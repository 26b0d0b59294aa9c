"""The port of those who make assets: one implementation per type of action."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from assetgen.core.actions import JSON, AssetAction, Kind
from assetgen.core.context import ExecutionContext
from assetgen.core.costs import CostEstimate
from assetgen.core.offers import Offer, Seller
from assetgen.core.requests import Request
from assetgen.core.results import AssetResult
from assetgen.core.validation import ValidationResult

ActionT = TypeVar("ActionT", bound=AssetAction)


class AssetExecutor(Protocol[ActionT]):
    """One type of asset: what to ask for, what to accept, what to make of it. No vendors, money or files here."""

    kind: Kind

    def prepare(self, declared: Any) -> ActionT:
        """The checked action of a file, with defaults and style filled in."""
        ...

    def fields(self, action: ActionT) -> dict[str, JSON]:
        """What makes this asset this asset: its key is made of it, and changes are told by it. No id in it."""
        ...

    def outputs(self, action: ActionT) -> tuple[str, ...]:
        """The files it will stand in, as far as that is known beforehand; relative to the output folder."""
        ...

    def validate(self, action: ActionT) -> ValidationResult:
        """Everything that can be said about the action before anything is asked of anybody."""
        ...

    def sellers(self, action: ActionT) -> tuple[Seller, ...]:
        """Who may be asked, in order; empty for what is made here."""
        ...

    def requests(self, action: ActionT, offer: Offer) -> tuple[Request, ...]:
        """What to ask one seller for: one picture, or the parts of a long narration."""
        ...

    def needs(self, action: ActionT) -> tuple[str, ...]:
        """Ids of the assets that must be there first."""
        ...

    def estimate_cost(self, action: ActionT) -> CostEstimate:
        """What it may cost, over all sellers.

        Raises:
            BudgetError: A price is unknown.
        """
        ...

    async def execute(self, action: ActionT, context: ExecutionContext) -> AssetResult:
        """Make it: have it produced, derive the files, publish them.

        Raises:
            AssetGenerationError: It can't be made.
        """
        ...
