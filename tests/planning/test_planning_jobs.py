from __future__ import annotations

from typing import Any

import pytest

from assetgen.core.costs import CostEstimate
from assetgen.core.errors import InvalidFilesError
from assetgen.core.money import Usd
from assetgen.core.validation import Severity
from assetgen.dsl import checking
from tests.planning.projects import IMAGE, LINE, SCENE, plan_of, project


def key_of(**changes: Any) -> str:
    settings = changes.pop("settings", {})
    (job,) = plan_of(project(**settings), {**IMAGE, **changes}).jobs
    return job.key


def test_jobs_stand_in_file_order_with_what_they_need() -> None:
    jobs = plan_of(project(), SCENE, IMAGE, LINE).jobs
    assert [(job.id, job.needs) for job in jobs] == [("scene", ("pier", "line")), ("pier", ()), ("line", ())]


def test_assets_inside_game_actions_are_planned_however_deep() -> None:
    choice = {
        "type": "add_player_choice",
        "id": "choice",
        "prompt": "Well?",
        "options": [
            {
                "label": "a",
                "description": "b",
                "reactions": [{"type": "when_then", "condition": "met.tallyman", "action": IMAGE}],
            }
        ],
    }
    assert [job.id for job in plan_of(project(), choice).jobs] == ["pier"]


@pytest.mark.parametrize(
    "changes",
    [
        {"prompt": "a quay"},
        {"size": "64x80"},
        {"seed": 7},
        {"model": "sdxl"},
        {"settings": {"style": {"suffix": "in oil"}}},
        {"settings": {"image_format": "original"}},
    ],
)
def test_what_makes_another_asset_makes_another_key(changes: dict[str, Any]) -> None:
    assert key_of(**changes) != key_of()


@pytest.mark.parametrize("changes", [{"id": "quay"}, {"model": "flux-schnell"}, {"settings": {"concurrency": 2}}])
def test_what_makes_no_other_asset_keeps_the_key(changes: dict[str, Any]) -> None:
    assert key_of(**changes) == key_of()


def test_a_chain_is_not_part_of_the_key() -> None:
    chain = {"models": {"flux-schnell": [{"provider": "replicate"}]}, "draft": False}
    assert key_of(settings=chain) == key_of(settings={"draft": False}) == key_of()


def test_a_cutscene_changes_when_what_it_shows_changes() -> None:
    first = plan_of(project(), IMAGE, LINE, SCENE).by_id()["scene"]
    second = plan_of(project(), {**IMAGE, "prompt": "a quay"}, LINE, SCENE).by_id()["scene"]
    assert first.key != second.key


def test_equal_purchases_belong_to_the_first_that_wants_them() -> None:
    plan = plan_of(project(), IMAGE, {**IMAGE, "id": "same"}, {**IMAGE, "id": "other", "prompt": "a quay"})
    assert sorted(plan.owners.values()) == ["other", "pier"]


def test_a_long_narration_is_several_purchases_of_each_seller() -> None:
    text = "The tide came in and the boats went out again. " * 120
    (job,) = plan_of(project(draft=False), {**LINE, "text": text}).jobs
    assert [len(candidate.purchases) for candidate in job.candidates] == [2, 2]
    parts = job.candidates[0].purchases
    assert all(len(part.request.text) <= 4096 for part in parts)  # type: ignore[union-attr]


def test_estimates_are_priced_by_units_over_the_whole_chain() -> None:
    """Together: 0.0027 a megapixel; alternatives and chargeable attempts only raise the maximum."""
    (job,) = plan_of(project(draft=False), {**IMAGE, "size": "1024x1024"}).jobs
    assert job.estimate is not None
    assert job.estimate.min == Usd(2832)  # 0.0027 x 1.048576, rounded up
    assert job.estimate.max > job.estimate.min


def test_an_executor_estimates_as_the_plan_does_where_everybody_can_be_asked() -> None:
    around = project()
    plan = plan_of(around, IMAGE, LINE)
    each = [around.executors[job.kind.value].estimate_cost(job.action) for job in plan.jobs]
    assert CostEstimate.sum(each) == CostEstimate.sum(job.estimate for job in plan.jobs if job.estimate)


def test_what_an_executor_refuses_is_a_problem_in_its_place() -> None:
    with pytest.raises(InvalidFilesError) as caught:
        plan_of(project(draft=False), {**IMAGE, "size": "9000x9000"})
    (problem,) = caught.value.problems
    assert (problem.code, problem.action_id) == ("limit", "pier")


def test_a_setting_that_nobody_takes_is_a_warning() -> None:
    (job,) = plan_of(project(), {**IMAGE, "negative_prompt": "people"}).jobs
    assert [(one.code, one.severity) for one in job.warnings] == [("setting_dropped", Severity.WARNING)]


def test_without_an_adapter_or_a_key_a_seller_is_said_to_be_unavailable() -> None:
    (job,) = plan_of(project(draft=False), IMAGE).jobs
    assert all(candidate.unavailable for candidate in job.candidates)


def test_what_executors_find_is_told_together_with_what_is_wrong_elsewhere() -> None:
    around = project()
    huge = {**IMAGE, "id": "huge", "size": "9000x10"}
    document = checking.parse(
        [huge, {**IMAGE, "prompt": " "}, {**IMAGE, "id": "odd", "model": "sdlx", "size": "1x1"}], around.rules
    )
    found = {(one.action_index, one.code) for one in around.problems(document)}
    assert found == {(0, "limit"), (1, "schema"), (2, "schema")}
    with pytest.raises(InvalidFilesError, match="3 problems"):
        around.plan(document)
