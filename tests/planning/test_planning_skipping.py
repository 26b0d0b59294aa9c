"""Who is passed over for want of a key, and with which asset that is said."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.planning.projects import IMAGE, LINE, plan_of, project

KEY = "a-key-of-some-length"
TOGETHER, REPLICATE = {"TOGETHER_API_KEY": KEY}, {"REPLICATE_API_TOKEN": KEY}


def told(folder: Path, environment: Mapping[str, str], **settings: object) -> list[tuple[str, str]]:
    around = project(folder, environment, **{"draft": False, **settings})
    plan = plan_of(around, IMAGE, {**IMAGE, "id": "quay", "prompt": "a quay"}, LINE)
    standings = around.survey(plan).standings
    return [(one.job.id, found.message) for one in standings for found in one.job.warnings if found.code == "auth"]


def test_a_seller_that_is_passed_over_is_told_once_with_its_reason(tmp_path: Path) -> None:
    said = "`together/flux-schnell` is passed over: TOGETHER_API_KEY is not set"
    assert told(tmp_path, REPLICATE) == [("pier", said)]


@pytest.mark.parametrize("environment", [TOGETHER, {**TOGETHER, **REPLICATE}, {}])
def test_nothing_is_told_where_the_first_can_be_asked_or_nobody_can(
    tmp_path: Path, environment: Mapping[str, str]
) -> None:
    assert told(tmp_path, environment) == []


def test_drafts_pass_over_nobody(tmp_path: Path) -> None:
    assert told(tmp_path, {}, draft=True) == []
