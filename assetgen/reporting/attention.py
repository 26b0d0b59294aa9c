"""What a survey found that needs a person: blocked, edited and unused assets, missing keys, warnings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from assetgen.core.results import Warned
from assetgen.core.surveys import State, Survey
from assetgen.planning.lacking import lacks
from assetgen.reporting import notices
from assetgen.reporting.layout import line, short
from assetgen.reporting.theme import Symbols, count, safe

FEW = 3
LONGEST = 40
"""Columns of an id where there are others beside it."""


def few(ids: Sequence[str], symbols: Symbols) -> str:
    """The first three ids, shortened where they are very long, and how many more there are."""
    more = len(ids) - FEW
    return ", ".join(short(safe(each), LONGEST, symbols) for each in ids[:FEW]) + (
        f" and {count(more, symbols)} more" if more > 0 else ""
    )


def notes(survey: Survey, symbols: Symbols) -> Iterator[RenderableType]:
    """A line for every matter, with its ids and what to do, then the warnings by code."""
    matters = list(_matters(survey))
    heads = [f"{sign} {count(len(ids), symbols)} {word}" for sign, word, _, ids, _ in matters]
    if matters:
        yield line()
    for head, (_, _, style, ids, advice) in zip(heads, matters, strict=True):
        label = head.ljust(max(map(len, heads)) + 2)
        yield line((label, style), advice, indent=2, hint=few(ids, symbols))
    jobs = (standing.job for standing in survey.standings)
    yield from notices.notices([Warned(job.id, job.place, found) for job in jobs for found in job.warnings], symbols)


Matter = tuple[str, str, str, Sequence[str], str]
"""A sign, a word, its style, the ids that it is about, and what to do."""


def _matters(survey: Survey) -> Iterator[Matter]:
    held, refused, unpriced = (_ids(survey, state) for state in (State.HELD, State.REFUSED, State.UNPRICED))
    if held:
        yield "!", "held", "failed", held, "may be paid already: `assetgen ledger reconcile`, or `--on-unknown retry`"
    if refused:
        yield "!", "refused", "failed", refused, "not asked again: change the action, or allow it with `--rebuy`"
    if unpriced:
        yield "!", "unpriced", "failed", unpriced, "nobody knows the price: set it under `prices:` in assetgen.yaml"
    for reason, ids in _unavailable(survey).items():
        yield "!", "not to be had", "failed", ids, f"{safe(reason)}; try it free with `--draft`"
    edited = [standing.job.id for standing in survey.standings if standing.edited]
    if edited:
        yield "!", "edited", "warning", edited, "changed by hand, and kept: move a file away to have it made again"
    if survey.unused:
        yield "-", "unused", "context", survey.unused, "no longer asked for; the files stay"


def _ids(survey: Survey, state: State) -> list[str]:
    return [standing.job.id for standing in survey.standings if standing.state is state]


def _unavailable(survey: Survey) -> dict[str, list[str]]:
    return {
        " and ".join(lack.reasons.values()): [standing.job.id for standing in lack.standings]
        for lack in lacks(survey.standings)
    }


def nobody_can_be_asked(survey: Survey) -> bool:
    """Whether a run would be refused, since an asset has to be bought and nobody sells it here."""
    return bool(lacks(survey.standings))
