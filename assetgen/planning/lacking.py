"""Assets that have to be bought, and that nobody who sells their own model can be asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetgen.core.jobs import Candidate, Job
from assetgen.core.surveys import Standing, State

BUYING = frozenset({State.NEW, State.CHANGED, State.UNPRICED})


@dataclass(frozen=True, slots=True)
class Lack:
    """Assets that lack the same.

    Attributes:
        reasons: By the service, in the order in which they would be asked, why it can't be.
    """

    reasons: Mapping[str, str]
    standings: tuple[Standing, ...]


def lacks(standings: Iterable[Standing]) -> tuple[Lack, ...]:
    """What stands in the way of assets that are to be bought, in plan order. What is held, refused or cached lacks
    nobody.
    """
    found: dict[tuple[tuple[str, str], ...], list[Standing]] = {}
    for standing in standings:
        job = standing.job
        # A chain of nothing but alternative models is the user's choice.
        sellers = own_sellers(job) or job.candidates
        if standing.state in BUYING and sellers and all(one.unavailable for one in sellers):
            way = tuple((one.offer.provider, one.unavailable) for one in sellers)
            found.setdefault(way, []).append(standing)
    return tuple(Lack(dict(way), tuple(each)) for way, each in found.items())


def own_sellers(job: Job) -> list[Candidate]:
    """Those who sell its own model; an alternative model never steps in for a missing key."""
    return [candidate for candidate in job.candidates if not candidate.degraded]
