"""How the bytes of one job are come by, step by step. Written once; executors never repeat it.

look up      bought before, still whole?
per attempt: throttle, reserve, call, inspect, settle
             then: store, retry, the next seller, hold, or fail
store        the blob, its sidecar, the index
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_never

from assetgen.core.costs import CostRecord
from assetgen.core.errors import ApiError, AssetGenerationError, CacheError, MissingKeyError
from assetgen.core.events import ActionFailedOver, ActionRetry, ActionWaiting
from assetgen.core.jobs import Candidate, Job, Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content, Outcome, OutcomeClass
from assetgen.core.ports import AttemptError, Remembered, Reservation
from assetgen.core.results import Generated
from assetgen.execution.deciding import Accept, Decision, Hold, NextSeller, Retry, decide
from assetgen.execution.locks import KeyLocks
from assetgen.execution.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, how it ended, and what follows."""

    reservation: Reservation
    outcome: Outcome
    decision: Decision


@dataclass(slots=True)
class Production:
    """One job's way to its bytes. `attempts` and `paid` tell afterwards what was tried and what it cost."""

    job: Job
    shop: Workshop
    locks: KeyLocks
    again: bool = False
    attempts: int = 0
    paid: Usd = Usd()
    unknown: Usd = Usd()
    seller: tuple[str, str] = ("", "")
    made: list[Generated] = field(default_factory=list)

    async def __call__(self) -> tuple[Generated, ...]:
        """The job's purchases from the first seller that has them all.

        Raises:
            AssetGenerationError: No seller could; it says what each of them said.
        """
        found = None if self.again else await self._look_up()
        self.made = list(found or await self._buy_from_first_able())
        return tuple(self.made)

    async def _look_up(self) -> list[Generated] | None:
        """Everything from the cache, where one seller of the asset's own model had been paid for all of it."""
        for candidate in self.job.candidates:
            if candidate.degraded:
                continue
            remembered = [await self._remembered(one) for one in candidate.purchases]
            if all(remembered):
                pairs = zip(candidate.purchases, remembered, strict=True)
                return [_from_cache(purchase, one, candidate) for purchase, one in pairs if one is not None]
        return None

    async def _remembered(self, purchase: Purchase) -> Remembered | None:
        """What the cache has of a purchase. Damage is an error, but what was free is just made again."""
        try:
            return await self.shop.work(self.shop.cache.load, purchase.key)
        except CacheError as error:
            if error.gone and purchase.price == Usd():
                return None
            raise

    async def _buy_from_first_able(self) -> list[Generated]:
        able = [candidate for candidate in self.job.candidates if not candidate.unavailable]
        if not able:
            raise _nobody(self.job)
        said: list[Outcome] = []
        for candidate, following in zip(able, [*able[1:], None], strict=True):
            outcome, generated = await self._buy_all(candidate)
            if outcome is None:
                return generated
            said.append(outcome)
            if following is not None:
                self._say_failed_over(candidate, following, outcome)
        raise _all_failed(self.job, able, said)

    async def _buy_all(self, candidate: Candidate) -> tuple[Outcome | None, list[Generated]]:
        """All purchases of one seller, or the outcome for which the next one is asked."""
        self.seller = (candidate.offer.provider, candidate.offer.model)
        generated = []
        for purchase in candidate.purchases:
            bought = await self._obtain(purchase, candidate)
            if isinstance(bought, Outcome):
                return bought, []
            generated.append(bought)
        return None, generated

    async def _obtain(self, purchase: Purchase, candidate: Candidate) -> Generated | Outcome:
        """One purchase under its lock: by another job or process meanwhile, or bought now."""
        async with self.locks.hold(purchase.key, lambda: self._say_waiting(purchase)):
            remembered = None if self.again else await self._remembered(purchase)
            if remembered is not None:
                return _from_cache(purchase, remembered, candidate)
            attempt = await self._attempt_until_decided(purchase)
            match attempt.decision:
                case Accept():
                    return await self._store(purchase, attempt, candidate)
                case NextSeller():
                    return attempt.outcome
                case decision:
                    raise _failure(self.job, purchase, attempt.outcome, decision)

    async def _attempt_until_decided(self, purchase: Purchase) -> Attempt:
        before: list[Outcome] = []
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda attempt: isinstance(attempt.decision, Retry)),
            wait=_wait,
            stop=stop_never,
            sleep=self.shop.clock.sleep,
            before_sleep=lambda state: self._say_retry(purchase, _attempt_of(state)),
        )
        return await retrying(self._attempt, purchase, before)

    async def _attempt(self, purchase: Purchase, before: list[Outcome]) -> Attempt:
        """One attempt: throttle, reserve, call, inspect, settle."""
        self.attempts += 1
        reservation, outcome = await self._call(purchase)
        cost = _charged(reservation, outcome)
        await self.shop.work(self.shop.ledger.settle, reservation, outcome, cost)
        self._book(purchase, outcome, cost)
        decision = decide(outcome, before, self.shop.jitter())
        before.append(outcome)
        return Attempt(reservation, outcome, decision)

    async def _call(self, purchase: Purchase) -> tuple[Reservation, Outcome]:
        provider = self.shop.providers[purchase.provider]
        async with self.shop.limiter.slot(purchase.provider):
            if purchase.price is None:
                raise _unpriced(self.job, purchase)
            reservation = await self.shop.work(
                self.shop.ledger.reserve, purchase, self.job.id, self.attempts, purchase.price
            )
            try:
                answer = await provider.call(provider.build(purchase.request))
            except AttemptError as error:
                return reservation, error.outcome
        await self.shop.work(self.shop.ledger.received, reservation, answer)
        return reservation, await self.shop.work(provider.read, answer, purchase.request)

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

    async def _store(self, purchase: Purchase, attempt: Attempt, candidate: Candidate) -> Generated:
        content, paid = attempt.outcome.content, attempt.reservation.amount
        assert content is not None, "a good outcome has content"
        entry = await self.shop.work(
            self.shop.cache.keep, purchase, content, self.job.kind, paid, self.shop.clock.now()
        )
        await self.shop.work(self.shop.ledger.stored, attempt.reservation, entry.digest)
        return Generated(purchase, content, entry.digest, paid, fresh=True, degraded=candidate.degraded)

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
                self.job.id, outcome.code, outcome.message, one.provider, one.model, other.provider, other.model
            )
        )

    def _say_waiting(self, purchase: Purchase) -> None:
        self.shop.emit(ActionWaiting(self.job.id, purchase.provider, "another process is making it"))


