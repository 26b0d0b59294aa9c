"""How every asset of a run ended, told to the listeners as it happens and summed up at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assetgen.core.actions import JSON, Kind
from assetgen.core.costs import CostBreakdown
from assetgen.core.events import ActionCached, ActionDone, ActionFailed, Event
from assetgen.core.jobs import Job
from assetgen.core.money import Usd
from assetgen.core.records import Record
from assetgen.core.results import AssetResult, Counts, Failure, RunResult, Status, Warned
from assetgen.core.surveys import Survey
from assetgen.core.validation import Finding, Severity
from assetgen.execution.exits import exit_code
from assetgen.planning.records import MANIFEST


@dataclass(slots=True)
class Book:
    """One page per asset.

    Attributes:
        results: Finished assets, for those that need them.
        records: The same for the next run.
        edited: What is different in the manifest's lines of assets that somebody edited.
        spent: What was paid for an asset in this run, or may have been; also where it failed.
    """

    survey: Survey
    emit: Callable[[Event], None]
    results: dict[str, AssetResult] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    spent: dict[str, Usd] = field(default_factory=dict)
    saved: dict[str, Usd] = field(default_factory=dict)
    warnings: list[Warned] = field(default_factory=list)
    edited: dict[str, dict[str, JSON]] = field(default_factory=dict)

    def shown(self, record: Record) -> Record:
        """An asset as the manifest shows it: as it was made, or as somebody edited it."""
        edited = self.edited.get(record.id)
        return replace(record, entry={**record.entry, **edited}) if edited else record

    def keep(self, job: Job, result: AssetResult, record: Record) -> None:
        """The asset is there."""
        self.results[job.id] = result
        self.records[job.id] = record
        found = {(one.code, one.message): one for one in (*job.warnings, *result.warnings)}
        self.warnings += [Warned(job.id, job.place, finding) for finding in found.values()]

    def cached(self, job: Job, saved: Usd, *, restored: bool = False) -> None:
        """Nothing had to be bought for it."""
        self.saved[job.id] = saved
        self.emit(ActionCached(job.id, job.kind, saved, restored))

    def done(self, job: Job, seller: tuple[str, str], seconds: float, record: Record) -> None:
        """It was made in this run."""
        path, degraded = str(record.entry["path"]), bool(record.entry.get("degraded"))
        spent = self.spent.get(job.id, Usd())
        self.emit(ActionDone(job.id, job.kind, *seller, round(seconds, 3), spent, path, degraded))

    def failed(self, failure: Failure, seconds: float = 0.0) -> None:
        """It is not there."""
        self.failures[failure.id] = failure
        self.emit(
            ActionFailed(
                failure.id,
                failure.kind,
                failure.status,
                failure.code,
                failure.message,
                failure.place,
                failure.provider,
                failure.model,
                failure.attempts,
                round(seconds, 3),
                failure.paid,
                failure.unknown,
                failure.help,
                self.spent.get(failure.id, Usd()),
            )
        )

    def skipped(self, job: Job, code: str, message: str) -> None:
        """Nobody tried."""
        self.failed(Failure(job.id, job.kind, Status.SKIPPED, code, message, job.place))

    def in_plan_order(self) -> tuple[Failure, ...]:
        ids = (standing.job.id for standing in self.survey.standings)
        return tuple(self.failures[name] for name in ids if name in self.failures)

    def ended(self, name: str) -> bool:
        return name in self.results or name in self.failures

    def result(self, breakdown: CostBreakdown, seconds: float, interrupted: int, unknown: Usd) -> RunResult:
        """The sum of all pages."""
        failures = self.in_plan_order()
        kinds = list(dict.fromkeys(standing.job.kind for standing in self.survey.standings))
        return RunResult(
            exit_code=exit_code(failures, interrupted),
            counts=self._counts(None),
            by_kind={kind: self._counts(kind) for kind in kinds},
            spent=Usd.sum(self.spent.values()),
            spent_by_kind={kind: self._sum(self.spent, kind) for kind in kinds},
            saved=Usd.sum(self.saved.values()),
            saved_by_kind={kind: self._sum(self.saved, kind) for kind in kinds},
            unknown=unknown,
            breakdown=breakdown,
            estimate=self.survey.total,
            seconds=seconds,
            failures=failures,
            warnings=tuple(self.warnings),
            manifest=MANIFEST,
            interrupted=bool(interrupted),
        )

    def _counts(self, kind: Kind | None) -> Counts:
        ids = [standing.job.id for standing in self.survey.standings if kind in (None, standing.job.kind)]
        ends = [self.failures[name].status for name in ids if name in self.failures]
        cached = sum(name in self.saved for name in ids)
        return Counts(
            total=len(ids),
            generated=len(ids) - cached - len(ends),
            cached=cached,
            failed=ends.count(Status.FAILED),
            skipped=ends.count(Status.SKIPPED),
            held=ends.count(Status.HELD),
        )

    def _sum(self, amounts: Mapping[str, Usd], kind: Kind) -> Usd:
        jobs = (standing.job for standing in self.survey.standings)
        return Usd.sum(amounts[job.id] for job in jobs if job.kind is kind and job.id in amounts)


def remembered(record: Record, get_url: Callable[[str], str]) -> AssetResult:
    """A finished asset as its record tells it."""
    line = record.entry
    files = tuple(file.output(get_url) for file in record.files)
    duration = line.get("duration")
    seconds = float(duration) if isinstance(duration, int | float) else None
    return AssetResult(record.id, str(line["url"]), line, duration=seconds, files=files, warnings=_warnings(record))


def _warnings(record: Record) -> tuple[Finding, ...]:
    found = record.entry.get("warnings")
    if not isinstance(found, list):
        return ()
    return tuple(
        Finding(str(one["code"]), str(one["message"]), severity=Severity.WARNING)
        for one in found
        if isinstance(one, dict)
    )
