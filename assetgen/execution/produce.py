"""How the bytes of one job are come by, step by step. Written once; executors never repeat it.

look up      bought before, still whole? under way, unknown, refused?
per attempt: throttle, reserve, call, inspect and store, settle
             then: done, retry, the next seller, hold, or fail
store        the blob, its sidecar, the index
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_never

from assetgen.core.costs import CostRecord
from assetgen.core.errors import ApiError, CacheError, StoppedError
from assetgen.core.events import ActionFailedOver, ActionRetry, ActionWaited, ActionWaiting, CallEnded, Wait
from assetgen.core.jobs import Candidate, Job, Purchase
from assetgen.core.journal import OPEN, STANDING, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content, Outcome, OutcomeClass, Reading
from assetgen.core.ports import CacheEntry, Remembered
from assetgen.core.requests import Answer
from assetgen.core.results import Generated
from assetgen.execution import reasons
from assetgen.execution.charging import charge
from assetgen.execution.deciding import Accept, Decision, Hold, NextSeller, Retry, decide, give_up
from assetgen.execution.desk import Desk
from assetgen.execution.exchange import Exchange
from assetgen.execution.workshop import Workshop
from assetgen.planning.blocking import BOUGHT, blocking, counting, keys

TELLING = 0.001
"""Seconds; whoever waited for less did not wait."""

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


@dataclass(slots=True)
class Production:
    """One job's way to its bytes.

    Attributes:
        again: Bought again although it is there.
        attempts, paid, unknown: What was tried in this run, and what it cost or may have cost.
        asked: The seller at hand was asked at all.
        resolution: The purchases that the job came to before, where its first seller could not.
        pending: The attempt that is under way.
    """

    job: Job
    shop: Workshop
    desk: Desk
    again: bool = False
    attempts: int = 0
    paid: Usd = Usd()
    unknown: Usd = Usd()
    seller: tuple[str, str] = ("", "")
    pending: Reservation | None = None
    asked: bool = False
    resolution: tuple[str, ...] | None = None
    made: list[Generated] = field(default_factory=list)

    async def __call__(self) -> tuple[Generated, ...]:
        """The job's purchases from the first seller that has them all.

        Raises:
            AssetGenerationError: No seller could; it says what each of them said.
        """
        wall, locks = self.desk.wall, self.desk.locks
        try:
            # Before any lock: whoever holds one that an earlier job needs must not wait for that job's turn.
            await wall.turns.reach(self.job.id)
            # One process at a time looks for a seller of the same asset: two could pay two sellers for it.
            look = partial(self._search, None if not self.again else await self._bought_just_now())
            async with locks.hold(self.job.key, self._say_waiting, self._say_waited, look) as found:
                self.made = list(found or await self._under_way() or await self._buy_from_first_able())
                await self._come_to_another()
        except ApiError as error:
            if self.job.id in self.desk.wishes.upgrading:
                raise reasons.stays(error) from error
            raise
        finally:
            wall.turns.passed(self.job.id)
        return tuple(self.made)

    async def _come_to_another(self) -> None:
        """Remember who made it, where somebody else did before: only once there is something in that one's place."""
        purchases = tuple(one.purchase.key for one in self.made)
        if self.resolution is not None and self.resolution != purchases:
            await self.shop.work(self.shop.cache.resolve, self.job.key, purchases)

    async def _look_up(self) -> list[Generated] | None:
        """Everything from the cache, where one seller that counts as this asset had been paid for all of it."""
        return await self.shop.work(self._search, await self._bought_just_now() if self.again else None)

    def _search(self, candidates: list[Candidate] | None) -> list[Generated] | None:
        self.resolution = self.shop.cache.resolution(self.job.key)
        for candidate in counting(self.job, self.resolution) if candidates is None else candidates:
            remembered = [self._load(one) for one in candidate.purchases]
            if all(remembered):
                pairs = zip(candidate.purchases, remembered, strict=True)
                return [_from_cache(purchase, one, candidate) for purchase, one in pairs if one is not None]
        return None

    async def _bought_just_now(self) -> list[Candidate]:
        """What this account has bought already is not bought again by --force.

        Neither for another asset that shares it, nor by the same command after a kill.
        """
        rows = await self.shop.ledger.standings(keys(self.job))
        new = {key for key, row in rows.items() if row.here and row.state is RowState.STORED}
        return [one for one in self.job.candidates if new.issuperset(purchase.key for purchase in one.purchases)]

    async def _remembered(self, purchase: Purchase) -> Remembered | None:
        return await self.shop.work(self._load, purchase)

    def _load(self, purchase: Purchase) -> Remembered | None:
        """What the cache has of a purchase. Damage is an error, unless it was free or may be bought again."""
        try:
            return self.shop.cache.load(purchase.key)
        except CacheError as error:
            if error.gone and (purchase.price == Usd() or self.desk.wishes.consent.rebuy):
                return None
            raise

    async def _under_way(self) -> list[Generated] | None:
        """An asset that somebody may have been paid for, or has refused, is not asked of anybody else either.

        What another process is at, or was killed at, is waited for and brought to its end.
        """
        ended = False
        while (row := await self._blocking()) is not None:
            ended = ended or row.state in OPEN
            async with self.desk.locks.hold(row.purchase.key, self._say_waiting, self._say_waited, _nothing):
                after = await self._standing(row.purchase)
                if after is not None and after.state in OPEN:
                    raise reasons.in_the_way(self.job, after)
                # Another asset that shares the purchase may have cleared the way, and bought it, in the meantime.
                if after is not None and after.id == row.id and not await self._is_there(after):
                    await self._clear_the_way(after, again=False)
        return await self._look_up() if ended else None

    async def _blocking(self) -> Row | None:
        """The row that keeps the asset from being bought: as the survey sees it."""
        rows = await self.shop.ledger.standings(keys(self.job))
        if (row := blocking(self.job, rows)) is not None or self.again:
            return row
        own = (rows.get(one.key) for each in self.job.candidates if not each.degraded for one in each.purchases)
        for row in own:
            if row is not None and row.state in BOUGHT and not await self._is_there(row):
                return row
        return None

    async def _is_there(self, row: Row) -> bool:
        return row.state is RowState.STORED and await self._remembered(row.purchase) is not None

    async def _buy_from_first_able(self) -> list[Generated]:
        able = [candidate for candidate in self.job.candidates if not candidate.unavailable]
        if not able:
            raise reasons.nobody(self.job)
        said: list[Outcome] = []
        for candidate, following in zip(able, [*able[1:], None], strict=True):
            outcome, generated = await self._buy_all(candidate)
            if outcome is None:
                return generated
            said.append(outcome)
            if following is not None:
                self._say_failed_over(candidate, following, outcome)
        decisive = able[reasons.decisive(said)].offer
        self.seller = (decisive.provider, decisive.model)
        raise reasons.all_failed(self.job, able, said)

    async def _buy_all(self, candidate: Candidate) -> tuple[Outcome | None, list[Generated]]:
        """All purchases of one seller, or the outcome for which the next one is asked."""
        self.seller = (candidate.offer.provider, candidate.offer.model)
        self.asked = False
        if candidate.degraded or self.again:
            purchases = [purchase.key for purchase in candidate.purchases]
            await self.shop.work(self.shop.cache.resolve, self.job.key, purchases)
        generated = []
        for purchase in candidate.purchases:
            bought = await self._obtain(purchase, candidate)
            if isinstance(bought, Outcome):
                return bought, []
            generated.append(bought)
        return None, generated

    async def _obtain(self, purchase: Purchase, candidate: Candidate) -> Generated | Outcome:
        """One purchase under its lock: by another job or process meanwhile, or bought now."""
        look = _nothing if self.again else partial(self._load, purchase)
        async with self.desk.locks.hold(purchase.key, self._say_waiting, self._say_waited, look) as seen:
            row = await self._standing(purchase)
            again = self.again and not (row is not None and row.here and row.state is RowState.STORED)
            remembered = None if again else seen
            if remembered is None and row is not None and not again:
                # Its end may have brought the bytes.
                remembered = await self._remembered(purchase)
            if remembered is not None:
                return _from_cache(purchase, remembered, candidate)
            if row is not None:
                await self._clear_the_way(row, again=again)
            return await self._buy(purchase, candidate)

    async def _standing(self, purchase: Purchase) -> Row | None:
        """What the journal has of a purchase; whoever was at it and is not any more was killed."""
        row = await self.shop.ledger.standing(purchase.key)
        if row is not None and row.state in OPEN:
            row = await self.desk.recovery.end(row)
        return row if row is not None and row.state in STANDING else None

    async def _clear_the_way(self, row: Row, *, again: bool) -> None:
        """Move a row aside as the user wishes. Raises ApiError or CacheError where it has to stay."""
        if row.state is RowState.UNKNOWN and self.desk.wishes.may_retry(row):
            await self.shop.ledger.abandon(row)
        elif self.desk.wishes.may_rebuy(row) or (again and row.state is RowState.STORED):
            await self.shop.ledger.supersede(row)
        else:
            raise reasons.in_the_way(self.job, row)

    async def _buy(self, purchase: Purchase, candidate: Candidate) -> Generated | Outcome:
        while True:
            attempt = await self._attempt_until_decided(purchase)
            match attempt.decision:
                case Accept():
                    return _bought(purchase, attempt, candidate)
                case NextSeller():
                    return attempt.outcome
                case Hold() if await self._risked(purchase):
                    continue
                case decision:
                    raise reasons.failure(self.job, purchase, attempt.outcome, decision)

    async def _risked(self, purchase: Purchase) -> bool:
        """Whether an unknown outcome of just now is sent again, by the user's wish."""
        row = await self.shop.ledger.standing(purchase.key)
        if row is None or not self.desk.wishes.may_retry(row):
            return False
        await self.shop.ledger.abandon(row)
        return True

    async def _attempt_until_decided(self, purchase: Purchase) -> Attempt:
        before: list[Attempt] = []
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda attempt: isinstance(attempt.decision, Retry)),
            wait=_wait,
            stop=stop_never,
            sleep=self.shop.clock.sleep,
            before_sleep=lambda state: self._say_retry(purchase, _attempt_of(state)),
        )
        return await retrying(self._attempt, purchase, before)

    async def _attempt(self, purchase: Purchase, before: list[Attempt]) -> Attempt:
        """One attempt: throttle, reserve, call, inspect, settle."""
        last = before[-1] if before else None
        try:
            sent = await self._send(purchase, last)
        except StoppedError:
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

        Whoever waits for money to come free holds no slot meanwhile.
        """
        waits = False
        while True:
            if (stopped := self.desk.stops.why(purchase)) is not None:
                # Nobody waits for a turn in vain.
                return stopped
            asked = self.shop.clock.monotonic()
            async with self.shop.limiter.slot(purchase.provider) as instead:
                self._say_waited(self.shop.clock.monotonic() - asked, Wait.LIMIT)
                if self.shop.stop.requested:
                    raise StoppedError("the run was stopped", self.shop.stop.exit_code)
                if (stopped := self.desk.stops.why(purchase) or instead) is not None:
                    return stopped
                reservation = await self._reserve(purchase, last)
                if reservation is not None:
                    return await self._ask(Exchange(self.shop, purchase, reservation, self.job.kind))
            asked = self.shop.clock.monotonic()
            if not waits:
                waits = True
                self.shop.emit(ActionWaiting(self.job.id, self.seller[0], "for money that may come free"))
            await self.desk.wall.pause()
            self._say_waited(self.shop.clock.monotonic() - asked, Wait.MONEY)

    async def _ask(self, exchange: Exchange) -> Sent:
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
        self.desk.stops.note(purchase, outcome)
        decision = decide(outcome, before, self.shop.jitter())
        if isinstance(decision, Retry) and not self.shop.limiter.may_retry(purchase.provider, outcome):
            decision = give_up(outcome)
        cost = charge(purchase, reservation.amount, outcome)
        self._say_ended(purchase, outcome, exchange.took, cost)
        keeps = isinstance(decision, Retry) and not cost and exchange.trouble is None
        if exchange.unfinished:
            self._book(purchase, outcome, cost)
            await self.shop.ledger.put_off(reservation)
        else:
            await self._settle(exchange, outcome, cost, keep=keeps)
        self.pending = None
        if cost > reservation.amount:
            await self.desk.wall.close(reasons.overcharged(purchase, reservation.amount, cost))
        if exchange.trouble is not None and exchange.stored is None:
            raise exchange.trouble
        return Attempt(outcome, decision, exchange.stored, reservation, cost, keeps)

    async def _settle(self, exchange: Exchange, outcome: Outcome, cost: Usd, *, keep: bool) -> None:
        """Book it, with its bytes where they are stored by now."""
        self._book(exchange.purchase, outcome, cost)
        digest = exchange.stored.digest if exchange.stored is not None else ""
        await self.shop.ledger.settle(exchange.reservation, outcome, cost, keep=keep, digest=digest)

    async def _reserve(self, purchase: Purchase, last: Attempt | None) -> Reservation | None:
        if purchase.price is None:
            raise reasons.unpriced(self.job, purchase)
        if self.desk.wishes.frozen:
            raise reasons.frozen(self.job)
        instead = last.reservation if last is not None and last.keeps else None
        self.pending = await self.desk.wall.reserve(
            purchase, self.job.id, self.attempts + 1, purchase.price, instead=instead
        )
        if self.pending is not None:
            self.attempts += 1
            self.asked = True
            if self._is_last(purchase):
                self.desk.wall.turns.passed(self.job.id)
        return self.pending

    async def _let_go(self, last: Attempt | None) -> None:
        """Free the money that was kept for an attempt that is not made."""
        if last is not None and last.keeps and last.reservation is not None:
            await self.shop.ledger.settle(last.reservation, last.outcome, Usd())

    def _is_last(self, purchase: Purchase) -> bool:
        return any(candidate.purchases[-1] is purchase for candidate in self.job.candidates)

    def _book(self, purchase: Purchase, outcome: Outcome, cost: Usd) -> None:
        if outcome.kind is OutcomeClass.UNKNOWN:
            self.unknown += cost
        else:
            self.paid += cost
        record = CostRecord(
            self.shop.clock.now(),
            self.job.kind,
            purchase.model,
            purchase.provider,
            purchase.request.units,
            cost,
        )
        if outcome.good or cost:
            self.shop.costs.record(record)

    def _say_ended(self, purchase: Purchase, outcome: Outcome, seconds: float, cost: Usd) -> None:
        who, took = (purchase.provider, purchase.model), round(seconds, 3)
        self.shop.emit(CallEnded(self.job.id, self.job.kind, *who, outcome.kind, outcome.code, took, cost))

    def _say_retry(self, purchase: Purchase, attempt: Attempt) -> None:
        assert isinstance(attempt.decision, Retry)
        outcome, retry = attempt.outcome, attempt.decision
        self.shop.emit(
            ActionRetry(
                self.job.id,
                purchase.provider,
                purchase.model,
                outcome.code,
                outcome.message,
                retry.number,
                retry.of,
                round(retry.wait, 3),
            )
        )

    def _say_failed_over(self, candidate: Candidate, following: Candidate, outcome: Outcome) -> None:
        one, other = candidate.offer, following.offer
        self.shop.emit(
            ActionFailedOver(
                self.job.id,
                outcome.code,
                outcome.message,
                one.provider,
                one.model,
                other.provider,
                other.model,
                asked=self.asked,
            )
        )

    def _say_waiting(self) -> None:
        self.shop.emit(ActionWaiting(self.job.id, self.seller[0], "another process is making it"))

    def _say_waited(self, seconds: float, reason: Wait = Wait.PROCESS) -> None:
        if seconds >= TELLING:
            self.shop.emit(ActionWaited(self.job.id, *self.seller, reason, round(seconds, 3)))


def _nothing() -> None:
    """There is nothing to look at."""


def _bought(purchase: Purchase, attempt: Attempt, candidate: Candidate) -> Generated:
    content, entry = attempt.outcome.content, attempt.stored
    assert content is not None, "a good outcome has content"
    assert entry is not None, "what is good is stored, or an error"
    return Generated(purchase, content, entry.digest, attempt.cost, fresh=True, degraded=candidate.degraded)


def _from_cache(purchase: Purchase, remembered: Remembered, candidate: Candidate) -> Generated:
    entry = remembered.entry
    content = Content(remembered.data, entry.media_type, sample_rate=entry.sample_rate)
    return Generated(purchase, content, entry.digest, entry.paid, fresh=False, degraded=candidate.degraded)


def _wait(state: RetryCallState) -> float:
    decision = _attempt_of(state).decision
    assert isinstance(decision, Retry)
    return decision.wait


def _attempt_of(state: RetryCallState) -> Attempt:
    assert state.outcome is not None
    attempt = state.outcome.result()
    assert isinstance(attempt, Attempt)
    return attempt
