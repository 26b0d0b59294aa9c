"""The ledger for commands that look at it, or settle by the user's word what nobody else can."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assetgen.core.errors import ValidationError
from assetgen.core.journal import STANDING, Account, Row, RowState
from assetgen.core.money import Usd
from assetgen.ledger import accounts, database, rows, walls
from assetgen.ledger.accounts import Presence
from assetgen.ledger.database import Database
from assetgen.ledger.paid import RUNS

SHORTEST_KEY = 8
"""How much of a key has to be given."""

_UNSURE = frozenset({RowState.SENDING, RowState.ACCEPTED, RowState.UNKNOWN})


class Journal:
    """All rows and accounts of one state folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._present = Presence(folder / RUNS)

    @classmethod
    def find(cls, folder: Path) -> Journal | None:
        """The ledger in a folder; None where nothing was ever paid there."""
        return cls(folder) if database.exists(folder) else None

    def rows(self, states: Collection[RowState] | None = None) -> list[Row]:
        """Attempts, the oldest first; `here` says that its account is open. Raises StorageError."""
        with self._reading() as connection:
            return rows.of_states(connection, tuple(RowState) if states is None else states)

    def standing(self, cache: str) -> dict[str, Row]:
        """By key, the rows that count for the purchases of a cache."""
        with self._reading() as connection:
            return {row.purchase.key: row for row in rows.of_states(connection, STANDING, cache)}

    def accounts(self) -> list[Account]:
        """The newest first."""
        with self._reading() as connection:
            return accounts.accounts(connection)

    def open_account(self, out: str, host: str) -> Usd:
        """What counts against the budget of an output folder that was interrupted; nothing where none is open."""
        found = (one for one in self.accounts() if one.closed is None and (one.out, one.host) == (out, host))
        return next((account.booked for account in found), Usd())

    def spent_on(self, project: str, host: str, day: dt.date) -> tuple[Usd, Usd]:
        """What counts for a project on a day and in its month."""
        with self._reading() as connection:
            spent = (walls.spent_in(connection, project, host, span) for span in (day.isoformat(), f"{day:%Y-%m}"))
            today, month = spent
            return today, month

    def assume_paid(self, key: str, cache: str = "") -> Row:
        """Book an unknown outcome as paid, by the user's word: its bytes count as lost. It may be of one cache alone.

        Raises:
            ValidationError: No unknown outcome has a key that begins so, or several have.
        """
        return self._assume(key, cache, RowState.LOST)

    def assume_unpaid(self, key: str, cache: str = "") -> Row:
        """Free the money and the key of an unknown outcome, by the user's word. Raises as `assume_paid`."""
        return self._assume(key, cache, RowState.RELEASED, booked=0)

    def _assume(self, key: str, cache: str, state: RowState, **facts: int) -> Row:
        with self._writing() as connection:
            unsure = rows.of_states(connection, _UNSURE, cache)
            row = _by_key([row for row in unsure if row.run not in self._present], key)
            rows.change(connection, row.id, state, kept=0, **facts)
            return rows.one(connection, row.id)

    def discard(self, cache: str, keys: Iterable[str]) -> int:
        """Let purchases whose bytes are cleared from a cache be bought again. Returns how many rows that moved."""
        moved = 0
        with self._writing() as connection:
            for key in keys:
                row = rows.standing(connection, cache, [key]).get(key)
                if row is not None and row.state is RowState.STORED:
                    rows.change(connection, row.id, RowState.DISCARDED)
                    moved += 1
        return moved

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(Database.open(self._folder)) as opened, opened.reading() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(Database.open(self._folder)) as opened, opened.writing() as connection:
            yield connection


def _by_key(unsure: list[Row], key: str) -> Row:
    found = [row for row in unsure if row.purchase.key.startswith(key)] if len(key) >= SHORTEST_KEY else []
    if len(found) == 1:
        return found[0]
    if found:
        raise ValidationError(f"{len(found)} keys begin with `{key}`", help="give more of the key")
    raise ValidationError(
        f"no attempt of unknown outcome has the key `{key}`", help="`assetgen ledger show --unknown` lists them"
    )
