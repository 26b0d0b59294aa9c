"""What killed runs left in the journal is brought to an end: the normal way to begin."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.core.actions import Kind
from assetgen.core.errors import AssetGenerationError, CacheError
from assetgen.core.journal import OPEN, Recovered, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content, Outcome, OutcomeClass
from assetgen.core.ports import CacheEntry
from assetgen.core.provider import JobService
from assetgen.core.requests import ImageRequest
from assetgen.execution.charging import charge
from assetgen.execution.exchange import Exchange
from assetgen.execution.workshop import Workshop

logger = logging.getLogger("assetgen")

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Recovery:
    """Ends attempts that are not final: by their answers, by their job, or as unknown."""

    shop: Workshop

    async def all(self, rows: Sequence[Row]) -> list[Recovered]:
        """End every one of these rows that nobody is at work on."""
        places = asyncio.Semaphore(AT_ONCE)

        async def one(row: Row) -> Recovered | None:
            async with places:
                return await self._alone(row)

        found = await asyncio.gather(*(one(row) for row in rows))
        return [recovered for recovered in found if recovered is not None]

    async def _alone(self, row: Row) -> Recovered | None:
        with self.shop.cache.lock(row.purchase.key) as had:
            now = await self.shop.ledger.standing(row.purchase.key) if had else None
            if now is None or now.id != row.id:
                return None
            try:
                after = await self.end(now)
            except AssetGenerationError as error:
                logger.warning("the attempt for %r can't be ended now: %s", row.action, error.message)
                return None
            except Exception:
                # It stays as it is: whoever needs this asset will meet the bug again, and others are not in its way.
                logger.exception("a bug while ending the attempt for %r", row.action)
                return None
            return Recovered(after, now.state)

    async def end(self, row: Row) -> Row:
        """End one attempt, under the lock of its purchase; returns the row as it is then.

        Raises:
            StorageError: What was paid for can't be stored, or the ledger can't be written.
        """
        if row.purchase.provider in self.shop.providers and (row.state in OPEN or self._can_be_asked(row)):
            await self._end(row)
        return await self.shop.ledger.row(row.id)

    def _can_be_asked(self, row: Row) -> bool:
        """Whether a job service may know by now what became of it."""
        return row.state is RowState.UNKNOWN and isinstance(self.shop.providers[row.purchase.provider], JobService)

    async def _end(self, row: Row) -> None:
        if await self._is_stored(row):
            return
        exchange = Exchange(self.shop, row.purchase, row.reservation)
        outcome = await exchange.resume(row)
        if exchange.unfinished:
            return
        cost = charge(row.purchase, row.reserved, outcome)
        if row.state is RowState.RECEIVED:
            outcome, cost = outcome if outcome.good else _LOST, row.booked
        await self.shop.ledger.settle(row.reservation, outcome, cost)
        if outcome.content is not None:
            await self._store(row, outcome.content, cost)

    async def _is_stored(self, row: Row) -> bool:
        """Whether the run was ended between storing these very bytes and writing that down."""
        try:
            entry = await self.shop.work(self.shop.cache.find, row.purchase.key)
        except CacheError:
            return False
        if entry is None or not _is_of(entry, row):
            return False
        if row.state is not RowState.RECEIVED:
            await self.shop.ledger.settle(row.reservation, Outcome(OutcomeClass.GOOD), entry.paid)
        await self.shop.ledger.stored(row.reservation, entry.digest)
        return True

    async def _store(self, row: Row, content: Content, paid: Usd) -> None:
        kind = Kind.IMAGE if isinstance(row.purchase.request, ImageRequest) else Kind.SUBTITLE
        entry = await self.shop.work(
            self.shop.cache.keep, row.purchase, content, kind, paid, self.shop.clock.now(), row.token
        )
        await self.shop.ledger.stored(row.reservation, entry.digest)


def _is_of(entry: CacheEntry, row: Row) -> bool:
    """Whether an attempt brought what the cache has. Where it is not said, as once, the clock has to tell."""
    return entry.attempt == row.token if entry.attempt else entry.stored >= row.sent


_LOST = Outcome(OutcomeClass.UNUSABLE, "cache", "it was bought, and its bytes were lost before they were stored")
