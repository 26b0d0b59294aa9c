"""From a checked document to a plan: every asset a job, with its key, its candidates and what it needs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

from assetgen.core.actions import JSON
from assetgen.core.errors import InvalidFilesError
from assetgen.core.executor import AssetExecutor
from assetgen.core.jobs import Job, Plan
from assetgen.core.requests import fingerprint
from assetgen.core.validation import Finding, Severity
from assetgen.dsl.checking import Document, Entry
from assetgen.dsl.problems import LISTED, Problem
from assetgen.planning.purchasing import Market, estimate_candidates

Executors = Mapping[str, AssetExecutor[Any]]
"""By the action's `type`."""


def make_plan(document: Document, executors: Executors, market: Market, *, draft: bool = False) -> Plan:
    """The whole plan of a document. Pure: nothing is looked up, nothing is sent.

    Raises:
        InvalidFilesError: The document has errors, or an executor finds one.
    """
    if not document.ok:
        require_valid(all_problems(document, executors))
    jobs, problems = [], []
    for entry in document.entries:
        executor = executors.get(entry.action.type)
        if executor is not None:
            job, errors = _job(document, entry, executor, market)
            jobs.append(job)
            problems += errors
    require_valid(tuple(problems))
    keyed = with_needed_keys(jobs)
    return Plan(keyed, document.files, draft, _owners(keyed), len(document.entries))


def all_problems(document: Document, executors: Executors) -> tuple[Problem, ...]:
    """Those of a document and what executors have to say about its actions, in the order of its files and lines."""
    found = [*document.problems, *_findings(document, executors)]
    order = {name: number for number, name in enumerate(document.files)}
    return tuple(sorted(found, key=lambda one: (order.get(one.file, 0), one.line, one.column)))


def _findings(document: Document, executors: Executors) -> Iterator[Problem]:
    """What is said about every action that is right so far; about none where not all that are wrong are known."""
    if not document.ok and len(document.problems) > LISTED:
        return
    wrong = {problem.action_index for problem in document.problems if problem.severity is Severity.ERROR}
    for entry in document.entries:
        executor = executors.get(entry.action.type)
        if executor is not None and entry.index not in wrong:
            for finding in executor.validate(executor.prepare(entry.action)).findings:
                yield document.problem(entry, finding)


def require_valid(problems: Iterable[Problem]) -> None:
    """Raise InvalidFilesError with all problems if one of them is an error."""
    found = tuple(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in found)
    if errors:
        noun = "problem" if errors == 1 else "problems"
        raise InvalidFilesError(f"{errors} {noun}; nothing was generated and nothing was spent", found)


def _job(document: Document, entry: Entry, executor: AssetExecutor[Any], market: Market) -> tuple[Job, list[Problem]]:
    action = executor.prepare(entry.action)
    found = executor.validate(action).findings
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if errors:
        # A size out of range has no requests to plan; its problem is all that is wanted of it.
        return _bare(document, entry, action, found), [document.problem(entry, error) for error in errors]
    candidates = tuple(
        market.candidate(seller, executor.requests(action, seller.offer)) for seller in executor.sellers(action)
    )
    fields = executor.fields(action)
    job = Job(
        action,
        fingerprint(f"job/{entry.action.type}@1", fields),
        fields,
        document.place(entry),
        executor.needs(action),
        candidates,
        estimate_candidates(candidates),
        found,
    )
    return job, []


def _bare(document: Document, entry: Entry, action: Any, found: tuple[Finding, ...]) -> Job:
    return Job(action, "", {}, document.place(entry), warnings=found)


def with_needed_keys(jobs: list[Job]) -> tuple[Job, ...]:
    """The jobs with the keys of what they need worked into their own, so that a change below is a change above.

    Raises:
        graphlib.CycleError: They need each other in a circle; checking has told the user before.
    """
    if not any(job.needs for job in jobs):
        return tuple(jobs)
    by_id = {job.id: job for job in jobs}
    order = TopologicalSorter({job.id: job.needs for job in jobs if job.needs}).static_order()
    for name in order:
        if by_id[name].needs:
            by_id[name] = _with_keys_of(by_id[name], by_id)
    return tuple(by_id[job.id] for job in jobs)


def _with_keys_of(job: Job, by_id: Mapping[str, Job]) -> Job:
    needed: dict[str, JSON] = {name: by_id[name].key for name in job.needs}
    fields = {**job.fields, "needs": needed}
    return dataclasses.replace(job, key=fingerprint(f"job/{job.kind.value}@1", fields), fields=fields)


def _owners(jobs: tuple[Job, ...]) -> dict[str, str]:
    """By purchase key, the first job in file order that wants it."""
    owners: dict[str, str] = {}
    for job in jobs:
        for candidate in job.candidates:
            for purchase in candidate.purchases:
                owners.setdefault(purchase.key, job.id)
    return owners
