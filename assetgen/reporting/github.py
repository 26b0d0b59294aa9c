"""What GitHub Actions understands: annotations at lines of files, groups, and the summary of a step."""

from __future__ import annotations

from pathlib import Path

from assetgen.core.actions import Kind, Place
from assetgen.core.money import Usd
from assetgen.core.results import Counts, Failure, RunResult
from assetgen.core.validation import Severity
from assetgen.reporting.budgets import spread
from assetgen.reporting.kinds import seller, words
from assetgen.reporting.theme import UNICODE, clock, count, safe, usd

MOST_ANNOTATIONS = 9
"""GitHub shows ten annotations of a step and drops the rest silently; the tenth says how many more there are."""
LARGEST_SUMMARY = 900_000
"""Bytes; a step's summary may have 1 MiB, and a larger one is not shown at all."""

_HEAD = "| | generated | cached | failed | skipped | held | spent |\n|---|--:|--:|--:|--:|--:|--:|"


def annotation(
    severity: Severity,
    code: str,
    message: str,
    help: str,  # noqa: A002 - the word that users read before the advice
    place: Place,
    workspace: str,
    width: int = 0,
) -> str:
    """A line that marks `width` characters at a place; the file is named relative to the workspace where it can be."""
    span = {"col": place.column, "endLine": place.line, "endColumn": place.column + width} if width else {}
    properties = {
        "title": f"assetgen ({code})",
        "file": _relative(place.file, workspace),
        "line": place.line,
        **span,
    }
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    text = f"{safe(message)}\n  next: {safe(help)}" if help else safe(message)
    return f"::{severity.value} {named}::{_data(text)}"


def harmless(text: str) -> str:
    """Text that the runner can't take for a command, wherever it stands in a line."""
    text = safe(text).replace("##[", "# #[")
    return text.replace("::", ": :", 1) if text.lstrip().startswith("::") else text


def step_summary(result: RunResult, *, draft: bool = False) -> str:
    """A run in Markdown for `$GITHUB_STEP_SUMMARY`, escaped, and short enough to be shown."""
    tail = f"\nEstimate {spread(result.estimate, UNICODE)} · {clock(result.seconds)}"
    tail += f" · {usd(result.unknown)} may be paid and is held" if result.unknown else ""
    lines = [f"### {_verdict(result)}{' · draft' if draft else ''}", "", _HEAD]
    lines += [_row(words(kind).title, of, result.spent_by_kind.get(kind)) for kind, of in result.by_kind.items()]
    lines += [_row("Total", result.counts, result.spent), tail, ""]
    size, kept = sum(len(each.encode()) + 1 for each in lines), list[str]()
    for failure in map(_failure, result.failures):
        size += len(failure.encode()) + 1
        if size > LARGEST_SUMMARY:
            break
        kept.append(failure)
    return "\n".join([*lines, *_folded(kept, len(result.failures))])


def markdown(text: str) -> str:
    """Somebody else's text as Markdown that says just that."""
    text = safe(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{character}" if character in "\\`*_[]()#!|~@:" else character for character in text)


def _verdict(result: RunResult) -> str:
    counts = result.counts
    total = count(counts.total)
    missing = [
        f"{count(getattr(counts, word))} {word}" for word in ("failed", "skipped", "held") if getattr(counts, word)
    ]
    state = f"{', '.join(missing)} of {total}" if missing else f"all {total} done"
    return f"assetgen: {state} · {usd(result.spent)} spent · {usd(result.saved)} saved by the cache"


def _row(title: str, counts: Counts, spent: Usd | None) -> str:
    figures = (counts.generated, counts.cached, counts.failed, counts.skipped, counts.held)
    return f"| {title} | {' | '.join(map(count, figures))} | {usd(spent) if spent else '–'} |"


def _failure(failure: Failure) -> str:
    who = "" if failure.kind is Kind.CUTSCENE else f" · {markdown(seller(failure.provider, failure.model))}"
    advice = f" · next: {markdown(failure.help)}" if failure.help else ""
    place = markdown(str(failure.place))
    return f"- **{markdown(failure.id)}** · {failure.code}{who} · {markdown(failure.message)}{advice} · {place}"


def _folded(failures: list[str], total: int) -> list[str]:
    if not total:
        return []
    more = [f"- and {count(total - len(failures))} more"] if len(failures) < total else []
    return [f"<details><summary>{count(total)} not done</summary>", "", *failures, *more, "", "</details>", ""]


def _relative(file: str, workspace: str) -> str:
    path = Path(file).absolute()
    return path.relative_to(workspace).as_posix() if workspace and path.is_relative_to(workspace) else file


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe(text)).replace(":", "%3A").replace(",", "%2C")
