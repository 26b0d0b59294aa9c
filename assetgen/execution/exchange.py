"""One attempt's talk with its service: from wherever it stands to how it ends, also in a later run."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from assetgen.core.actions import Kind
from assetgen.core.errors import StorageError
from assetgen.core.jobs import Purchase
from assetgen.core.journal import Reservation, Row, RowState
from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass, Pending, Reading
from assetgen.core.ports import CacheEntry
from assetgen.core.provider import AttemptError, Fetcher, JobService, Provider
from assetgen.core.requests import Answer
from assetgen.execution.charging import charge
from assetgen.execution.workshop import Workshop

SKEW = 600.0
"""How far a service's clock may be behind ours."""
FETCHES = 4
"""How often an address is tried before the bytes are left for the next run."""
FIRST_WAIT = 0.5
REFUSING = 400
"""The status from which on an answer is short, and speaks perhaps of more than this request."""
ENDS = frozenset({200, 404, 410})
"""Statuses of an address that say how it is."""


@dataclass(slots=True)
class Exchange:
    """The one place where services are spoken to.

    Attributes:
        kind: Good bytes are stored as soon as they are read, for assets of this kind; None leaves that to others.
        took: Seconds that the service took so far, without what was done here.
        unfinished: No end could be learnt now, and a later run may learn it for nothing: the row stays as it is.
        trouble: An answer could not be kept, or its bytes not be stored; it is used all the same.
        stored: What the cache has of it now.
    """

    shop: Workshop
    purchase: Purchase
    reservation: Reservation
    kind: Kind | None = None
    took: float = 0.0
    unfinished: bool = False
    trouble: StorageError | None = None
    stored: CacheEntry | None = None
    _seconds: Decimal | None = None
    _job: str = ""

    async def ask(self) -> Answer | Reading:
        """Send the request, once: what came back, or how it ended without an answer. Meant for inside a slot.

        What is refused is read here already, so that whoever has the slot next knows of it.
        """
        call = dataclasses.replace(self._provider.build(self.purchase.request), token=self.reservation.token)
        try:
            with self._stopwatch():
                answer = await self._provider.call(call)
        except AttemptError as error:
            return error.outcome
        self.shop.tell(self.purchase.provider, answer)
        return await self._take(answer) if answer.status >= REFUSING else answer

    async def conclude(self, said: Answer | Reading) -> Outcome:
        """See it through to the end, whatever was said."""
        return await self._until_over(await self._take(said) if isinstance(said, Answer) else said)

    async def resume(self, row: Row) -> Outcome:
        """Go on where a run that was killed had come to: with its answers, its job, or by looking for the job."""
        reading: Reading | None = None
        for answer in await self.shop.work(self._left):
            reading = await self._read(answer)
        if reading is None and row.job:
            reading = Pending(row.job)
        if reading is None and row.state is RowState.SENDING and not await self.shop.work(self._may_have_left, row):
            return Outcome(OutcomeClass.NOT_SENT, "network", "the run that was to send it ended before it did")
        return await self._until_over(reading or _silence(row))

    def _left(self) -> Sequence[Answer]:
        """The answers that the other run kept; it may not have come to having them last."""
        self.shop.ledger.last(self.reservation)
        return self.shop.ledger.answers(self.reservation)

    def _may_have_left(self, row: Row) -> bool:
        return self.shop.ledger.may_have_left(row)

    @contextmanager
    def _stopwatch(self) -> Iterator[None]:
        began = self.shop.clock.monotonic()
        try:
            yield
        finally:
            self.took += self.shop.clock.monotonic() - began

    @property
    def _provider(self) -> Provider:
        return self.shop.providers[self.purchase.provider]

    async def _until_over(self, reading: Reading) -> Outcome:
        while not isinstance(reading, Outcome):
            try:
                with self._stopwatch():
                    answer = await self._go_on(reading)
            except AttemptError as error:
                return self._without_end(error.outcome)
            reading = await self._take(answer)
        if reading.kind is OutcomeClass.UNKNOWN:
            return await self._found_or(reading)
        return self._timed(reading)

    async def _go_on(self, reading: Pending | Elsewhere) -> Answer:
        match reading:
            case Pending(job):
                return await self._follow(job)
            case Elsewhere(url):
                return await self._fetch(url)

    async def _follow(self, job: str) -> Answer:
        service = self._provider
        assert isinstance(service, JobService), f"{service.name} speaks of jobs and can't be asked about them"
        self._job = job
        if await self.shop.ledger.adopt(self.reservation, [job]) is None:
            message = f"{service.name} gave this request the job `{job}`, which another request has"
            raise AttemptError(Outcome(OutcomeClass.UNKNOWN, "outcome_unknown", message))
        return await service.follow(job)

    async def _fetch(self, url: str) -> Answer:
        service = self._provider
        assert isinstance(service, Fetcher), f"{service.name} speaks of addresses and can't fetch them"
        for number in range(1, FETCHES):
            try:
                return _there_or_gone(await service.fetch(url))
            except AttemptError:
                await self.shop.clock.sleep(FIRST_WAIT * 2**number * self.shop.jitter())
        return _there_or_gone(await service.fetch(url))

    async def _take(self, answer: Answer) -> Reading:
        """Keep an answer, then read it. Where the disk refuses it, it is still worth all that was paid for it."""
        return await self._read(answer, keep=True)

    def _keep_read_and_store(self, answer: Answer, keep: bool) -> Reading:
        """All that is done to an answer on the disk, at one go: each way to another thread costs as much as a file.

        One that leaves no bytes in the cache is all that there is: it has to last by itself.
        """
        with self._troubled():
            if keep:
                self.shop.ledger.received(self.reservation, answer)
        reading = self._provider.read(answer, self.purchase.request)
        if isinstance(reading, Outcome) and self.kind is not None:
            self._store(self.kind, reading)
        with self._troubled():
            if keep and self.stored is None:
                self.shop.ledger.last(self.reservation)
        return reading

    @contextmanager
    def _troubled(self) -> Iterator[None]:
        try:
            yield
        except StorageError as error:
            self.trouble = error

    def _store(self, kind: Kind, outcome: Outcome) -> None:
        if outcome.content is not None:
            cost = charge(self.purchase, self.reservation.amount, self._timed(outcome))
            with self._troubled():
                self.stored = self.shop.cache.keep(
                    self.purchase, outcome.content, kind, cost, self.shop.clock.now(), self.reservation.token
                )

    def _timed(self, outcome: Outcome) -> Outcome:
        return outcome if self._seconds is None else dataclasses.replace(outcome, seconds=self._seconds)

    async def _read(self, answer: Answer, *, keep: bool = False) -> Reading:
        reading = await self.shop.work(self._keep_read_and_store, answer, keep)
        if isinstance(reading, Elsewhere):
            self._seconds = reading.seconds
            self._job = self._job or await self._named(reading.job)
        if isinstance(reading, Outcome) and reading.message:
            # Once more, after all escapes are undone: it is shown, written down and kept.
            return dataclasses.replace(reading, message=self.shop.redactor.text(reading.message))
        return reading

    async def _named(self, job: str) -> str:
        """Write down the id of a job that has ended at once: it is not to be taken for another one's later."""
        return await self.shop.ledger.adopt(self.reservation, [job]) or "" if job else ""

    async def _found_or(self, outcome: Outcome) -> Outcome:
        """A job whose acceptance was lost is looked for; other services can't be asked."""
        service = self._provider
        if outcome.kind is not OutcomeClass.UNKNOWN or not isinstance(service, JobService):
            return outcome
        if self._job:
            return self._without_end(outcome)
        await self.shop.clock.sleep(min(service.settle_time, max(0.0, service.settle_time - self._age())))
        try:
            jobs = await service.find(service.build(self.purchase.request), max(0.0, self._age()) + SKEW)
        except AttemptError as error:
            return self._without_end(error.outcome)
        job = await self.shop.ledger.adopt(self.reservation, jobs)
        if job is not None:
            return await self._until_over(Pending(job))
        if not self.reservation.ours:
            # Only who asks with the address and the key that it was sent with is told of it.
            return self._without_end(outcome)
        if 0 <= self._age() < service.listed_for:
            return Outcome(OutcomeClass.NOT_SENT, "network", f"it never arrived: {outcome.message}")
        return outcome

    def _without_end(self, outcome: Outcome) -> Outcome:
        """Trouble on the way to what is paid for: it is never a reason to send again."""
        self.unfinished = outcome.code != "expired"
        return Outcome(OutcomeClass.UNKNOWN, outcome.code, outcome.message)

    def _age(self) -> float:
        """Seconds since the request was sent, by a clock that may have been set since."""
        return (self.shop.clock.now() - self.reservation.sent).total_seconds()


def _there_or_gone(answer: Answer) -> Answer:
    """An address that says neither is asked again: what is paid for may still lie there. Raises AttemptError."""
    if answer.status in ENDS:
        return answer
    message = f"it is paid for, and its address answers with {answer.status}"
    raise AttemptError(Outcome(OutcomeClass.UNKNOWN, "download_failed", message))


def _silence(row: Row) -> Outcome:
    message = f"the run that sent it on {row.sent:%Y-%m-%d at %H:%M} UTC ended before an answer came"
    return Outcome(OutcomeClass.UNKNOWN, "outcome_unknown", message)
