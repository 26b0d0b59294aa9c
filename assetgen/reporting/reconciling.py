"""What `ledger reconcile` found out, what the user told it, and what only the user can settle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType

from assetgen.core.actions import JSON
from assetgen.core.journal import OPEN, Recovered, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.offers import Service
from assetgen.reporting.layout import line
from assetgen.reporting.ledger import KEY, WORDS, row_as_json, when, who
from assetgen.reporting.theme import Symbols, count, plural, safe, usd

FEW = 20

_MARKS = {RowState.STORED: "ok", RowState.RECEIVED: "ok", RowState.RELEASED: "ok"}


@dataclass(frozen=True, slots=True)
class Settled:
    """What reconciling came to: what the services said, what the user said, and what nobody has said yet."""

    asked: Sequence[Recovered] = ()
    told: Sequence[Row] = ()
    unknown: Sequence[Row] = ()


def screen(settled: Settled, services: Mapping[str, Service], command: str, *, symbols: Symbols) -> RenderableType:
    """The end of `ledger reconcile`. `command` is the line that a key's settlement is added to."""
    return Group(
        *(_recovered(one, symbols) for one in settled.asked),
        *(line((f"{symbols.ok} ", "ok"), f"{_named(row)}: {WORDS[row.state]}, by your word") for row in settled.told),
        *_left(settled.unknown, services, command, symbols),
    )


def question(paid: Sequence[Row], unpaid: Sequence[Row]) -> RenderableType:
    """What stands before the question whether the user's word is to be written down."""
    said = ((paid, "was paid for, and never came"), (unpaid, "was not made, and not paid for"))
    lines = [line(f"{_named(row)}: {word}", indent=2) for rows, word in said for row in rows]
    return Group(*lines, line("A service that can still be asked has the last word.", indent=2))


def as_json(settled: Settled, exit_code: int) -> dict[str, JSON]:
    """`ledger reconcile` for machines: `assetgen/reconcile@1`."""
    return {
        "schema": "assetgen/reconcile@1",
        "exit_code": exit_code,
        "asked": [{**row_as_json(one.row), "was": one.was.value} for one in settled.asked],
        "told": [row_as_json(row) for row in settled.told],
        "unknown": [row_as_json(row) for row in settled.unknown],
    }


def _recovered(one: Recovered, symbols: Symbols) -> RenderableType:
    if one.row.state in OPEN and one.row.state is not RowState.RECEIVED:
        said = f"{WORDS[one.row.state]}; ask again later"
        return line((f"{symbols.waiting} ", "waiting"), f"{_named(one.row)}: {said}")
    good = one.row.state in _MARKS
    sign = (f"{symbols.ok} ", "ok") if good else (f"{symbols.warning} ", "failed")
    reason = f" ({safe(one.row.message)})" if one.row.message else ""
    return line(sign, f"{_named(one.row)}: {WORDS[one.row.state]}{reason}")


def _named(row: Row) -> str:
    return f"{safe(row.action)} from {who(row)}, {usd(row.reserved)}"


def _left(
    unknown: Sequence[Row], services: Mapping[str, Service], command: str, symbols: Symbols
) -> Iterator[RenderableType]:
    if not unknown:
        yield line((f"{symbols.ok} ", "ok"), "nothing is unknown")
        return
    total = usd(Usd.sum(row.booked for row in unknown))
    yield line(
        (f"{symbols.warning} {plural(len(unknown), 'outcome', symbols)} unknown, up to {total}", "failed"),
        ": the service can't be asked; look at what it charged, and say what you found",
    )
    for number, row in enumerate(unknown[:FEW], 1):
        yield line()
        yield from _to_settle(number, row, services, command)
    if (more := len(unknown) - FEW) > 0:
        yield line()
        yield line((f"and {count(more, symbols)} more: assetgen ledger show --unknown", "context"), indent=2)
    yield line()
    yield line(("Or:   ", "context"), "run again with `--on-unknown retry`, which may pay twice")
    yield line(("exit 4: a paid call's outcome is unknown and held", "context"))


def _to_settle(number: int, row: Row, services: Mapping[str, Service], command: str) -> Iterator[RenderableType]:
    key, service = row.purchase.key[:KEY], services.get(row.purchase.provider)
    facts = f"  {who(row)}  {when(row)} UTC  up to {usd(row.booked)}"
    yield line((f"{number:>3}  ", "context"), (safe(row.action), "strong"), (facts, "context"))
    if row.host != "real":
        yield line(("look:      ", "context"), "in what your test server wrote down", indent=5)
    elif service is not None and service.account:
        yield line(("look:      ", "context"), safe(service.account), indent=5)
    yield line(("charged:   ", "context"), f"{safe(command)} --assume-paid {key}", indent=5)
    yield line(("not:       ", "context"), f"{safe(command)} --assume-unpaid {key}", indent=5)
