"""The ledger on the screen and as JSON: every paid attempt, what they come to, and what is left of the limits.

Money of real services and of test servers on this machine is told apart, and never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rich.console import Group, RenderableType

from assetgen.core.actions import JSON
from assetgen.core.journal import Account, Row, RowState
from assetgen.core.money import Usd
from assetgen.reporting.kinds import seller
from assetgen.reporting.layout import Column, line, short, table
from assetgen.reporting.layout import Row as Line
from assetgen.reporting.theme import Symbols, count, safe, usd

KEY = 12
"""So many characters of a key are shown; they are enough to name it."""

ROOMY = 100
"""From this width on there is room for sellers and for longer names."""
LONGEST, SHORTEST = 28, 12
"""Columns of an id."""
AROUND = 62
"""Columns that the rest of a line takes where there is little room."""

HOSTS: Mapping[str, str] = MappingProxyType({"real": "Services", "loopback": "Test servers on this machine"})

WORDS: Mapping[RowState, str] = MappingProxyType(
    {
        RowState.SENDING: "sent, no answer yet",
        RowState.ACCEPTED: "accepted, being made",
        RowState.RECEIVED: "paid, not stored yet",
        RowState.STORED: "bought",
        RowState.UNKNOWN: "outcome unknown",
        RowState.DECLINED: "content refused",
        RowState.UNUSABLE: "paid, unusable",
        RowState.LOST: "paid, never came",
        RowState.RELEASED: "not done, free",
        RowState.FAILED: "the service failed",
        RowState.ABANDONED: "unknown, asked again",
        RowState.SUPERSEDED: "bought again since",
        RowState.DISCARDED: "bought, cleared since",
    }
)
"""Where an attempt stands, in a few words."""

_STYLES = {RowState.UNKNOWN: "failed", RowState.ABANDONED: "changed", RowState.STORED: "ok"}


@dataclass(frozen=True, slots=True)
class Span:
    """What counts for the project in a day or a month, beside its limit where one is set."""

    name: str
    booked: Usd
    limit: Usd | None


@dataclass(frozen=True, slots=True)
class Book:
    """What the ledger says: attempts, the oldest first, all accounts, and the project's day and month."""

    rows: Sequence[Row] = ()
    accounts: Sequence[Account] = ()
    spans: Sequence[Span] = ()

    def of(self, host: str) -> Book:
        """The part of one class of address; limits are for real services."""
        rows = [row for row in self.rows if row.host == host]
        accounts = [account for account in self.accounts if account.host == host]
        return Book(rows, accounts, self.spans if host == "real" else ())


def screen(book: Book, *, last: int | None, symbols: Symbols, width: int) -> RenderableType:
    """`ledger show`: the last attempts (None: all of them), the newest at the end, and the sums of all."""
    if not book.rows:
        return Group(
            *_head(book), line("Nothing yet: every call that costs money is written down here, before it is sent.")
        )
    parts = {host: book.of(host) for host in HOSTS}
    full = {host: part for host, part in parts.items() if part.rows or any(span.limit for span in part.spans)}
    return Group(
        line(("assetgen ledger", "strong"), ("  what was paid, and what may have been; times are UTC", "context")),
        *(block for host, part in full.items() for block in _part(HOSTS[host], part, last, symbols, width)),
        *_advice(book),
    )


def as_json(book: Book, *, last: int | None = None) -> dict[str, JSON]:
    """`ledger show` for machines: `assetgen/ledger@1`; the sums are of all attempts."""
    totals: dict[str, JSON] = {host: _totals(book.of(host)) for host in HOSTS}
    return {
        "schema": "assetgen/ledger@1",
        "rows": [row_as_json(row) for row in newest(book.rows, last)],
        "accounts": [_account(account) for account in book.accounts],
        "totals": {**totals, "project": [_span(span) for span in book.spans]},
    }


def newest(rows: Sequence[Row], last: int | None) -> Sequence[Row]:
    """The last few attempts, or all of them."""
    return rows if last is None else rows[max(len(rows) - last, 0) :]


def row_as_json(row: Row) -> dict[str, JSON]:
    """One attempt for machines."""
    return {
        "sent": row.sent.isoformat(),
        "id": row.action,
        "provider": row.purchase.provider,
        "model": row.purchase.model,
        "host": row.host,
        "state": row.state.value,
        "attempt": row.attempt,
        "reserved_usd": str(row.reserved),
        "booked_usd": str(row.booked),
        "key": row.purchase.key,
        "code": row.code,
        "message": row.message,
        "job": row.job,
        "account": row.account,
        "project": row.project,
    }


def when(row: Row) -> str:
    """The minute at which an attempt was sent, in UTC."""
    return f"{row.sent:%Y-%m-%d %H:%M}"


def who(row: Row) -> str:
    """The service and the model of an attempt."""
    return safe(seller(row.purchase.provider, row.purchase.model))


