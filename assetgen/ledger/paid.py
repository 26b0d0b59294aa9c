"""The ledger of a run that pays: every attempt a row, every sum under its wall, every answer kept until it is used."""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from assetgen.core import durable
from assetgen.core.errors import StorageError
from assetgen.core.jobs import Purchase
from assetgen.core.journal import OPEN, REBOUGHT, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import Clock
from assetgen.core.requests import Answer
from assetgen.ledger import accounts, rows, walls
from assetgen.ledger.accounts import NOBODY, Presence
from assetgen.ledger.database import explained
from assetgen.ledger.departures import Departures
from assetgen.ledger.spool import Spool
from assetgen.ledger.walls import Limits, Place
from assetgen.ledger.writer import Writer

T = TypeVar("T")

RUNS = "runs"
SPOOL = "spool"
DEPARTURES = "departures"

_ENDS = {
    OutcomeClass.GOOD: RowState.RECEIVED,
    OutcomeClass.UNKNOWN: RowState.UNKNOWN,
    OutcomeClass.UNUSABLE: RowState.UNUSABLE,
    OutcomeClass.FAILED: RowState.FAILED,
    OutcomeClass.REFUSED: RowState.RELEASED,
    OutcomeClass.NOT_SENT: RowState.RELEASED,
}

_UNREAD = frozenset({RowState.RELEASED, RowState.FAILED, RowState.DECLINED, RowState.STORED})
"""Nobody needs the answers to such an attempt any more."""


@dataclass(frozen=True, slots=True)
class Payer:
    """For whom a run pays, and how much at most.

    Attributes:
        cache: The id of the cache that the bytes go to.
        out: The output folder that the account belongs to.
        project: The folder that the limits of a day and a month belong to.
        hosts: By provider, the class of its address, `real` or `loopback`.
        askers: By provider, a mark of its address and key, from which neither can be learnt.
    """

    cache: str
    out: str
    project: str
    hosts: Mapping[str, str]
    limits: Limits = Limits()
    askers: Mapping[str, str] = field(default_factory=dict)


