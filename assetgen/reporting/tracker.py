"""What a run has cost so far, in memory."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType

from assetgen.core.costs import CostBreakdown, CostRecord
from assetgen.core.money import Usd


class Costs:
    """Every booked attempt, with running sums, so that asking for the total never walks the list."""

    def __init__(self) -> None:
        self._records: list[CostRecord] = []
        self._total = Usd()
        self._by_type: dict[str, Usd] = defaultdict(Usd)
        self._by_model: dict[str, Usd] = defaultdict(Usd)

    def record(self, record: CostRecord) -> None:
        self._records.append(record)
        self._total += record.cost
        self._by_type[record.kind.value] += record.cost
        self._by_model[record.model] += record.cost

    def records(self) -> tuple[CostRecord, ...]:
        return tuple(self._records)

    @property
    def total(self) -> Usd:
        return self._total

    def breakdown(self) -> CostBreakdown:
        """The sums as they are now; later records don't change it."""
        return CostBreakdown(self._total, MappingProxyType(dict(self._by_type)), MappingProxyType(dict(self._by_model)))
