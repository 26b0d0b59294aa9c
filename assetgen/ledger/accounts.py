"""Budget accounts: one for each output folder and class of address, open while runs that joined it go on."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assetgen.core import durable
from assetgen.core.journal import Account
from assetgen.core.money import Usd
from assetgen.ledger.rows import UNSURE

ENDS = frozenset({0, 1, 3, 4, 6})
"""Exit codes of runs that end by themselves; after others, the same command goes on with the same money."""
NOBODY = ""
"""The run of an attempt that has no end yet and that nobody is at work on."""


class Presence:
    """Which runs are under way, by a lock of each that the kernel frees when its process ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def of(self, run: str) -> Iterator[None]:
        """Be under way as this run."""
        durable.make_folder(self._folder, 0o700)
        path = self._folder / run
        with contextlib.ExitStack() as stack:
            while not stack.enter_context(durable.lock(path)):
                stack.close()  # somebody looked at it, or swept it away, at this very moment
            try:
                yield
            finally:
                path.unlink(missing_ok=True)

    def __contains__(self, run: str) -> bool:
        return run != NOBODY and durable.holder(self._folder / run) is not None

    def all(self) -> set[str]:
        """Every run that is under way."""
        return {path.name for path in self._folder.iterdir() if path.name in self}

    def sweep(self) -> None:
        """Take away what killed runs left."""
        for path in self._folder.iterdir():
            with durable.lock(path) as had:
                if had:  # a run that begins at this moment waits, and finds its file gone
                    path.unlink(missing_ok=True)


def join(connection: sqlite3.Connection, run: str, out: str, host: str, now: dt.datetime) -> int:
    """Join the open account of a folder, or open one. Returns its id."""
    found = connection.execute(
        "SELECT id FROM account WHERE out = ? AND host = ? AND closed IS NULL", (out, host)
    ).fetchone()
    if found is None:
        found = connection.execute(
            "INSERT INTO account (out, host, opened) VALUES (?, ?, ?) RETURNING id", (out, host, now.isoformat())
        ).fetchone()
    connection.execute("INSERT INTO member VALUES (?, ?)", (run, found["id"]))
    return int(found["id"])


def leave(connection: sqlite3.Connection, run: str, exit_code: int, now: dt.datetime, present: Presence) -> None:
    """Leave all accounts. The last one that ends by itself closes the account; one that nobody used is forgotten."""
    _free_kept(connection, run)
    mine = [one["account"] for one in connection.execute("SELECT account FROM member WHERE run = ?", (run,))]
    connection.execute("DELETE FROM member WHERE run = ?", (run,))
    for account in mine:
        others = connection.execute("SELECT run FROM member WHERE account = ?", (account,)).fetchall()
        if any(one["run"] in present for one in others):
            continue
        connection.execute("DELETE FROM member WHERE account = ?", (account,))
        if exit_code in ENDS:
            connection.execute("UPDATE account SET closed = ? WHERE id = ?", (now.isoformat(), account))
        connection.execute(
            "DELETE FROM account WHERE id = ? AND NOT EXISTS (SELECT 1 FROM call WHERE account = ?)",
            (account, account),
        )


def let_go(connection: sqlite3.Connection, present: Presence) -> None:
    """Free the money that killed runs kept for a further attempt: what it was kept from was not done."""
    kept = connection.execute("SELECT DISTINCT run FROM call WHERE kept = 1").fetchall()
    for one in kept:
        if one["run"] not in present:
            _free_kept(connection, one["run"])


def _free_kept(connection: sqlite3.Connection, run: str) -> None:
    connection.execute("UPDATE call SET kept = 0, booked = 0 WHERE kept = 1 AND run = ?", (run,))


def accounts(connection: sqlite3.Connection) -> list[Account]:
    """All accounts, the newest first."""
    unsure = ", ".join(f"'{state.value}'" for state in UNSURE)
    found = connection.execute(
        "SELECT account.*, (SELECT coalesce(sum(call.booked), 0) FROM call WHERE call.account = account.id"  # noqa: S608
        f" AND call.state IN ({unsure})) AS unknown FROM account ORDER BY id DESC"
    )
    return [
        Account(
            one["id"],
            one["out"],
            one["host"],
            dt.datetime.fromisoformat(one["opened"]),
            dt.datetime.fromisoformat(one["closed"]) if one["closed"] else None,
            Usd(one["booked"]),
            Usd(one["unknown"]),
        )
        for one in found
    ]
