"""How long many things took, kept in a few numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

STEPS = 32
"""Buckets from one power of two to the next: each ends 2.2 % above the one before."""
SHORTEST, LONGEST = 2.0**-10, 2.0**17
"""Seconds; what is shorter or longer is counted in the first or the last bucket."""


@dataclass(slots=True)
class Histogram:
    """Times in seconds, counted in fixed buckets: at most 865 numbers, however many times are added.

    Nothing is drawn at random and nothing forgotten, so histograms add up exactly. A quantile is the end of its bucket:
    at most 2.2 % above the true one, never below it, and never above the longest time.
    """

    total: float = 0.0
    longest: float = 0.0
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, seconds: float) -> None:
        self.total += seconds
        self.longest = max(self.longest, seconds)
        self.buckets[_bucket(seconds)] += 1

    @classmethod
    def sum(cls, parts: Iterable[Histogram]) -> Self:
        """All times of several histograms in one."""
        whole = cls()
        for part in parts:
            whole.total += part.total
            whole.longest = max(whole.longest, part.longest)
            whole.buckets.update(part.buckets)
        return whole

    @property
    def count(self) -> int:
        return self.buckets.total()

    def quantile(self, percent: int) -> float | None:
        """The time within which so many percent were done, by nearest rank, to the millisecond; None of nothing."""
        rank, seen = max(-(-self.count * percent // 100), 1), 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= rank:
                return round(min(_end(bucket), self.longest), 3)
        return None

    def up_to(self, bound: float) -> int:
        """How many took no longer than a power of two seconds."""
        last = _bucket(bound)
        return sum(number for bucket, number in self.buckets.items() if bucket <= last)


def _bucket(seconds: float) -> int:
    return math.ceil(STEPS * math.log2(min(max(seconds, SHORTEST), LONGEST)))


def _end(bucket: int) -> float:
    return float(2.0 ** (bucket / STEPS))
