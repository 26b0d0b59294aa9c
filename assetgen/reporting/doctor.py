"""The screen and the JSON of `assetgen doctor`."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from assetgen.core.actions import JSON
from assetgen.core.examination import Area, Check, Examination, Level
from assetgen.reporting.layout import UNTITLED, Row, line, table
from assetgen.reporting.theme import Symbols, plural, safe

NO_KEY = 6
TITLES = {
    Area.FILES: "Files",
    Area.SERVICES: "Services",
    Area.MODELS: "Models and prices",
    Area.FOLDERS: "Folders",
    Area.PROGRAM: "Program",
}
ROLES = {Level.GOOD: "ok", Level.NOTE: "context", Level.WARNING: "warning", Level.PROBLEM: "failed"}


def screen(found: Examination, *, draft: str, symbols: Symbols, width: int) -> RenderableType:
    """What works, and what to do about what doesn't.

    Args:
        draft: The line that shows something without any key.
    """
    names = max((len(safe(check.name)) for check in found.checks if check.area is not Area.FILES), default=0)
    return Group(
        _head(found, symbols),
        *(part for area in Area for part in _area(found.of(area), names, symbols, width)),
        line(),
        _verdict(found, symbols),
        *_next(found, draft),
    )


def as_json(found: Examination) -> dict[str, JSON]:
    """The document of `--json`: `assetgen/doctor@1`."""
    return {
        "schema": "assetgen/doctor@1",
        "exit_code": found.exit_code,
        "versions": dict(found.versions),
        "checks": [_check(check) for check in found.checks],
    }


def _check(check: Check) -> dict[str, JSON]:
    return {
        "area": check.area.value,
        "name": check.name,
        "level": check.level.value,
        "message": check.said,
        "help": check.advice,
        "exit_code": check.exit_code,
        "details": dict(check.details),
    }


def _head(found: Examination, symbols: Symbols) -> RenderableType:
    versions = found.versions
    facts = (versions["assetgen"], f"Python {versions['python']}", f"SQLite {versions['sqlite']}", versions["system"])
    return line(("assetgen doctor", "strong"), ("  " + f" {symbols.dot} ".join(facts), "context"))


def _area(checks: tuple[Check, ...], names: int, symbols: Symbols, width: int) -> Iterator[RenderableType]:
    if checks:
        yield line()
        yield line((TITLES[checks[0].area], "strong"))
        rows = [_row(check, names, symbols) for check in checks]
        yield table(UNTITLED, rows, symbols=symbols, width=width, lined=False)


def _row(check: Check, names: int, symbols: Symbols) -> Row:
    sign = {
        Level.GOOD: symbols.ok,
        Level.NOTE: symbols.dash,
        Level.WARNING: symbols.warning,
        Level.PROBLEM: symbols.failed,
    }[check.level]
    said = Text(safe(check.said), "" if check.level is not Level.NOTE else "context")
    for advice in filter(None, check.advice.split("\n")):
        said.append("\n").append(f"{symbols.arrow} ", "context").append(_spoken(advice, symbols))
    return [Text(sign, ROLES[check.level]), safe(check.name).ljust(names), said], ""


def _spoken(text: str, symbols: Symbols) -> str:
    return safe(text).replace("…", symbols.ellipsis)


def _verdict(found: Examination, symbols: Symbols) -> RenderableType:
    problems, warnings = found.count(Level.PROBLEM), found.count(Level.WARNING)
    said = [plural(problems, "problem", symbols)] if problems else []
    said += [plural(warnings, "warning", symbols)] if warnings else []
    if problems:
        return line((f"{symbols.failed} {', '.join(said)}", "failed"))
    if warnings:
        return line((f"{symbols.warning} {said[0]}, nothing that stands in the way", "warning"))
    return line((f"{symbols.ok} all is well", "ok"))


def _next(found: Examination, draft: str) -> Iterator[RenderableType]:
    keys = [check.details.get("key_set") for check in found.of(Area.SERVICES)]
    if keys and (not any(keys) or found.exit_code == NO_KEY):
        yield line(("No key yet?  ", "context"), safe(draft), hint="free placeholders")