class PaidLedger:
    """The port `Ledger` on a database in the state folder."""

    def __init__(self, folder: Path, payer: Payer, clock: Clock) -> None:
        self.run = secrets.token_hex(8)
        self._folder = folder
        self._payer = payer
        self._clock = clock
        self._spool = Spool(folder / SPOOL)
        self._present = Presence(folder / RUNS)
        self._departures = Departures(folder / DEPARTURES, self.run)
        self._accounts: dict[str, int] = {}
        self._writer = Writer(folder)
        self._stack = ExitStack()

    async def join(self) -> None:
        """Be under way, and join the open accounts of the output folder, or open them.

        Raises:
            StorageError: The state folder can't be used.
        """
        try:
            with explained(self._folder):
                await asyncio.to_thread(self._prepare)
            self._accounts = await self._writer.do(self._join)
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        durable.make_folder(self._folder / SPOOL, 0o700)
        durable.probe(self._folder)
        self._stack.enter_context(self._present.of(self.run))
        self._present.sweep()
        self._departures.open()
        self._spool.sweep()

    def _join(self, connection: sqlite3.Connection) -> dict[str, int]:
        accounts.let_go(connection, self._present)
        # First what is there, then what is needed: another run's row is always older than its answers.
        there = self._spool.tokens()
        for token in there - rows.needing_answers(connection):
            self._spool.drop(token)
        self._departures.sweep(lambda: {*rows.runs_sending(connection), *self._present.all()})
        hosts = sorted(set(self._payer.hosts.values()))
        now = self._clock.now()
        return {host: accounts.join(connection, self.run, self._payer.out, host, now) for host in hosts}

    async def leave(self, exit_code: int) -> None:
        """Leave the accounts: those whose last run ends by itself are closed."""
        try:
            await self._writer.do(lambda connection: self._leave_accounts(connection, exit_code))
        finally:
            self.close()

    def _leave_accounts(self, connection: sqlite3.Connection, exit_code: int) -> None:
        accounts.leave(connection, self.run, exit_code, self._clock.now(), self._present)
        self._departures.sweep(lambda: {*rows.runs_sending(connection), *self._present.all() - {self.run}})

    def close(self) -> None:
        """Let go of everything, as a kill would."""
        self._writer.close()
        self._departures.close()
        self._spool.close()
        self._stack.close()

    async def standing(self, key: str) -> Row | None:
        return (await self.standings([key])).get(key)

    async def row(self, identifier: int) -> Row:
        return self._here(await self._ask(lambda connection: rows.one(connection, identifier)))

    async def standings(self, keys: Iterable[str]) -> Mapping[str, Row]:
        found = await self._ask(lambda connection: rows.standing(connection, self._payer.cache, keys))
        return {key: self._here(row) for key, row in found.items()}

    async def reserve(
        self, purchase: Purchase, job: str, attempt: int, amount: Usd, *, instead: Reservation | None = None
    ) -> Reservation:
        def write(connection: sqlite3.Connection) -> Reservation:
            if instead is not None:
                connection.execute("UPDATE call SET kept = 0, booked = 0 WHERE id = ? AND kept = 1", (instead.row,))
            row = self._row(purchase, job, attempt, amount)
            place = Place(row.account, row.project, row.host, rows.day_of(connection, row))
            walls.check(connection, self._payer.limits, place, amount, self._present.__contains__)
            try:
                return replace(row, id=rows.insert(connection, row, place.day)).reservation
            except sqlite3.IntegrityError as error:
                raise StorageError(
                    f"`{job}` has an attempt in the ledger already; nothing was sent",
                    help="run again; `assetgen ledger show` lists it",
                ) from error

        # Whoever is cancelled sends nothing: a row for it would speak of a request that never was.
        return await self._writer.do(write, droppable=True)

    def leaving(self, reservation: Reservation) -> None:
        self._departures.note(reservation.token)

    def may_have_left(self, row: Row) -> bool:
        # Whoever is still at work on it may yet send it, whatever became of the lock that should keep others away.
        at_work = row.run != self.run and row.run in self._present
        return at_work or self._departures.has(row.run, row.token)

    def received(self, reservation: Reservation, answer: Answer) -> None:
        self._spool.keep(reservation.token, answer)

    def last(self, reservation: Reservation) -> None:
        self._spool.last(reservation.token)

    def answers(self, reservation: Reservation) -> Sequence[Answer]:
        return self._spool.read(reservation.token)

    async def adopt(self, reservation: Reservation, jobs: Sequence[str]) -> str | None:
        def write(connection: sqlite3.Connection) -> str | None:
            others = rows.jobs_of_others(connection, jobs, reservation.row)
            job = next((one for one in jobs if one not in others), None)
            if job is not None:
                rows.change(connection, reservation.row, RowState.ACCEPTED, job=job)
            return job

        return await self._writer.do(write)

    async def settle(
        self, reservation: Reservation, outcome: Outcome, cost: Usd, *, keep: bool = False, digest: str = ""
    ) -> None:
        state = RowState.STORED if digest else _end(outcome)
        booked = reservation.amount if keep else cost
        facts: dict[str, str | int] = {
            "code": outcome.code,
            "message": outcome.message[:300],
            "kept": int(keep),
            "booked": booked.micros,
            **({"digest": digest} if digest else {}),
        }
        await self._change(reservation, state, **facts)
        if state in _UNREAD:
            self._let_go(reservation)

    async def put_off(self, reservation: Reservation) -> None:
        def write(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE call SET run = ? WHERE id = ?", (NOBODY, reservation.row))

        await self._writer.do(write)

    async def stored(self, reservation: Reservation, digest: str) -> None:
        await self._change(reservation, RowState.STORED, digest=digest)
        self._let_go(reservation)

    async def abandon(self, row: Row) -> None:
        await self._leave(row, {RowState.UNKNOWN}, RowState.ABANDONED)

    async def supersede(self, row: Row) -> None:
        if row.gone or not row.here:
            await self._leave(row, REBOUGHT, RowState.SUPERSEDED)

    async def unfinished(self, states: Collection[RowState] = OPEN) -> Sequence[Row]:
        found = await self._ask(lambda connection: rows.of_states(connection, states, self._payer.cache))
        return [self._here(row) for row in found if row.host == self._payer.hosts.get(row.purchase.provider)]

    async def spent(self) -> Usd:
        found = await self._ask(accounts.accounts)
        mine = [account.booked for account in found if account.id in self._accounts.values()]
        return max(mine, default=Usd())

    async def over_life(self, keys: Iterable[str]) -> tuple[Usd, Usd]:
        return await self._ask(lambda connection: rows.sums(connection, self._payer.cache, keys))

    def _let_go(self, reservation: Reservation) -> None:
        """What a kill leaves of its answers is swept by the next run."""
        self._spool.drop(reservation.token)

    def _row(self, purchase: Purchase, job: str, attempt: int, amount: Usd) -> Row:
        host = self._payer.hosts[purchase.provider]
        return Row(
            0,
            self._payer.cache,
            purchase,
            host,
            self._accounts[host],
            self._payer.project,
            self.run,
            job,
            attempt,
            RowState.SENDING,
            secrets.token_hex(16),
            amount,
            amount,
            self._clock.now(),
            asker=self._payer.askers.get(purchase.provider, ""),
        )

    def _here(self, row: Row) -> Row:
        ours = row.asker == self._payer.askers.get(row.purchase.provider, "")
        return replace(row, here=row.account in self._accounts.values(), ours=ours)

    async def _change(self, reservation: Reservation, state: RowState, **facts: str | int) -> None:
        await self._writer.do(lambda connection: rows.change(connection, reservation.row, state, **facts))

    async def _leave(self, row: Row, states: Collection[RowState], state: RowState) -> None:
        await self._writer.do(lambda connection: rows.leave(connection, row.id, states, state))

    async def _ask(self, question: Callable[[sqlite3.Connection], T]) -> T:
        return await self._writer.do(question, writes=False)


def _end(outcome: Outcome) -> RowState:
    """The state of a settled attempt. A job that ran and failed would do so, and be paid for, once more."""
    if outcome.code == "content_refused":
        return RowState.DECLINED
    if outcome.kind is OutcomeClass.FAILED and outcome.status != 500:
        return RowState.UNUSABLE
    return _ENDS[outcome.kind]
