"""The way to the ledger's money: in plan order where it may not suffice, and closed once something doesn't fit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from assetgen.core.errors import BudgetError, WallError
from assetgen.core.events import BudgetStopped, Event
from assetgen.core.jobs import Purchase
from assetgen.core.journal import Reservation
from assetgen.core.money import Usd
from assetgen.core.ports import Clock, Ledger

POLL = 0.05
"""Seconds between two tries while others' reservations may come free."""


class Turns:
    """Jobs in the order in which they began, until each has set its money aside."""

    def __init__(self, *, ordered: bool) -> None:
        self._ordered = ordered
        self._before: dict[str, asyncio.Event] = {}

    def enter(self, job: str) -> None:
        """The job begins; those that begin later wait for it."""
        if self._ordered:
            self._before[job] = asyncio.Event()
            self._call_first()

    async def reach(self, job: str) -> None:
        """Wait until no earlier job is still on its way to the money."""
        if job in self._before:
            await self._before[job].wait()

    def passed(self, job: str) -> None:
        """The job has all that it needs, or needs nothing."""
        if self._before.pop(job, None) is not None:
            self._call_first()

    def _call_first(self) -> None:
        first = next(iter(self._before.values()), None)
        if first is not None:
            first.set()


class Wall:
    """Lets attempts through to the ledger as long as their money fits. The first one that doesn't ends all buying."""

    def __init__(
        self, ledger: Ledger, clock: Clock, turns: Turns, budget: Usd | None, emit: Callable[[Event], None]
    ) -> None:
        self.turns = turns
        self._ledger = ledger
        self._clock = clock
        self._budget = budget
        self._emit = emit
        self._closed: BudgetError | None = None
        self._passed = False

    async def reserve(
        self, purchase: Purchase, job: str, attempt: int, amount: Usd, *, instead: Reservation | None = None
    ) -> Reservation | None:
        """Set money aside for an attempt; None while it doesn't fit and attempts under way may still free some.

        Raises:
            BudgetError: It doesn't fit, or something before it didn't.
        """
        # What follows an attempt whose money was kept takes nothing that anybody else could have.
        if self._closed is not None and instead is None:
            raise BudgetError(self._closed.message, action=job, help=self._closed.help)
        try:
            return await self._ledger.reserve(purchase, job, attempt, amount, instead=instead)
        except WallError as error:
            if instead is not None or not error.waiting_helps:
                await self.close(error)
                raise
            return None

    async def pause(self) -> None:
        """Wait a little for others' money to come free."""
        await self._clock.sleep(POLL)

    def check(self, job: str) -> None:
        """Before anything is sent, also by those who have set money aside.

        Raises:
            BudgetError: A service has taken more than was set aside for it.
        """
        if self._closed is not None and self._passed:
            raise BudgetError(self._closed.message, action=job, help=self._closed.help)

    async def close(self, error: BudgetError, *, passed: bool = False) -> None:
        """End all buying. Those who have set money aside still buy, unless more was taken than is set aside."""
        self._passed = self._passed or passed
        if self._closed is None:
            self._closed = error
            spent = await self._ledger.spent()
            self._emit(BudgetStopped(spent, self._budget if self._budget is not None else spent))
