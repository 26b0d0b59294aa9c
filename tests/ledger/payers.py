"""For whom tests pay, and what they look at behind the ledger's back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

from assetgen.core.money import Usd
from assetgen.core.ports import Clock
from assetgen.ledger.paid import PaidLedger, Payer
from assetgen.ledger.walls import Limits
from tests.fakes.clock import FakeClock

HOSTS = {"together": "real", "openai": "real", "acme": "loopback"}
PRICE = Usd(2700)


def payer(
    out: str = "/game/out",
    *,
    cache: str = "cache",
    project: str = "/game",
    hosts: Mapping[str, str] = HOSTS,
    limits: Limits = Limits(),
) -> Payer:
    return Payer(cache, out, project, hosts, limits)


@asynccontextmanager
async def joined(
    folder: Path,
    *,
    clock: Clock | None = None,
    code: int | None = 0,
    out: str = "/game/out",
    limits: Limits | None = None,
    run: Usd | None = None,
    day: Usd | None = None,
    month: Usd | None = None,
) -> AsyncIterator[PaidLedger]:
    """A run that ends with a code, or with none as if it was killed."""
    ledger = PaidLedger(folder, payer(out, limits=limits or Limits(run, day, month)), clock or FakeClock())
    await ledger.join()
    try:
        yield ledger
    finally:
        if code is None:
            ledger.close()
        else:
            await ledger.leave(code)


def new(folder: Path) -> Path:
    """A state folder with a ledger that was never used."""

    async def make() -> None:
        async with joined(folder):
            pass

    asyncio.run(make())
    return folder


def sql(folder: Path, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask the database directly, or change it."""
    with closing(sqlite3.connect(folder / "ledger.db")) as connection, connection:
        return connection.execute(statement, values).fetchall()


def check_sums(folder: Path) -> None:
    """The sums that are kept beside the rows are what the rows add up to."""
    accounts = sql(folder, "SELECT id, booked FROM account ORDER BY id")
    rows = "SELECT account.id, coalesce(sum(call.booked), 0) FROM account LEFT JOIN call ON call.account = account.id"
    assert accounts == sql(folder, f"{rows} GROUP BY account.id ORDER BY account.id")
    spending = sql(folder, "SELECT project, host, day, booked FROM spending ORDER BY project, host, day")
    days = "SELECT project, host, day, sum(booked) FROM call GROUP BY project, host, day ORDER BY project, host, day"
    assert spending == sql(folder, days)
