"""A ledger for what costs nothing: it keeps no journal, and so refuses to pay."""

from __future__ import annotations

import itertools

from assetgen.core.errors import BudgetError
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome
from assetgen.core.ports import Reservation
from assetgen.core.requests import Answer


class FreeLedger:
    """Lets free attempts through. A paid one needs a journal that survives a crash, and is refused."""

    def __init__(self) -> None:
        self._rows = itertools.count(1)

    def reserve(self, purchase: Purchase, job: str, attempt: int, amount: Usd) -> Reservation:
        if amount:
            raise BudgetError(
                f"`{purchase.provider}` takes ${amount} for `{job}`, and there is no journal of paid calls yet",
                action=job,
                help="this version generates with free providers only: assetgen run --draft",
            )
        return Reservation(next(self._rows), purchase.key, amount)

    def received(self, reservation: Reservation, answer: Answer) -> None:
        """What was free can be asked for again: nothing to keep."""

    def settle(self, reservation: Reservation, outcome: Outcome, cost: Usd) -> None:
        """Nothing was set aside, so there is nothing to book."""

    def stored(self, reservation: Reservation, digest: str) -> None:
        """The cache's sidecar is all there is to know of a free attempt."""

    def spent(self) -> Usd:
        return Usd()
