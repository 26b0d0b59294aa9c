"""What every executor keeps, whatever type of asset it makes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from assetgen.api import RunOptions
from assetgen.core.actions import kind_of
from assetgen.core.costs import CostEstimate
from assetgen.core.requests import canonical
from assetgen.core.validation import ValidationResult
from assetgen.dsl import checking
from tests.planning.projects import IMAGE, LINE, SCENE, plan_of, project

AROUND = project()
EXECUTORS = list(AROUND.executors)


def declared(kind: str) -> Any:
    document = checking.parse([IMAGE, LINE, SCENE], AROUND.rules)
    return next(entry.action for entry in document.entries if entry.action.type == kind)


@pytest.mark.parametrize("kind", EXECUTORS)
def test_its_action_is_frozen_and_of_its_kind(kind: str) -> None:
    executor = AROUND.executors[kind]
    action = executor.prepare(declared(kind))
    assert kind_of(action) is executor.kind
    assert hash(action) == hash(executor.prepare(declared(kind)))


@pytest.mark.parametrize("kind", EXECUTORS)
def test_its_fields_can_be_hashed_and_hold_no_id(kind: str) -> None:
    executor = AROUND.executors[kind]
    fields = executor.fields(executor.prepare(declared(kind)))
    assert canonical(fields)
    assert "id" not in fields


@pytest.mark.parametrize("kind", EXECUTORS)
def test_it_validates_and_estimates_without_asking_anybody(kind: str) -> None:
    executor = AROUND.executors[kind]
    action = executor.prepare(declared(kind))
    assert executor.validate(action) == ValidationResult()
    assert executor.estimate_cost(action) == CostEstimate()


@pytest.mark.parametrize("kind", EXECUTORS)
def test_it_asks_every_seller_for_something_priced_in_units(kind: str) -> None:
    executor = AROUND.executors[kind]
    action = executor.prepare(declared(kind))
    for seller in executor.sellers(action):
        assert executor.requests(action, seller.offer)


@pytest.mark.parametrize("kind", EXECUTORS)
def test_it_makes_the_files_that_it_announced(kind: str, tmp_path: Path) -> None:
    around = project(tmp_path)
    plan = plan_of(around, IMAGE, LINE, SCENE)
    asyncio.run(around.run(plan, RunOptions()))
    job = next(job for job in plan.jobs if job.kind.value == kind)
    record = around.last_run().records[job.id]
    assert tuple(file.path for file in record.files) == around.executors[kind].outputs(job.action)
    assert record.entry["path"] == record.files[0].path
