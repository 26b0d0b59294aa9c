"""What the journal has of an asset that keeps it from being bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assetgen.core.jobs import Candidate, Job
from assetgen.core.journal import Row, RowState

UNSURE = frozenset({RowState.SENDING, RowState.ACCEPTED, RowState.UNKNOWN})
"""It may have been paid for: asking anybody for the asset could pay for it twice."""

REFUSED = frozenset({RowState.DECLINED, RowState.UNUSABLE, RowState.LOST})
"""It would be refused, or paid for and lost, once more."""


BOUGHT = frozenset({RowState.STORED, RowState.RECEIVED})
"""It was paid for and came; where the cache does not have it, it is lost or has still to be stored."""


def counting(job: Job, resolution: Sequence[str] | None) -> list[Candidate]:
    """Whose work counts as this asset: the seller that it came to, then all of its own model."""
    came_to = [one for one in job.candidates if resolution == tuple(purchase.key for purchase in one.purchases)]
    return [*came_to, *(one for one in job.candidates if not one.degraded and one not in came_to)]


def keys(job: Job) -> list[str]:
    """The purchases of all its sellers."""
    return [purchase.key for candidate in job.candidates for purchase in candidate.purchases]


def blocking(job: Job, rows: Mapping[str, Row]) -> Row | None:
    """The row that holds the asset or remembers that it was refused; what is unsure comes first."""
    found = [row for candidate in job.candidates for row in _of(job, candidate, rows)]
    unsure = (row for row in found if row.state in UNSURE)
    refused = (row for row in found if row.state in REFUSED)
    return next(unsure, None) or next(refused, None)


def _of(job: Job, candidate: Candidate, rows: Mapping[str, Row]) -> list[Row]:
    """Rows of a seller. What an alternative model did counts only where it was for this very asset."""
    found = [rows[purchase.key] for purchase in candidate.purchases if purchase.key in rows]
    return [row for row in found if not candidate.degraded or row.action == job.id]