def _from_cache(purchase: Purchase, remembered: Remembered, candidate: Candidate) -> Generated:
    entry = remembered.entry
    content = Content(remembered.data, entry.media_type, sample_rate=entry.sample_rate)
    return Generated(purchase, content, entry.digest, entry.paid, fresh=False, degraded=candidate.degraded)


def _charged(reservation: Reservation, outcome: Outcome) -> Usd:
    """What an attempt counts for: nothing where it surely was not done, else all that was set aside."""
    free = {OutcomeClass.NOT_SENT, OutcomeClass.REFUSED}
    return Usd() if outcome.kind in free else reservation.amount


def _wait(state: RetryCallState) -> float:
    decision = _attempt_of(state).decision
    assert isinstance(decision, Retry)
    return decision.wait


def _attempt_of(state: RetryCallState) -> Attempt:
    assert state.outcome is not None
    attempt = state.outcome.result()
    assert isinstance(attempt, Attempt)
    return attempt


def _failure(job: Job, purchase: Purchase, outcome: Outcome, decision: Decision) -> AssetGenerationError:
    code = "outcome_unknown" if isinstance(decision, Hold) else outcome.code
    return ApiError(
        f"{purchase.provider}: {outcome.message}", action=job.id, details={"code": code}, help=_advice(code)
    )


def _advice(code: str) -> str:
    return {
        "content_refused": "reword the prompt",
        "outcome_unknown": "it may have been done and charged; it is held, and not sent again",
        "invalid_request": "change what the service names",
    }.get(code, "run again")


def _nobody(job: Job) -> MissingKeyError:
    reasons = dict.fromkeys(candidate.unavailable for candidate in job.candidates)
    return MissingKeyError(
        "no service can be asked for it: " + "; ".join(reasons),
        action=job.id,
        help="set a key, or try it free first: add --draft",
    )


def _all_failed(job: Job, able: Iterable[Candidate], said: list[Outcome]) -> ApiError:
    lines = [
        f"{candidate.offer.provider}/{candidate.offer.model}: {outcome.message}"
        for candidate, outcome in zip(able, said, strict=True)
    ]
    return ApiError("; ".join(lines), action=job.id, retryable=True, details={"code": said[-1].code}, help="run again")


def _unpriced(job: Job, purchase: Purchase) -> AssetGenerationError:
    name = f"{purchase.provider}/{purchase.model}"
    return ApiError(
        f"nobody knows the price of `{name}`",
        action=job.id,
        details={"code": "unpriced"},
        help=f"set `prices: {{{name}: …}}` in assetgen.yaml",
    )
