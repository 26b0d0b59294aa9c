"""The walls that spending never passes: the run's own, and the project's by day and month."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assetgen.core.errors import WallError
from assetgen.core.money import Usd

Alive = Callable[[str], bool]
"""Whether a run, by its id, is still under way."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be spent: for the open account, and for the project in a day and a month (UTC)."""

    run: Usd | None = None
    day: Usd | None = None
    month: Usd | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt is booked."""

    account: int
    project: str
    host: str
    day: str


@dataclass(frozen=True, slots=True)
class _Wall:
    """One limit, what counts against it now, and which rows that are under way it counts."""

    name: str
    help: str
    limit: Usd
    booked: Usd
    scope: str
    values: tuple[str | int, ...]


def check(connection: sqlite3.Connection, limits: Limits, place: Place, amount: Usd, alive: Alive) -> None:
    """Let an amount through, or say which wall it doesn't fit under.

    Raises:
        WallError: It doesn't fit now.
    """
    for wall in _walls(connection, limits, place):
        if wall.booked + amount > wall.limit:
            taken = f"of which ${wall.booked} is spent or set aside"
            raise WallError(
                f"${amount} more would pass the {wall.name} of ${wall.limit}, {taken}",
                waiting_helps=_under_way(connection, wall, alive),
                help=wall.help,
            )


def _walls(connection: sqlite3.Connection, limits: Limits, place: Place) -> Iterator[_Wall]:
    if limits.run is not None:
        (booked,) = connection.execute("SELECT booked FROM account WHERE id = ?", (place.account,)).fetchone()
        yield _Wall("budget", "a larger --max-cost", limits.run, Usd(booked), "account = ?", (place.account,))
    for name, limit, span in (("day", limits.day, place.day), ("month", limits.month, place.day[:7])):
        if limit is not None:
            yield _Wall(
                f"limit of a {name}",
                f"wait for the next {name} (UTC), or change `max_cost_per_{name}` in assetgen.yaml",
                limit,
                spent_in(connection, place.project, place.host, span),
                "project = ? AND host = ? AND day GLOB ?",
                (place.project, place.host, f"{span}*"),
            )


def spent_in(connection: sqlite3.Connection, project: str, host: str, span: str) -> Usd:
    """What counts for a project in a day (`2026-11-22`) or a month (`2026-11`)."""
    (booked,) = connection.execute(
        "SELECT coalesce(sum(booked), 0) FROM spending WHERE project = ? AND host = ? AND day GLOB ?",
        (project, host, f"{span}*"),
    ).fetchone()
    return Usd(booked)


def _under_way(connection: sqlite3.Connection, wall: _Wall, alive: Alive) -> bool:
    """Whether money is set aside by somebody who is still at work, and may give some of it back."""
    runs = connection.execute(
        f"SELECT DISTINCT run FROM call WHERE {wall.scope} AND (state IN ('sending', 'accepted') OR kept = 1)",  # noqa: S608
        wall.values,
    )
    return any(alive(one["run"]) for one in runs)
