"""Why assets count as changed: fields that are not what they were, with the places of those that they touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from rich.text import Text

from assetgen.core.actions import JSON, Kind, Place
from assetgen.core.surveys import Change, Standing, State
from assetgen.reporting.kinds import words
from assetgen.reporting.layout import UNTITLED, Block, Row, table
from assetgen.reporting.theme import Symbols, count, plural, safe

LONGEST = 24
MOST_CAUSES = 8
MOST_PLACES = 3

Cause = tuple[str, str, str]
"""A field, its old and its new value; both empty where they are too long to be shown."""


def because(standings: Iterable[Standing], symbols: Symbols, width: int) -> Block | None:
    """A line for every cause, the widest first: how many it touches, what it is, and where; None without changes."""
    causes = _causes(standings)
    rows = [_row(cause, kind, places, symbols) for (cause, kind), places in causes[:MOST_CAUSES]]
    if (more := len(causes) - MOST_CAUSES) > 0:
        rows.append((["", Text(f"and {plural(more, 'more cause', symbols)}", "context"), ""], ""))
    return table(UNTITLED, rows, symbols=symbols, width=width, lined=False) if rows else None


def where(places: Iterable[Place], symbols: Symbols) -> str:
    """Places of one or more files, the first few: `actions.yaml:118, 131 and 25 more`."""
    sorted_places = sorted(places, key=lambda place: (place.file, place.line))
    lines: dict[str, list[str]] = defaultdict(list)
    for place in sorted_places[:MOST_PLACES]:
        lines[safe(place.file)].append(str(place.line))
    text = ", ".join(f"{file}:{', '.join(numbers)}" for file, numbers in lines.items())
    more = len(sorted_places) - MOST_PLACES
    return f"{text} and {count(more, symbols)} more" if more > 0 else text


def _causes(standings: Iterable[Standing]) -> list[tuple[tuple[Cause, Kind], list[Place]]]:
    causes: dict[tuple[Cause, Kind], list[Place]] = defaultdict(list)
    for standing in standings:
        if standing.state is State.CHANGED:
            for cause in {_cause(change) for change in standing.changes} or {(standing.reason or "changed", "", "")}:
                causes[cause, standing.job.kind].append(standing.job.place)
    return sorted(causes.items(), key=lambda item: (-len(item[1]), item[0]))


def _cause(change: Change) -> Cause:
    old, new = _value(change.old), _value(change.new)
    if max(len(old), len(new)) > LONGEST:
        return f"{change.field} edited", "", ""
    return change.field, old, new


def _value(value: JSON) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return str(value).lower()
        case list() | dict():
            return " " * (LONGEST + 1)
        case _:
            return safe(str(value))


def _row(cause: Cause, kind: Kind, places: list[Place], symbols: Symbols) -> Row:
    field, old, new = cause
    noun = plural(len(places), words(kind).noun, symbols)
    said = Text(safe(field))
    if old or new:
        said.append("  ").append(old, "failed").append(f" {symbols.arrow} ").append(new, "saved")
    return [Text(f"~ {noun}", "changed"), said, Text(where(places, symbols), "context")], ""
