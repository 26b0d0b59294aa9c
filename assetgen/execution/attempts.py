"""Attempts at one purchase: throttle, reserve, call, inspect and store, settle; until it is decided what follows."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_never

from assetgen.core.errors import BudgetError, StoppedError, StorageError
from assetgen.core.events import Wait
from assetgen.core.jobs import Purchase
from assetgen.core.journal import Reservation
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass, Reading
from assetgen.core.ports import CacheEntry
from assetgen.core.requests import Answer
from assetgen.execution import reasons
from assetgen.execution.charging import charge
from assetgen.execution.deciding import Decision, NextSeller, Retry, decide, give_up
from assetgen.execution.desk import Desk
from assetgen.execution.exchange import Exchange
from assetgen.execution.limiter import ENDED
from assetgen.execution.progress import Progress
from assetgen.execution.workshop import Workshop

Sent = tuple[Exchange, Answer | Reading]
"""A request that was sent, and what was said to it."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, how it ended, and what follows. Nothing was reserved where the service is not asked any more."""

    outcome: Outcome
    decision: Decision
    stored: CacheEntry | None = None
    reservation: Reservation | None = None
    cost: Usd = Usd()
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Attempts:
    """The one way to a service and its money, for one job."""

    progress: Progress
    shop: Workshop
    desk: Desk

    async def until_decided(self, purchase: Purchase) -> Attempt:
        """Attempts at one purchase with one seller, up to one that is not followed by another.

        Raises:
            BudgetError, StoppedError, StorageError: Nothing more is sent.
        """
        before: list[Attempt] = []
        first = await self._attempt(purchase, before)
        return await self._others(purchase, first, before) if isinstance(first.decision, Retry) else first

    async def _others(self, purchase: Purchase, first: Attempt, before: list[Attempt]) -> Attempt:
        """The attempts that follow one that is to be followed."""
        made = [first]

        async def attempt() -> Attempt:
            return made.pop() if made else await self._attempt(purchase, before)

        retrying = AsyncRetrying(
            retry=retry_if_result(lambda attempt: isinstance(attempt.decision, Retry)),
            wait=_wait,
            stop=stop_never,
            sleep=self._rest,
            before_sleep=lambda state: self._say_retry(purchase, _attempt_of(state)),
        )
        return await retrying(attempt)

    async def _attempt(self, purchase: Purchase, before: list[Attempt]) -> Attempt:
        """One attempt: throttle, reserve, call, inspect, settle."""
        last = before[-1] if before else None
        try:
            sent = await self._send(purchase, last)
        except (StoppedError, BudgetError, StorageError):
            await self._let_go(last)
            raise
        if isinstance(sent, Outcome):
            await self._let_go(last)
            return Attempt(sent, NextSeller())
        attempt = await self._conclude(purchase, sent, [one.outcome for one in before])
        before.append(attempt)
        return attempt

    async def _send(self, purchase: Purchase, last: Attempt | None) -> Sent | Outcome:
        """Throttle, reserve and call, unless the service is not asked any more.

        Money is set aside shortly before it is the call's turn, so that no slot is held while that is written down.
        Whoever waits for money to come free waits for no slot.
        """
        waits = False
        while True:
            if (stopped := self.desk.stops.why(purchase)) is not None:
                # Nobody waits for a turn in vain.
                return stopped
            async with AsyncExitStack() as slot:
                asked = self.shop.clock.monotonic()
                async with self.shop.limiter.near(purchase.provider) as instead:
                    waited = self.shop.clock.monotonic() - asked
                    if (stopped := self._stopped(purchase, instead)) is not None:
                        return stopped
                    reservation = await self._reserve(purchase, last)
                    if reservation is not None:
                        asked = self.shop.clock.monotonic()
                        taken = await slot.enter_async_context(self.shop.limiter.slot(purchase.provider))
                        waited += self.shop.clock.monotonic() - asked
                self.progress.say_waited(waited, Wait.LIMIT)
                if reservation is not None:
                    return await self._ask_or_free(reservation, purchase, taken)
            asked = self.shop.clock.monotonic()
            if not waits:
                waits = True
                self.progress.say_waiting("for money that may come free")
            await self.desk.wall.pause()
            self.progress.say_waited(self.shop.clock.monotonic() - asked, Wait.MONEY)

    def _stopped(self, purchase: Purchase, instead: Outcome | None) -> Outcome | None:
        """How the call ends without being made, None where it is made.

        Raises:
            StoppedError, StorageError, BudgetError: No call is made any more.
        """
        self.desk.wall.check(self.progress.job.id)
        if (broken := self.desk.stops.broken) is not None:
            raise StorageError(f"nothing more is bought: {broken.message}", help=broken.help)
        if self.shop.stop.requested:
            raise StoppedError("the run was stopped", self.shop.stop.exit_code)
        return self.desk.stops.why(purchase) or instead

    async def _ask_or_free(self, reservation: Reservation, purchase: Purchase, slot: Outcome | None) -> Sent | Outcome:
        """Call, unless something has come up since the money was set aside: then it is free again."""
        try:
            stopped = self._stopped(purchase, slot)
            if stopped is None:
                self.shop.ledger.leaving(reservation)
        except (StoppedError, BudgetError, StorageError):
            await self._free(reservation, ENDED)
            raise
        if stopped is not None:
            await self._free(reservation, stopped)
            return stopped
        return await self._ask(Exchange(self.shop, purchase, reservation, self.progress.job.kind))

    async def _free(self, reservation: Reservation, why: Outcome) -> None:
        """Nothing was sent."""
        await self.shop.ledger.settle(reservation, replace(why, kind=OutcomeClass.NOT_SENT), Usd())

    async def _ask(self, exchange: Exchange) -> Sent:
        self.progress.pending = exchange.reservation
        self.progress.attempts += 1
        self.progress.asked = True
        said = await exchange.ask()
        if isinstance(said, Outcome):
            # Before the slot is free: whoever has it next must not ask in vain.
            self.desk.stops.note(exchange.purchase, said)
            self.shop.tell(exchange.purchase.provider, said)
        return exchange, said

    async def _conclude(self, purchase: Purchase, sent: Sent, before: list[Outcome]) -> Attempt:
        """Inspect, settle, and decide what follows."""
        exchange, said = sent
        outcome, reservation = await exchange.conclude(said), exchange.reservation
        lost = exchange.trouble if exchange.stored is None else None
        self.desk.stops.broken = self.desk.stops.broken or lost
        self.desk.stops.note(purchase, outcome)
        decision = decide(outcome, before, self.shop.jitter())
        if isinstance(decision, Retry) and not self.shop.limiter.may_retry(purchase.provider, outcome):
            decision = give_up(outcome)
        cost = charge(purchase, reservation.amount, outcome)
        self.progress.say_ended(purchase, outcome, exchange.took, cost, again=bool(before))
        keeps = isinstance(decision, Retry) and not cost and exchange.trouble is None
        if exchange.unfinished:
            self.progress.book(purchase, outcome, cost)
            await self.shop.ledger.put_off(reservation)
        else:
            await self._settle(exchange, outcome, cost, keep=keeps)
        self.progress.pending = None
        if cost > reservation.amount:
            await self.desk.wall.close(reasons.overcharged(purchase, reservation.amount, cost), passed=True)
        if lost is not None:
            raise lost
        return Attempt(outcome, decision, exchange.stored, reservation, cost, keeps)

    async def _settle(self, exchange: Exchange, outcome: Outcome, cost: Usd, *, keep: bool) -> None:
        """Book it, with its bytes where they are stored by now."""
        self.progress.book(exchange.purchase, outcome, cost)
        digest = exchange.stored.digest if exchange.stored is not None else ""
        await self.shop.ledger.settle(exchange.reservation, outcome, cost, keep=keep, digest=digest)

    async def _reserve(self, purchase: Purchase, last: Attempt | None) -> Reservation | None:
        if purchase.price is None:
            raise reasons.unpriced(self.progress.job, purchase)
        if self.desk.wishes.frozen:
            raise reasons.frozen(self.progress.job)
        instead = last.reservation if last is not None and last.keeps else None
        reservation = await self.desk.wall.reserve(
            purchase, self.progress.job.id, self.progress.attempts + 1, purchase.price, instead=instead
        )
        if reservation is not None and self._is_last(purchase):
            self.desk.wall.turns.passed(self.progress.job.id)
        return reservation

    async def _let_go(self, last: Attempt | None) -> None:
        """Free the money that was kept for an attempt that is not made."""
        if last is not None and last.keeps and last.reservation is not None:
            await self.shop.ledger.settle(last.reservation, last.outcome, Usd())

    def _is_last(self, purchase: Purchase) -> bool:
        return any(candidate.purchases[-1] is purchase for candidate in self.progress.job.candidates)

    async def _rest(self, seconds: float) -> None:
        """Wait before another attempt, but not past a request to stop."""
        began = self.shop.clock.monotonic()
        waits = {asyncio.ensure_future(one) for one in (self.shop.clock.sleep(seconds), self.shop.stop.asked())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        self.progress.say_waited(self.shop.clock.monotonic() - began, Wait.RETRY)

    def _say_retry(self, purchase: Purchase, attempt: Attempt) -> None:
        assert isinstance(attempt.decision, Retry)
        self.progress.say_retry(purchase, attempt.outcome, attempt.decision)


def _wait(state: RetryCallState) -> float:
    decision = _attempt_of(state).decision
    assert isinstance(decision, Retry)
    return decision.wait


def _attempt_of(state: RetryCallState) -> Attempt:
    assert state.outcome is not None
    attempt = state.outcome.result()
    assert isinstance(attempt, Attempt)
    return attempt
