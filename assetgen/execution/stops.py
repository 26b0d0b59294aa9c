"""Services that are not asked again in this run: what they said of one request they would say of all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assetgen.core.errors import StorageError
from assetgen.core.events import Event, ProviderStopped
from assetgen.core.jobs import Purchase
from assetgen.core.outcomes import Outcome

OF_SERVICE = frozenset({"auth", "quota"})
"""About the account: nobody's request would do better."""
OF_MODEL = frozenset({"model_unavailable"})
"""About the model: this service's others may do."""


class Stops:
    """Says each stop once.

    Attributes:
        broken: What a disk refused that was paid for; it is no place to buy more for.
    """

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self.broken: StorageError | None = None
        self._emit = emit
        self._said: dict[tuple[str, str], Outcome] = {}

    def why(self, purchase: Purchase) -> Outcome | None:
        """What the service would say once more; None where it can be asked."""
        provider, model = purchase.provider, purchase.request.model
        return self._said.get((provider, "")) or self._said.get((provider, model))

    def note(self, purchase: Purchase, outcome: Outcome) -> None:
        """Remember an outcome that speaks of more than one request."""
        if outcome.code in OF_SERVICE:
            place = (purchase.provider, "")
        elif outcome.code in OF_MODEL:
            place = (purchase.provider, purchase.request.model)
        else:
            return
        if place not in self._said:
            self._said[place] = replace(outcome, message=f"it is not asked again in this run ({outcome.code})")
            self._emit(ProviderStopped(purchase.provider, outcome.code, outcome.message))
