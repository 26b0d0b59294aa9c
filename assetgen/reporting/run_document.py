"""The document of `assetgen run --json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from assetgen.core.actions import JSON
from assetgen.core.money import Usd
from assetgen.core.results import Counts, Failure, RunResult, Warned


def as_json(
    result: RunResult,
    *,
    slowest: Sequence[tuple[str, float]] | None = None,
    dearest: Sequence[tuple[str, Usd]] | None = None,
) -> dict[str, JSON]:
    """The document of `--json`: `assetgen/run@1`, with the lists that were asked for."""
    counts = result.counts
    return {
        "schema": "assetgen/run@1",
        "exit_code": result.exit_code,
        "counts": {name: getattr(counts, name) for name in Counts.__dataclass_fields__},
        "cost": {
            "spent_usd": str(result.spent),
            "saved_usd": str(result.saved),
            "unknown_usd": str(result.unknown),
            "by_type": _amounts(result.breakdown.by_type),
            "by_model": _amounts(result.breakdown.by_model),
        },
        "estimate": {"min_usd": str(result.estimate.min), "max_usd": str(result.estimate.max)},
        "metrics": dict(result.metrics),
        "warnings": [_warning(warned) for warned in result.warnings],
        "failed": [_failure(failure) for failure in result.failures],
        "manifest": manifest(result),
        **_lists(slowest, dearest),
    }


def _lists(slowest: Sequence[tuple[str, float]] | None, dearest: Sequence[tuple[str, Usd]] | None) -> dict[str, JSON]:
    lists: dict[str, JSON] = {}
    if slowest is not None:
        lists["slowest"] = [{"id": name, "seconds": took} for name, took in slowest]
    if dearest is not None:
        lists["dearest"] = [{"id": name, "cost_usd": str(cost)} for name, cost in dearest]
    return lists


def _amounts(sums: Mapping[str, Usd]) -> dict[str, JSON]:
    return {name: str(amount) for name, amount in sums.items()}


def _warning(warned: Warned) -> dict[str, JSON]:
    found, place = warned.finding, warned.place
    facts: dict[str, JSON] = {"id": warned.id, "code": found.code, "message": found.message}
    return {**facts, "file": place.file, "line": place.line, "help": found.help}


def _failure(failure: Failure) -> dict[str, JSON]:
    return {
        "id": failure.id,
        "type": failure.kind.value,
        "status": failure.status.value,
        "code": failure.code,
        "message": failure.message,
        "paid_usd": str(failure.paid),
        "unknown_usd": str(failure.unknown),
        "file": failure.place.file,
        "line": failure.place.line,
        "provider": failure.provider,
        "model": failure.model,
        "attempts": failure.attempts,
        "help": failure.help,
    }


def manifest(result: RunResult) -> str:
    """Where the manifest of a run stands."""
    return str(PurePath(result.out) / result.manifest)
