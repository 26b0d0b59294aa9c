"""A ledger in memory that writes down every step, and has a wall."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from assetgen.core.errors import StorageError, WallError
from assetgen.core.jobs import Purchase
from assetgen.core.journal import OPEN, REBOUGHT, STANDING, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import Clock
from assetgen.core.requests import Answer, Source

ENDS = {
    OutcomeClass.GOOD: RowState.RECEIVED,
    OutcomeClass.UNKNOWN: RowState.UNKNOWN,
    OutcomeClass.UNUSABLE: RowState.UNUSABLE,
    OutcomeClass.FAILED: RowState.FAILED,
    OutcomeClass.REFUSED: RowState.RELEASED,
    OutcomeClass.NOT_SENT: RowState.RELEASED,
}
UNSURE = frozenset({RowState.SENDING, RowState.ACCEPTED, RowState.UNKNOWN, RowState.ABANDONED})
WHEN = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
ORDER = tuple(Source)


class MemoryLedger:
    """The port `Ledger` for one run and one account.

    Attributes:
        steps: What was done, in words.
        rows: Every attempt, by its id.
        kept: The answers to an attempt.
        left: The attempts that were sent.
        lasting: The attempts whose answers survive a power failure.
        trouble: What keeping an answer raises from now on.
    """

    def __init__(self, wall: Usd | None = None, clock: Clock | None = None) -> None:
        self.steps: list[str] = []
        self.rows: dict[int, Row] = {}
        self.kept: dict[int, list[Answer]] = {}
        self.left: set[int] = set()
        self.lasting: list[int] = []
        self.trouble: StorageError | None = None
        self.wall = wall
        self._set_aside: set[int] = set()
        self._clock = clock

    @property
    def booked(self) -> dict[int, Usd]:
        return {name: row.booked for name, row in self.rows.items()}

    @property
    def states(self) -> list[str]:
        return [row.state.value for row in self.rows.values()]

    async def standing(self, key: str) -> Row | None:
        return next((one for one in self.rows.values() if one.purchase.key == key and one.state in STANDING), None)

    async def row(self, identifier: int) -> Row:
        return self.rows[identifier]

    async def standings(self, keys: Iterable[str]) -> Mapping[str, Row]:
        found = {key: await self.standing(key) for key in keys}
        await asyncio.sleep(0)  # others go on meanwhile, as they do while a disk is asked
        return {key: row for key, row in found.items() if row is not None}

    async def reserve(
        self, purchase: Purchase, job: str, attempt: int, amount: Usd, *, instead: Reservation | None = None
    ) -> Reservation:
        if await self.standing(purchase.key) is not None:
            raise StorageError(f"`{job}` has an attempt in the ledger already; nothing was sent")
        freed = Usd()
        if instead is not None and instead.row in self._set_aside:
            freed = self.rows[instead.row].booked
        if self.wall is not None and await self.spent() - freed + amount > self.wall:
            raise WallError(f"`{job}` does not fit", waiting_helps=self._under_way(instead))
        if instead is not None and instead.row in self._set_aside:
            self._let_go(instead.row)
        self.steps.append(f"reserve {amount}")
        row = self.add(purchase, job, RowState.SENDING, amount, attempt=attempt)
        self.left.discard(row.id)
        return row.reservation

    def add(
        self, purchase: Purchase, job: str, state: RowState, amount: Usd, *, here: bool = True, attempt: int = 1
    ) -> Row:
        """Write a row as an earlier run would have left it, `here` in the account that is still open."""
        number = len(self.rows) + 1
        sent = self._clock.now() if self._clock is not None else WHEN
        token = f"token-{number}"
        row = Row(number, "cache", purchase, "real", 1, "/p", "run", job, attempt, state, token, amount, amount, sent)
        self.rows[number] = replace(row, here=here)
        self.left.add(number)
        return self.rows[number]

    def close_account(self) -> None:
        """The run ends by itself: what it bought is of the past."""
        self.rows = {number: replace(row, here=False) for number, row in self.rows.items()}

    def leaving(self, reservation: Reservation) -> None:
        self.left.add(reservation.row)

    def may_have_left(self, row: Row) -> bool:
        return row.id in self.left

    def received(self, reservation: Reservation, answer: Answer) -> None:
        if self.trouble is not None:
            raise self.trouble
        others = [one for one in self.kept.get(reservation.row, []) if one.source is not answer.source]
        self.kept[reservation.row] = sorted([*others, answer], key=lambda one: ORDER.index(one.source))
        self.steps.append(f"received {answer.status}")

    def last(self, reservation: Reservation) -> None:
        self.lasting.append(reservation.row)

    def answers(self, reservation: Reservation) -> Sequence[Answer]:
        return self.kept.get(reservation.row, [])

    async def adopt(self, reservation: Reservation, jobs: Sequence[str]) -> str | None:
        others = {row.job for number, row in self.rows.items() if number != reservation.row}
        job = next((one for one in jobs if one not in others), None)
        if job is not None:
            self._change(reservation.row, state=RowState.ACCEPTED, job=job)
            self.steps.append(f"adopt {job}")
        return job

    async def settle(
        self, reservation: Reservation, outcome: Outcome, cost: Usd, *, keep: bool = False, digest: str = ""
    ) -> None:
        failed_job = outcome.kind is OutcomeClass.FAILED and outcome.status != 500
        state = RowState.UNUSABLE if failed_job else ENDS[outcome.kind]
        state = RowState.DECLINED if outcome.code == "content_refused" else state
        state = RowState.STORED if digest else state
        booked = reservation.amount if keep else cost
        self._change(reservation.row, state=state, booked=booked, code=outcome.code, message=outcome.message)
        self._set_aside.discard(reservation.row)
        if keep:
            self._set_aside.add(reservation.row)
        if state in {RowState.RELEASED, RowState.FAILED, RowState.DECLINED, RowState.STORED}:
            self.kept.pop(reservation.row, None)
        self.steps.append(f"settle {outcome.kind.value} {cost}{' kept' if keep else ''}{' stored' if digest else ''}")

    async def put_off(self, reservation: Reservation) -> None:
        self._change(reservation.row, run="")
        self.steps.append("put off")

    async def stored(self, reservation: Reservation, digest: str) -> None:
        self._change(reservation.row, state=RowState.STORED, digest=digest)
        self.kept.pop(reservation.row, None)
        self.steps.append("stored")

    async def abandon(self, row: Row) -> None:
        if self.rows[row.id].state is RowState.UNKNOWN:
            self._change(row.id, state=RowState.ABANDONED)
            self.steps.append("abandon")

    async def supersede(self, row: Row) -> None:
        if not row.here and self.rows[row.id].state in REBOUGHT:
            self._change(row.id, state=RowState.SUPERSEDED)
            self.steps.append("supersede")

    async def unfinished(self, states: Collection[RowState] = OPEN) -> Sequence[Row]:
        return [row for row in self.rows.values() if row.state in states]

    async def spent(self) -> Usd:
        return Usd.sum(self.booked.values())

    async def over_life(self, keys: Iterable[str]) -> tuple[Usd, Usd]:
        wanted = set(keys)
        mine = [row for row in self.rows.values() if row.purchase.key in wanted]
        return Usd.sum(row.booked for row in mine), Usd.sum(row.booked for row in mine if row.state in UNSURE)

    def _under_way(self, instead: Reservation | None) -> bool:
        kept = self._set_aside - ({instead.row} if instead is not None else set())
        on_the_way = {RowState.SENDING, RowState.ACCEPTED}
        return bool(kept) or any(row.run and row.state in on_the_way for row in self.rows.values())

    def _let_go(self, number: int) -> None:
        self._set_aside.discard(number)
        self._change(number, booked=Usd())

    def _change(self, number: int, **facts: object) -> None:
        self.rows[number] = replace(self.rows[number], **facts)  # type: ignore[arg-type]
