"""Rows of the ledger, read and written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import sqlite3
from collections.abc import Collection, Iterable

from assetgen.core.actions import JSON
from assetgen.core.jobs import Purchase
from assetgen.core.journal import OPEN, STANDING, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.requests import ImageRequest, Request, SpeechRequest

_REQUESTS: dict[str, type[ImageRequest | SpeechRequest]] = {"image": ImageRequest, "speech": SpeechRequest}

_FIELDS = {kind: tuple(one.name for one in dataclasses.fields(request)) for kind, request in _REQUESTS.items()}

_ALL = "SELECT call.*, account.closed FROM call JOIN account ON account.id = call.account"


def insert(connection: sqlite3.Connection, row: Row, day: str) -> int:
    """Write a new row that counts for a day; returns its id.

    Raises:
        sqlite3.IntegrityError: Its purchase stands already.
    """
    columns = {
        "cache": row.cache,
        "key": row.purchase.key,
        "purchase": json.dumps(_written(row.purchase)),
        "host": row.host,
        "account": row.account,
        "project": row.project,
        "run": row.run,
        "action": row.action,
        "attempt": row.attempt,
        "state": row.state,
        "token": row.token,
        "asker": row.asker,
        "reserved": row.reserved.micros,
        "booked": row.booked.micros,
        "sent": row.sent.isoformat(),
        "day": day,
    }
    names = ", ".join(columns)
    marks = ", ".join(f":{name}" for name in columns)
    found = connection.execute(f"INSERT INTO call ({names}) VALUES ({marks}) RETURNING id", columns)  # noqa: S608
    return int(found.fetchone()[0])


def day_of(connection: sqlite3.Connection, row: Row) -> str:
    """The day that the row counts for. A clock that goes back opens no day again."""
    latest = connection.execute(
        "SELECT max(day) FROM spending WHERE project = ? AND host = ?", (row.project, row.host)
    ).fetchone()[0]
    return max(row.sent.date().isoformat(), latest or "")


def change(connection: sqlite3.Connection, row: int, state: RowState, **columns: str | int) -> None:
    """Move a row to another state, with what is learnt by it."""
    names = "".join(f", {name} = :{name}" for name in columns)
    connection.execute(
        f"UPDATE call SET state = :state{names} WHERE id = :id",  # noqa: S608 - the names are this package's own
        {"state": state, "id": row, **columns},
    )


def leave(connection: sqlite3.Connection, row: int, states: Collection[RowState], state: RowState) -> None:
    """Move a row to another state, if it is still in one of these."""
    connection.execute(
        f"UPDATE call SET state = ? WHERE id = ? AND state IN ({_marks(states)})",  # noqa: S608 - marks alone
        (state, row, *states),
    )


def standing(connection: sqlite3.Connection, cache: str, keys: Iterable[str]) -> dict[str, Row]:
    """By key, the rows that count for these purchases of a cache."""
    query = f"{_ALL} WHERE cache = ? AND key = ? AND state IN ({_marks(STANDING)})"
    found = (connection.execute(query, (cache, key, *STANDING)).fetchone() for key in keys)
    return {one["key"]: _read(one) for one in found if one is not None}


def of_states(connection: sqlite3.Connection, states: Collection[RowState], cache: str = "") -> list[Row]:
    """Rows in these states, those of one cache or of all, the oldest first."""
    where = " AND cache = ?" if cache else ""
    found = connection.execute(
        f"{_ALL} WHERE state IN ({_marks(states)}){where} ORDER BY call.id", (*states, *([cache] if cache else []))
    )
    return [_read(one) for one in found]


def one(connection: sqlite3.Connection, identifier: int) -> Row:
    return _read(connection.execute(f"{_ALL} WHERE call.id = ?", (identifier,)).fetchone())


def jobs_of_others(connection: sqlite3.Connection, jobs: Iterable[str], row: int) -> set[str]:
    """Which of these ids belong to other rows."""
    wanted = list(jobs)
    found = connection.execute(
        f"SELECT job FROM call WHERE job IN ({_marks(wanted)}) AND id != ?"  # noqa: S608 - marks alone
        " AND (host, json_extract(purchase, '$.provider')) ="
        " (SELECT host, json_extract(purchase, '$.provider') FROM call WHERE id = ?)",
        (*wanted, row, row),
    )
    return {one["job"] for one in found}


def needing_answers(connection: sqlite3.Connection) -> set[str]:
    """The tokens of attempts whose answers are still wanted: to end them, or to look at what was unusable."""
    states = OPEN | {RowState.UNKNOWN, RowState.UNUSABLE}
    found = connection.execute(f"SELECT token FROM call WHERE state IN ({_marks(states)})", tuple(states))  # noqa: S608
    return {one["token"] for one in found}


def runs_sending(connection: sqlite3.Connection) -> set[str]:
    """The runs with requests that may or may not have left."""
    found = connection.execute("SELECT DISTINCT run FROM call WHERE state = ?", (RowState.SENDING,))
    return {one["run"] for one in found}


def sums(connection: sqlite3.Connection, cache: str, keys: Iterable[str]) -> tuple[Usd, Usd]:
    """What was booked for these purchases over all their rows, and how much of that is unknown."""
    booked = unknown = 0
    for key in keys:
        for row in connection.execute("SELECT state, booked FROM call WHERE key = ? AND cache = ?", (key, cache)):
            booked += row["booked"]
            unknown += row["booked"] if RowState(row["state"]) in UNSURE else 0
    return Usd(booked), Usd(unknown)


UNSURE = frozenset({RowState.SENDING, RowState.ACCEPTED, RowState.UNKNOWN, RowState.ABANDONED})
"""States in which nobody knows yet whether the booked money was taken."""


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


def _written(purchase: Purchase) -> dict[str, JSON]:
    kind = "image" if isinstance(purchase.request, ImageRequest) else "speech"
    return {
        "provider": purchase.provider,
        "model": purchase.model,
        "price": purchase.price.micros if purchase.price is not None else None,
        "seconds": purchase.seconds,
        "kind": kind,
        # They are flat: `asdict` would go through every value, at a third of all the work that a row takes.
        "request": {name: getattr(purchase.request, name) for name in _FIELDS[kind]},
    }


def _purchase(key: str, text: str) -> Purchase:
    value = json.loads(text)
    request: Request = _REQUESTS[value["kind"]](**value["request"])
    price = None if value["price"] is None else Usd(value["price"])
    return Purchase(key, value["provider"], value["model"], request, price, value["seconds"])


def _read(found: sqlite3.Row) -> Row:
    return Row(
        id=found["id"],
        cache=found["cache"],
        purchase=_purchase(found["key"], found["purchase"]),
        host=found["host"],
        account=found["account"],
        project=found["project"],
        run=found["run"],
        action=found["action"],
        attempt=found["attempt"],
        state=RowState(found["state"]),
        token=found["token"],
        reserved=Usd(found["reserved"]),
        booked=Usd(found["booked"]),
        sent=dt.datetime.fromisoformat(found["sent"]),
        job=found["job"],
        digest=found["digest"],
        code=found["code"],
        message=found["message"],
        here=found["closed"] is None,
        asker=found["asker"],
    )
