"""Sellers of a model that are passed over because they can't be asked, though another one of the same model can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from assetgen.core.jobs import Candidate, Job
from assetgen.core.surveys import Standing, State
from assetgen.core.validation import Finding, Severity
from assetgen.planning.lacking import own_sellers


def with_skipped(standings: Iterable[Standing]) -> Iterator[Standing]:
    """The standings, each seller that is passed over told with the first asset that is to be bought without it."""
    told: set[tuple[str, str]] = set()
    for standing in standings:
        passed = skipped(standing.job) if standing.state in {State.NEW, State.CHANGED} else []
        fresh = [one for one in passed if (one.offer.provider, one.offer.model) not in told]
        told.update((one.offer.provider, one.offer.model) for one in fresh)
        job = standing.job
        found = tuple(map(_finding, fresh))
        yield replace(standing, job=replace(job, warnings=(*job.warnings, *found))) if found else standing


def skipped(job: Job) -> list[Candidate]:
    """Those before the first that can be asked; none where nobody can, which is more than a warning."""
    own = own_sellers(job)
    passed = list(takewhile(lambda candidate: candidate.unavailable, own))
    return passed if len(passed) < len(own) else []


def _finding(candidate: Candidate) -> Finding:
    offer = candidate.offer
    message = f"`{offer.provider}/{offer.model}` is passed over: {candidate.unavailable}"
    advice = "`assetgen doctor` shows which keys are set; `models:` in assetgen.yaml says who is asked"
    return Finding("auth", message, severity=Severity.WARNING, help=advice)
