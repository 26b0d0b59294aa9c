"""Which exit code a run ends with."""

from __future__ import annotations

from collections.abc import Iterable

from assetgen.core.results import Failure, Status

BY_CODE = {
    "auth": 6,
    "quota": 6,
    "budget": 3,
    "unpriced": 3,
    "outcome_unknown": 4,
    "storage": 5,
    "cache": 5,
    "bug": 70,
}
"""Codes that speak of more than one asset; every other failure is 1."""

MOST_IMPORTANT_FIRST = (70, 5, 6, 3, 4, 1)


def exit_code(failures: Iterable[Failure], interrupted: int = 0) -> int:
    """0 when every asset is there; an interruption's own code before all others."""
    if interrupted:
        return interrupted
    codes = {_code(failure) for failure in failures}
    return next((code for code in MOST_IMPORTANT_FIRST if code in codes), 0)


def _code(failure: Failure) -> int:
    return 4 if failure.status is Status.HELD else BY_CODE.get(failure.code, 1)
