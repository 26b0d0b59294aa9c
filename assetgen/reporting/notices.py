"""Warnings, by their code: the first few of each, and how many more there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from assetgen.core.results import Warned
from assetgen.reporting.layout import Block, line
from assetgen.reporting.theme import Symbols, count, plural, safe

MOST = 5


def by_code(warnings: Iterable[Warned]) -> dict[str, list[Warned]]:
    """Warnings in order of their codes' first appearance."""
    codes: dict[str, list[Warned]] = defaultdict(list)
    for warned in warnings:
        codes[warned.finding.code].append(warned)
    return codes


def notices(warnings: Iterable[Warned], symbols: Symbols) -> Iterator[Block]:
    """A heading, then for every code at most five warnings and their advice."""
    codes = by_code(warnings)
    if not codes:
        return
    yield line()
    total = plural(sum(map(len, codes.values())), "warning", symbols)
    yield line((f"{symbols.warning} {total}", "warning"), indent=2)
    for code, found in codes.items():
        yield from _code(code, found, symbols)


def lines(warnings: Iterable[Warned], symbols: Symbols) -> Iterator[str]:
    """The same as plain lines."""
    for code, found in by_code(warnings).items():
        for warned in found[:MOST]:
            yield f"warning[{safe(code)}] {safe(warned.id)}: {_said(warned)} ({safe(str(warned.place))})"
        if len(found) > MOST:
            yield f"warning[{safe(code)}] and {count(len(found) - MOST, symbols)} more"


def _code(code: str, found: list[Warned], symbols: Symbols) -> Iterator[Block]:
    for warned in found[:MOST]:
        yield line(
            (f"{safe(code)}  ", "warning"),
            f"{safe(warned.id)}: {_said(warned)}",
            (f"   {safe(str(warned.place))}", "context"),
            indent=4,
        )
    if len(found) > MOST:
        yield line((f"{safe(code)}  and {count(len(found) - MOST, symbols)} more", "context"), indent=4)
    if help_ := next((warned.finding.help for warned in found if warned.finding.help), ""):
        yield line(("next:  ", "context"), safe(help_), indent=6)


def _said(warned: Warned) -> str:
    return safe(warned.finding.message)
