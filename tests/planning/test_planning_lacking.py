"""Who is missed: assets that have to be bought and whose own sellers can't be asked."""

from __future__ import annotations

from pathlib import Path

from assetgen.planning.lacking import lacks
from tests.planning.projects import IMAGE, LINE, SCENE, plan_of, project

KEY = "a-key-of-some-length"


def test_assets_that_lack_the_same_are_told_together_with_every_reason(tmp_path: Path) -> None:
    around = project(tmp_path, {"OPENAI_API_KEY": KEY}, draft=False)
    other = {**IMAGE, "id": "quay", "prompt": "a quay"}
    (lack,) = lacks(around.survey(plan_of(around, IMAGE, LINE, other, SCENE)).standings)
    assert [standing.job.id for standing in lack.standings] == ["pier", "quay"]
    assert dict(lack.reasons) == {
        "together": "TOGETHER_API_KEY is not set",
        "replicate": "REPLICATE_API_TOKEN is not set",
    }


def test_one_seller_of_the_model_is_enough(tmp_path: Path) -> None:
    around = project(tmp_path, {"OPENAI_API_KEY": KEY, "REPLICATE_API_TOKEN": KEY}, draft=False)
    assert lacks(around.survey(plan_of(around, IMAGE, LINE)).standings) == ()


def test_an_alternative_model_never_steps_in_for_a_key(tmp_path: Path) -> None:
    around = project(tmp_path, {"GOOGLE_API_KEY": KEY}, draft=False)
    (lack,) = lacks(around.survey(plan_of(around, LINE)).standings)
    assert list(lack.reasons) == ["openai"]


def test_a_chain_of_alternatives_alone_lacks_only_their_keys(tmp_path: Path) -> None:
    chosen = {"models": {"openai-tts": [{"model": "google-tts"}]}}
    around = project(tmp_path, {"GOOGLE_API_KEY": KEY}, draft=False, **chosen)
    assert lacks(around.survey(plan_of(around, LINE)).standings) == ()
    around = project(tmp_path, {}, draft=False, **chosen)
    (lack,) = lacks(around.survey(plan_of(around, LINE)).standings)
    assert dict(lack.reasons) == {"google": "GOOGLE_API_KEY is not set"}


def test_drafts_lack_nothing(tmp_path: Path) -> None:
    around = project(tmp_path)
    assert lacks(around.survey(plan_of(around, IMAGE, LINE, SCENE)).standings) == ()