def _part(title: str, book: Book, last: int | None, symbols: Symbols, width: int) -> Iterator[RenderableType]:
    yield line()
    yield line((title, "strong"))
    if book.rows:
        yield from _attempts(book.rows, last, symbols, width)
        yield line()
        yield _sums(book.rows, symbols, width)
    yield from _accounts(book.accounts, symbols, width)
    yield from _spans(book.spans)


def _attempts(rows: Sequence[Row], last: int | None, symbols: Symbols, width: int) -> Iterator[RenderableType]:
    shown = newest(rows, last)
    if (earlier := len(rows) - len(shown)) > 0:
        noun = "one" if earlier == 1 else "ones"
        yield line((f"and {count(earlier, symbols)} earlier {noun}: assetgen ledger show --all", "context"), indent=2)
    columns = [
        Column("Sent", figures=False, folds=False),
        Column("Asset", figures=False),
        Column("Provider / model", figures=False, since=ROOMY),
        Column("What became of it", figures=False),
        Column("Reserved", since=115),
        Column("Booked"),
        Column("Key", figures=False, folds=False),
    ]
    room = LONGEST if width >= ROOMY else max(width - AROUND, SHORTEST)
    lines: list[Line] = [
        (_cells(row, short(safe(row.action), room, symbols)), _STYLES.get(row.state, "")) for row in shown
    ]
    yield table(columns, lines, symbols=symbols, width=width)


def _cells(row: Row, name: str) -> list[str]:
    money = [usd(row.reserved), usd(row.booked)]
    return [when(row), name, who(row), WORDS[row.state], *money, row.purchase.key[:KEY]]


def _sums(rows: Sequence[Row], symbols: Symbols, width: int) -> RenderableType:
    columns = [Column("In all", figures=False), Column("Attempts"), Column("Booked")]
    numbers, booked = Counter(row.state for row in rows), _booked(rows)
    lines: list[Line] = [
        ([WORDS[state], count(numbers[state], symbols), usd(booked[state])], _STYLES.get(state, ""))
        for state in RowState
        if numbers[state]
    ]
    total = ["Total", count(len(rows), symbols), usd(Usd.sum(booked.values()))]
    return table(columns, lines, symbols=symbols, width=width, total=total)


def _booked(rows: Sequence[Row]) -> dict[RowState, Usd]:
    sums = Counter[RowState]()
    for row in rows:
        sums[row.state] += row.booked.micros
    return {state: Usd(micros) for state, micros in sums.items()}


def _accounts(accounts: Sequence[Account], symbols: Symbols, width: int) -> Iterator[RenderableType]:
    going = [account for account in accounts if account.closed is None]
    if not going:
        return
    columns = [Column("Open accounts", figures=False), Column("Booked"), Column("Of that unknown")]
    lines: list[Line] = [([safe(one.out), usd(one.booked), usd(one.unknown)], "") for one in going]
    yield line()
    yield table(columns, lines, symbols=symbols, width=width)
    yield line(
        ("They belong to runs under way, or interrupted: the next run there goes on with them.", "context"), indent=2
    )


def _spans(spans: Sequence[Span]) -> Iterator[RenderableType]:
    limited = [span for span in spans if span.limit is not None]
    if limited:
        yield line()
    for span in limited:
        assert span.limit is not None
        over = span.booked >= span.limit
        yield line(
            (f"{span.name:<12}", "context"),
            (usd(span.booked), "failed" if over else "strong"),
            f" of {usd(span.limit)}",
            indent=2,
        )


def _head(book: Book) -> Iterator[RenderableType]:
    yield from _spans(book.spans)


def _advice(book: Book) -> Iterator[RenderableType]:
    unknown = [row for row in book.rows if row.state is RowState.UNKNOWN]
    if unknown:
        yield line()
        yield line(("Next: ", "context"), "assetgen ledger reconcile", hint="settles what is unknown")


def _totals(book: Book) -> dict[str, JSON]:
    booked = _booked(book.rows)
    by_state: dict[str, JSON] = {state.value: str(booked[state]) for state in RowState if state in booked}
    return {
        "attempts": len(book.rows),
        "booked_usd": str(Usd.sum(booked.values())),
        "unknown_usd": str(booked.get(RowState.UNKNOWN, Usd())),
        "by_state": by_state,
    }


def _account(account: Account) -> dict[str, JSON]:
    return {
        "out": account.out,
        "host": account.host,
        "opened": account.opened.isoformat(),
        "closed": account.closed.isoformat() if account.closed else None,
        "booked_usd": str(account.booked),
        "unknown_usd": str(account.unknown),
    }


def _span(span: Span) -> dict[str, JSON]:
    return {
        "span": span.name,
        "booked_usd": str(span.booked),
        "limit_usd": str(span.limit) if span.limit is not None else None,
    }
