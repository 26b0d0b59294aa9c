"""A ledger in memory that writes down every step, and has a wall."""

from __future__ import annotations

from assetgen.core.errors import BudgetError
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome
from assetgen.core.ports import Reservation
from assetgen.core.requests import Answer


class MemoryLedger:
    def __init__(self, wall: Usd | None = None) -> None:
        self.steps: list[str] = []
        self.booked: dict[int, Usd] = {}
        self._wall = wall

    def reserve(self, purchase: Purchase, job: str, attempt: int, amount: Usd) -> Reservation:
        if self._wall is not None and self.spent() + amount > self._wall:
            raise BudgetError(f"`{job}` does not fit", action=job)
        row = len(self.booked) + 1
        self.booked[row] = amount
        self.steps.append(f"reserve {amount}")
        return Reservation(row, purchase.key, amount)

    def received(self, reservation: Reservation, answer: Answer) -> None:
        self.steps.append(f"received {answer.status}")

    def settle(self, reservation: Reservation, outcome: Outcome, cost: Usd) -> None:
        self.booked[reservation.row] = cost
        self.steps.append(f"settle {outcome.kind.value} {cost}")

    def stored(self, reservation: Reservation, digest: str) -> None:
        self.steps.append("stored")

    def spent(self) -> Usd:
        return Usd.sum(self.booked.values())
