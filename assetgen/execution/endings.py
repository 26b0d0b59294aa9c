"""How assets ended, in words: why one is not there, and what is to be said of one that is."""

from __future__ import annotations

from assetgen.core.errors import AssetGenerationError, CacheError, EditedOutputError, StorageError
from assetgen.core.jobs import Job
from assetgen.core.money import Usd
from assetgen.core.records import Record
from assetgen.core.results import Failure, Status
from assetgen.core.validation import Finding, Severity
from assetgen.execution.progress import Progress


def degraded(job: Job, model: str) -> Finding:
    """What is there was made by another model than was asked for."""
    message = f"`{model}` stands in for `{job.fields.get('model')}`, which could not be had"
    return Finding(
        "degraded", message, severity=Severity.WARNING, help="--upgrade-degraded makes it again with the first choice"
    )


def kept(record: Record) -> Finding:
    """What is there was changed by somebody."""
    message = f"`{record.entry['path']}` was changed by hand; it is kept as it is"
    return Finding("edited_output", message, severity=Severity.WARNING, help="delete it to have it made again")


def of_one_asset(error: StorageError) -> bool:
    """Whether others can still be stored."""
    return isinstance(error, EditedOutputError) or (isinstance(error, CacheError) and error.gone)


def bug(error: Exception) -> AssetGenerationError:
    """An error that nobody expected, as one that ends a single asset."""
    advice = "please report it, with the traceback that --verbose shows"
    return AssetGenerationError(f"a bug: {type(error).__name__}: {error}", help=advice)


def failure(job: Job, error: AssetGenerationError, progress: Progress, paid: Usd, unknown: Usd) -> Failure:
    """How an asset ended that an error kept from being made; with what was ever paid for it, or may have been."""
    code = str(error.details.get("code", error.code))
    return Failure(
        job.id,
        job.kind,
        _STATUSES.get(code, Status.FAILED),
        code,
        error.message,
        job.place,
        error.help,
        *progress.seller,
        progress.attempts,
        paid,
        unknown,
    )


_STATUSES = {"outcome_unknown": Status.HELD, "budget": Status.SKIPPED, "cancelled": Status.SKIPPED}


def cut_off(job: Job, progress: Progress) -> Failure:
    """How an asset ended whose run ended first; what was on its way to a service may have been done."""
    pending = progress.pending.amount if progress.pending is not None else Usd()
    held = Status.HELD, "outcome_unknown", "the run ended while a service was at it"
    cut = Status.SKIPPED, "cancelled", "the run ended before it was finished"
    return Failure(
        job.id,
        job.kind,
        *(held if progress.pending is not None else cut),
        job.place,
        "run again: what can be learnt of it is learnt then",
        *progress.seller,
        progress.attempts,
        progress.paid,
        progress.unknown + pending,
    )
