"""One thread that writes the ledger for many tasks: what has come in the meantime goes into one commit."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from assetgen.core.deliveries import Deliveries
from assetgen.ledger.database import Database, trouble

T = TypeVar("T")

MOST_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Wish:
    """What one task wants done, and where it waits for it."""

    work: Callable[[sqlite3.Connection], Any]
    writes: bool
    droppable: bool
    future: asyncio.Future[Any]
    deliveries: Deliveries


class Writer:
    """The ledger's database for the tasks of one process. A result is durable when it is had."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wishes: queue.SimpleQueue[_Wish | None] = queue.SimpleQueue()
        self._deliveries: Deliveries | None = None
        self._thread = threading.Thread(target=self._run, name="assetgen-ledger", daemon=True)
        self._thread.start()

    async def do(self, work: Callable[[sqlite3.Connection], T], *, writes: bool = True, droppable: bool = False) -> T:
        """Let `work` be done in a transaction; what it raises undoes its own part alone.

        Args:
            droppable: Not to be done any more where the task is cancelled before it was begun.

        Raises:
            StorageError: The database can't be used.
        """
        loop = asyncio.get_running_loop()
        if self._deliveries is None or self._deliveries.loop is not loop:
            self._deliveries = Deliveries(loop)
        wish = _Wish(work, writes, droppable, loop.create_future(), self._deliveries)
        self._wishes.put(wish)
        result: T = await wish.future
        return result

    def close(self) -> None:
        """Finish what was asked for, and end."""
        self._wishes.put(None)
        self._thread.join()

    def _run(self) -> None:
        database: Database | None = None
        while wishes := self._next():
            questions, writes = [one for one in wishes if not one.writes], [one for one in wishes if one.writes]
            try:
                database = database or Database.open(self._folder)
                # Whoever only asks needn't wait until others' rows are on the disk.
                _answer(questions, _ask(database, questions, self._folder))
                _answer(writes, _write(database, writes, self._folder))
            except BaseException as failure:
                _answer(wishes, [(None, failure)] * len(wishes))
        if database is not None:
            database.close()

    def _next(self) -> list[_Wish]:
        """Wait for a wish, and take all that are there; nothing at the end."""
        wishes: list[_Wish] = []
        wish = self._wishes.get()
        while wish is not None:
            wishes.append(wish)
            if len(wishes) == MOST_AT_ONCE or self._wishes.empty():
                return wishes
            wish = self._wishes.get()
        if wishes:
            self._wishes.put(None)
        return wishes


Result = tuple[object, BaseException | None]


def _answer(wishes: Sequence[_Wish], results: Sequence[Result]) -> None:
    for wish, (result, error) in zip(wishes, results, strict=True):
        wish.deliveries.hand_over(wish.future, result, error)


def _ask(database: Database, wishes: list[_Wish], folder: Path) -> list[Result]:
    if not wishes:
        return []
    with database.reading() as connection:
        return [_tried(connection, wish, folder) for wish in wishes]


def _write(database: Database, wishes: list[_Wish], folder: Path) -> list[Result]:
    """All of them in one commit. Where one fails, all are undone and done anew, each in a part of its own."""
    if not wishes:
        return []
    with contextlib.suppress(_OneFailedError), database.writing() as connection:
        return [_together(connection, wish, folder) for wish in wishes]
    with database.writing() as connection:
        return [_apart(connection, wish, folder) for wish in wishes]


class _OneFailedError(Exception):
    """One of several wishes can't be had."""


def _together(connection: sqlite3.Connection, wish: _Wish, folder: Path) -> Result:
    if wish.droppable and wish.future.cancelled():
        return None, None
    result, error = _tried(connection, wish, folder)
    if error is not None:
        raise _OneFailedError
    return result, error


def _apart(connection: sqlite3.Connection, wish: _Wish, folder: Path) -> Result:
    """One wish in a part of the transaction that is undone alone; trouble with the database undoes all of it."""
    if wish.droppable and wish.future.cancelled():
        return None, None
    connection.execute("SAVEPOINT wish")
    result, error = _tried(connection, wish, folder)
    if error is not None:
        connection.execute("ROLLBACK TO wish")
    connection.execute("RELEASE wish")
    return result, error


def _tried(connection: sqlite3.Connection, wish: _Wish, folder: Path) -> Result:
    try:
        return wish.work(connection), None
    except sqlite3.IntegrityError as refusal:
        return None, trouble(folder, str(refusal))  # of this wish alone: a rule of the tables is against it
    except sqlite3.Error:
        raise
    except Exception as problem:
        return None, problem
