"""What is not there at the end of a run, by cause: which, where, why, what was paid, and what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from assetgen.core.money import Usd
from assetgen.core.results import Counts, Failure, Status
from assetgen.reporting.advice import next_step
from assetgen.reporting.attention import few
from assetgen.reporting.changes import where
from assetgen.reporting.kinds import seller
from assetgen.reporting.layout import line
from assetgen.reporting.theme import Symbols, count, safe, usd

MANY = 5
"""More of one cause than this stand together."""


def blocks(failures: Sequence[Failure], counts: Counts, symbols: Symbols) -> Iterator[RenderableType]:
    """A heading and a numbered entry for every failure, or for every cause with more than five."""
    if not failures:
        return
    there = counts.generated + counts.cached
    are = "is" if there == 1 else "are"
    others = f"the other {count(there, symbols)} {are} finished and cached, nothing is lost"
    rest = f" {symbols.dot} {others}" if there else ""
    yield line()
    yield line((f"{symbols.failed} {said(counts, symbols)}", "failed"), rest)
    for number, group in enumerate(_groups(failures), 1):
        yield line()
        yield from _entry(number, group, symbols)


def said(counts: Counts, symbols: Symbols) -> str:
    """`2 failed, 1 held`: what is not there, in the order of the exit codes."""
    named = (("failed", counts.failed), ("skipped", counts.skipped), ("held", counts.held))
    return ", ".join(f"{count(number, symbols)} {word}" for word, number in named if number)


def paid(sure: Usd, unsure: Usd) -> str:
    """`no`, an amount, or `unknown, up to …`."""
    if unsure:
        return f"unknown, up to {usd(sure + unsure)}"
    return usd(sure) if sure else "no"


def _paid(group: Sequence[Failure]) -> str:
    sure, unsure = Usd.sum(one.paid for one in group), Usd.sum(one.unknown for one in group)
    if sure and not unsure and not any(one.attempts for one in group):
        return f"no; {usd(sure)} by other attempts"
    return paid(sure, unsure)


def _groups(failures: Sequence[Failure]) -> Iterator[list[Failure]]:
    causes: dict[tuple[Status, str, str], list[Failure]] = defaultdict(list)
    for failure in failures:
        causes[failure.status, failure.code, failure.provider].append(failure)
    for group in causes.values():
        yield from [group] if len(group) > MANY else [[failure] for failure in group]


def _entry(number: int, group: list[Failure], symbols: Symbols) -> Iterator[RenderableType]:
    first = group[0]
    places = where([one.place for one in group], symbols)
    who = [safe(seller(first.provider, first.model))] if first.provider else []
    if len(group) == 1:
        status = [] if first.status is Status.FAILED else [first.status.value]
        head, facts = safe(first.id), [*status, *who, places]
    else:
        source = f" from {safe(first.provider)}" if first.provider else ""
        head = f"{count(len(group), symbols)} {symbols.times} {safe(first.code)}{source}"
        facts = [first.status.value]
    context = f"  {f' {symbols.dot} '.join(facts)}"
    yield line((f"{number:>3}  ", "context"), (head, "strong"), (context, "context"))
    yield line((safe(first.message), "failed"), (f"  ({safe(first.code)}{_tries(first)})", "context"), indent=5)
    if len(group) > 1:
        yield line(("ids:    ", "context"), few([one.id for one in group], symbols), indent=5)
        yield line(("places: ", "context"), places, indent=5)
    if advice := next_step(first.code, first.help):
        yield line(("next:   ", "context"), safe(advice), indent=5)
    yield line(("paid:   ", "context"), _paid(group), indent=5)


def _tries(failure: Failure) -> str:
    return f", {failure.attempts} attempts" if failure.attempts > 1 else ""
