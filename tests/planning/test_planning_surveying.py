from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from assetgen.api import Project, RunOptions
from assetgen.core.errors import ValidationError
from assetgen.core.journal import RowState
from assetgen.core.money import Usd
from assetgen.core.surveys import Consent, OnUnknown, Standing, State
from assetgen.planning.choosing import named, with_needs
from assetgen.planning.records import LastRun
from assetgen.planning.surveying import Surveyor
from tests.fakes.ledger import MemoryLedger
from tests.planning.projects import IMAGE, LINE, SCENE, plan_of, project


def make(around: Project, *actions: dict[str, Any]) -> None:
    result = asyncio.run(around.run(plan_of(around, *actions), RunOptions()))
    assert result.exit_code == 0


def stand(around: Project, *actions: dict[str, Any]) -> dict[str, Standing]:
    survey = around.survey(plan_of(around, *actions))
    return {standing.job.id: standing for standing in survey.standings}


def test_in_a_new_folder_everything_is_new(tmp_path: Path) -> None:
    found = stand(project(tmp_path), IMAGE, LINE, SCENE)
    assert {one.state for one in found.values()} == {State.NEW}


def test_a_survey_makes_no_output_folder(tmp_path: Path) -> None:
    stand(project(tmp_path), IMAGE)
    assert not (tmp_path / "out").exists()


def test_what_stands_as_it_was_made_is_cached_and_present(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE, LINE, SCENE)
    found = stand(around, IMAGE, LINE, SCENE)
    assert {(one.state, one.present) for one in found.values()} == {(State.CACHED, True)}


def test_a_touched_file_is_hashed_again_and_still_stands(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE)
    (tmp_path / "out/images/pier.png").touch()
    assert stand(around, IMAGE)["pier"].present


def test_a_missing_file_is_cached_and_not_present(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE)
    (tmp_path / "out/images/pier.png").unlink()
    found = stand(around, IMAGE)["pier"]
    assert (found.state, found.present) == (State.CACHED, False)


def test_a_change_is_told_by_its_field_with_old_and_new(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE, LINE)
    found = stand(around, {**IMAGE, "size": "80x64"}, {**LINE, "voice_tone": "epic"})
    (size,) = found["pier"].changes
    assert (size.field, size.old, size.new, found["pier"].state) == ("size", "64x64", "80x64", State.CHANGED)
    assert found["line"].reason == "voice_tone calm → epic"


def test_what_was_asked_for_before_the_last_change_is_still_bought(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE)
    make(around, {**IMAGE, "prompt": "a quay"})
    assert stand(around, IMAGE)["pier"].state is State.CACHED


def test_a_new_id_for_the_same_picture_is_bought_before(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE)
    found = stand(around, {**IMAGE, "id": "quay"})["quay"]
    assert (found.state, found.present) == (State.CACHED, False)


def test_assets_that_are_asked_for_no_more_are_named(tmp_path: Path) -> None:
    around = project(tmp_path)
    make(around, IMAGE, LINE)
    assert around.survey(plan_of(around, LINE)).unused == ("pier",)


def test_equal_purchases_are_estimated_once() -> None:
    around = project(draft=False)
    once = around.survey(plan_of(around, IMAGE)).total
    twice = around.survey(plan_of(around, IMAGE, {**IMAGE, "id": "same"})).total
    assert once == twice
    assert once.min.micros > 0


def test_choosing_brings_along_what_is_needed(tmp_path: Path) -> None:
    plan = plan_of(project(tmp_path), IMAGE, LINE, SCENE, {**IMAGE, "id": "other"})
    assert with_needs(plan, named(plan, ["sc*"])) == {"scene", "pier", "line"}
    assert named(plan, ["pier", "o?her"]) == {"pier", "other"}


def test_choosing_nothing_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    plan = plan_of(project(tmp_path), IMAGE)
    with pytest.raises(ValidationError) as caught:
        named(plan, ["peir"])
    assert "`pier`" in caught.value.help


def standing_with(tmp_path: Path, *ends: tuple[RowState, bool], consent: Consent = Consent()) -> Standing:
    """One picture of two sellers, beside rows of their purchases: state, and whether in the open account."""
    around = project(tmp_path, {"TOGETHER_API_KEY": "x" * 20, "REPLICATE_API_TOKEN": "x" * 20}, draft=False)
    plan = plan_of(around, IMAGE)
    (job,) = plan.jobs
    ledger = MemoryLedger()
    purchases = [purchase for candidate in job.candidates for purchase in candidate.purchases]
    for purchase, (state, here) in zip(purchases, ends, strict=False):
        ledger.add(purchase, job.id, state, Usd(3000), here=here)
    rows = {row.purchase.key: row for row in ledger.rows.values()}
    nothing = LastRun()
    surveyor = Surveyor(around.storage, lambda key: None, nothing, lambda job: (), rows=lambda: rows, consent=consent)
    (standing,) = surveyor.survey(plan).standings
    return standing


RETRY, REBUY = Consent(on_unknown=OnUnknown.RETRY), Consent(rebuy=True)


@pytest.mark.parametrize("state", [RowState.SENDING, RowState.ACCEPTED, RowState.UNKNOWN])
@pytest.mark.parametrize("here", [True, False])
def test_what_may_have_been_paid_for_is_held_until_the_user_risks_it(
    tmp_path: Path, state: RowState, here: bool
) -> None:
    found = standing_with(tmp_path, (state, here))
    assert (found.state, found.estimate.max) == (State.HELD, Usd())
    assert "nobody knows" in found.reason
    assert standing_with(tmp_path, (state, here), consent=REBUY).state is State.HELD
    assert standing_with(tmp_path, (state, here), consent=RETRY).state is State.NEW


@pytest.mark.parametrize("state", [RowState.DECLINED, RowState.UNUSABLE, RowState.LOST, RowState.STORED])
def test_what_was_refused_or_lost_is_bought_again_by_the_users_wish_and_once_an_account(
    tmp_path: Path, state: RowState
) -> None:
    found = standing_with(tmp_path, (state, False))
    assert (found.state, found.estimate.max) == (State.REFUSED, Usd())
    assert "--rebuy" in found.reason
    assert standing_with(tmp_path, (state, False), consent=RETRY).state is State.REFUSED
    gone = state in {RowState.LOST, RowState.STORED}
    assert standing_with(tmp_path, (state, True), consent=REBUY).state is (State.NEW if gone else State.REFUSED)
    allowed = standing_with(tmp_path, (state, False), consent=REBUY)
    assert allowed.state is State.NEW
    assert allowed.estimate.min > Usd()


def test_what_was_received_is_there_as_soon_as_it_is_stored(tmp_path: Path) -> None:
    found = standing_with(tmp_path, (RowState.RECEIVED, False))
    assert (found.state, found.present, found.saved) == (State.CACHED, False, Usd(3000))


@pytest.mark.parametrize(
    "state", [RowState.RELEASED, RowState.FAILED, RowState.ABANDONED, RowState.SUPERSEDED, RowState.DISCARDED]
)
def test_rows_of_the_past_are_in_nobodys_way(tmp_path: Path, state: RowState) -> None:
    assert standing_with(tmp_path, (state, True)).state is State.NEW


def test_what_another_seller_may_have_been_paid_for_holds_the_asset_too(tmp_path: Path) -> None:
    assert standing_with(tmp_path, (RowState.RELEASED, False), (RowState.UNKNOWN, False)).state is State.HELD
    both = standing_with(tmp_path, (RowState.DECLINED, False), (RowState.UNKNOWN, False), consent=REBUY)
    assert both.state is State.HELD, "what is unsure comes first"
