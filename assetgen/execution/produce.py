"""How the bytes of one job are come by, step by step. Written once; executors never repeat it.

look up      bought before, still whole? under way, unknown, refused?
per attempt: throttle, reserve, call, inspect and store, settle
             then: done, retry, the next seller, hold, or fail
store        the blob, its sidecar, the index
"""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.core.errors import ApiError, CacheError
from assetgen.core.jobs import Candidate, Job, Purchase
from assetgen.core.journal import OPEN, STANDING, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content, Outcome
from assetgen.core.ports import Remembered
from assetgen.core.results import Generated
from assetgen.execution import reasons
from assetgen.execution.attempts import Attempt, Attempts
from assetgen.execution.deciding import Accept, Hold, NextSeller
from assetgen.execution.desk import Desk
from assetgen.execution.progress import Progress
from assetgen.execution.workshop import Workshop
from assetgen.planning.blocking import BOUGHT, blocking, counting, keys


@dataclass(slots=True)
class Production:
    """One job's way to its bytes.

    Attributes:
        again: Bought again although it is there.
        resolution: The purchases that the job came to before, where its first seller could not.
    """

    job: Job
    shop: Workshop
    desk: Desk
    again: bool = False
    resolution: tuple[str, ...] | None = None
    made: list[Generated] = field(default_factory=list)
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.job, self.shop)

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
            async with locks.hold(self.job.key, self.progress.say_waiting, self.progress.say_waited):
                self.made = list(await self._look_up() or await self._under_way() or await self._buy_from_first_able())
                await self._come_to_another()
        except ApiError as error:
            if self.job.id in self.desk.wishes.upgrading:
                raise reasons.stays(error) from error
            raise
        finally:
            wall.turns.passed(self.job.id)
        return tuple(self.made)

    async def _come_to_another(self) -> None:
        """Remember who made it, where somebody else did before: only once there is something in that one's place.

        So is a second seller of the first one's model, which is not to give way to what others buy from the first.
        """
        purchases = tuple(one.purchase.key for one in self.made)
        first = tuple(one.key for one in self.job.candidates[0].purchases) if self.job.candidates else purchases
        if purchases != (self.resolution or first):
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
        # Most purchases are new, and knowing that takes less than a way to another thread.
        return await self.shop.work(self._load, purchase) if self.shop.cache.knows(purchase.key) else None

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
            async with self.desk.locks.hold(row.purchase.key, self.progress.say_waiting, self.progress.say_waited):
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
                self.progress.say_failed_over(candidate, following, outcome)
        decisive = able[reasons.decisive(said)].offer
        self.progress.seller = (decisive.provider, decisive.model)
        raise reasons.all_failed(self.job, able, said)

    async def _buy_all(self, candidate: Candidate) -> tuple[Outcome | None, list[Generated]]:
        """All purchases of one seller, or the outcome for which the next one is asked."""
        self.progress.seller = (candidate.offer.provider, candidate.offer.model)
        self.progress.asked = False
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
        async with self.desk.locks.hold(purchase.key, self.progress.say_waiting, self.progress.say_waited):
            row = await self._standing(purchase)
            again = self.again and not (row is not None and row.here and row.state is RowState.STORED)
            remembered = None if again else await self._remembered(purchase)
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
            raise reasons.in_the_way(self.job, row, self.desk.wishes.too_risky(row))

    async def _buy(self, purchase: Purchase, candidate: Candidate) -> Generated | Outcome:
        while True:
            attempt = await Attempts(self.progress, self.shop, self.desk).until_decided(purchase)
            match attempt.decision:
                case Accept():
                    self.desk.bought.add(purchase.key)
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


def _bought(purchase: Purchase, attempt: Attempt, candidate: Candidate) -> Generated:
    content, entry = attempt.outcome.content, attempt.stored
    assert content is not None, "a good outcome has content"
    assert entry is not None, "what is good is stored, or an error"
    return Generated(purchase, content, entry.digest, attempt.cost, fresh=True, degraded=candidate.degraded)


def _from_cache(purchase: Purchase, remembered: Remembered, candidate: Candidate) -> Generated:
    entry = remembered.entry
    content = Content(remembered.data, entry.media_type, sample_rate=entry.sample_rate)
    return Generated(purchase, content, entry.digest, entry.paid, fresh=False, degraded=candidate.degraded)
