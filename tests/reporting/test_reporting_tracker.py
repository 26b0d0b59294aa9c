from __future__ import annotations

import datetime as dt

from assetgen.core.actions import Kind
from assetgen.core.costs import CostBreakdown, CostRecord
from assetgen.core.money import Units
from assetgen.core.ports import CostTracker
from assetgen.reporting.tracker import Costs
from tests.reporting.builders import money


def record(kind: Kind, model: str, cost: str) -> CostRecord:
    return CostRecord(dt.datetime(2026, 11, 20, tzinfo=dt.UTC), kind, model, "together", Units(images=1), money(cost))


def test_records_are_summed_by_type_and_by_model() -> None:
    costs: CostTracker = Costs()
    records = (
        record(Kind.IMAGE, "sdxl", "0.009"),
        record(Kind.IMAGE, "flux-schnell", "0.0027"),
        record(Kind.SUBTITLE, "openai-tts", "0.0015"),
    )
    for one in records:
        costs.record(one)
    assert costs.records() == records
    assert costs.total == money("0.0132")
    assert costs.breakdown() == CostBreakdown(
        money("0.0132"),
        {"asset_image": money("0.0117"), "asset_subtitle": money("0.0015")},
        {"sdxl": money("0.009"), "flux-schnell": money("0.0027"), "openai-tts": money("0.0015")},
    )


def test_a_breakdown_does_not_change_with_later_records() -> None:
    costs = Costs()
    before = costs.breakdown()
    costs.record(record(Kind.IMAGE, "sdxl", "0.009"))
    assert before == CostBreakdown()
