"""What things may cost, and what they did cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from assetgen.core.actions import Kind
from assetgen.core.money import Units, Usd


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """A range of US dollars: `min` for one attempt at the first seller, `max` for all that may be charged."""

    min: Usd = Usd()
    max: Usd = Usd()
    currency: str = "USD"

    def __add__(self, other: CostEstimate) -> CostEstimate:
        return CostEstimate(self.min + other.min, self.max + other.max, self.currency)

    @classmethod
    def sum(cls, estimates: Iterable[CostEstimate]) -> CostEstimate:
        low = high = 0
        for estimate in estimates:
            low += estimate.min.micros
            high += estimate.max.micros
        return cls(Usd(low), Usd(high))


@dataclass(frozen=True, slots=True)
class Quote:
    """What one seller takes for an asset: for one attempt, and how many attempts may be charged."""

    price: Usd
    attempts: int = 1


def estimate(quotes: Sequence[Quote]) -> CostEstimate:
    """The range over a chain of sellers: one attempt at the first, or every chargeable attempt at each."""
    if not quotes:
        return CostEstimate()
    return CostEstimate(quotes[0].price, Usd.sum(quote.price * quote.attempts for quote in quotes))


@dataclass(frozen=True, slots=True)
class CostRecord:
    """One attempt that was booked: when, for what, with whom, how much of it, for how much."""

    time: dt.datetime
    kind: Kind
    model: str
    provider: str
    units: Units
    cost: Usd


@dataclass(frozen=True, slots=True)
class CostBreakdown:
    """The sum of many records, whole and in parts."""

    total: Usd = Usd()
    by_type: Mapping[str, Usd] = field(default_factory=dict)
    by_model: Mapping[str, Usd] = field(default_factory=dict)
