"""Plans that are saved, read and kept to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.api import Project, RunOptions
from assetgen.core.costs import CostEstimate
from assetgen.core.errors import BudgetError, ValidationError
from assetgen.core.money import Usd
from assetgen.dsl import checking
from assetgen.planning import saved
from assetgen.planning.saved import Basis, Bill, Choice, Planned, SavedPlan
from assetgen.planning.saved_file import LARGEST
from assetgen.settings import UserPrice
from tests.planning.projects import IMAGE, LINE, project

A, B, C = ("a" * 64, "b" * 64, "c" * 64)
CHEAP, DEAR = Usd(2_100), Usd(50_000)


def bill(*purchases: tuple[str, str, Usd], prices: str = A, low: Usd = CHEAP, high: Usd = DEAR) -> Bill:
    return Bill(tuple(Planned(*one) for one in purchases), CostEstimate(low, high), prices)


def basis(*files: tuple[str, str], settings: str = A) -> Basis:
    return Basis(files or (("actions.yaml", A),), settings)


PLAN = SavedPlan(
    basis(("a.yaml", A), ("b.yaml", B)),
    bill((A, "pier", CHEAP), (B, "ch1/日本", DEAR)),
    Choice(("ch1/*",), force=True, rebuy=True, upgrade=True),
    version="0.1.0",
)


def written(plan: SavedPlan) -> bytes:
    return json.dumps(saved.save(plan)).encode()


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(written(PLAN)), **fields}).encode()


def look(around: Project, *actions: dict[str, Any], names: Sequence[str] = ("actions.yaml",)) -> SavedPlan:
    """What these actions come to now, as they would be saved."""
    document = checking.parse(json.dumps(list(actions)), around.rules)
    survey = around.survey(around.plan(document))
    return SavedPlan(saved.basis_of(names, document, around.settings), saved.bill_of(survey, around.offers))


def test_what_is_saved_is_read() -> None:
    assert saved.read(written(PLAN)) == PLAN


def test_a_plan_that_was_saved_before_upgrades_has_no_wish_for_them() -> None:
    document = json.loads(written(PLAN))
    assert document.pop("upgrade_degraded") is True
    assert saved.read(json.dumps(document).encode()).choice.upgrade is False


def test_the_file_says_what_it_is_and_money_in_it_is_text() -> None:
    document = json.loads(written(PLAN))
    assert (document["schema"], document["generator"]) == ("assetgen/saved-plan@1", "assetgen 0.1.0")
    assert document["total"] == {"min_usd": "0.0021", "max_usd": "0.05"}
    assert document["purchases"][1] == {"key": B, "id": "ch1/日本", "max_usd": "0.05"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"schema": "assetgen/saved-plan@1"}',
        changed(schema="assetgen/manifest@1"),
        changed(schema=1),
        changed(files=[]),
        changed(files=[{"file": "a", "sha256": "short"}]),
        changed(force=1),
        changed(extra=1),
        changed(total={"min_usd": 1, "max_usd": "1"}),
        changed(total={"min_usd": "-1", "max_usd": "1"}),
        changed(total={"min_usd": "nan", "max_usd": "1"}),
        changed(purchases=[{"key": A, "id": "x"}]),
    ],
)
def test_what_is_no_saved_plan_is_wrong_input(data: bytes) -> None:
    with pytest.raises(ValidationError, match="no saved plan") as caught:
        saved.read(data)
    assert caught.value.exit_code == 2


@given(st.binary(max_size=200))
def test_no_bytes_are_a_bug(data: bytes) -> None:
    with pytest.raises(ValidationError):
        saved.read(data)


def test_a_plan_of_a_newer_version_is_not_guessed_at() -> None:
    with pytest.raises(ValidationError, match="newer assetgen"):
        saved.read(changed(schema="assetgen/plan@2"))


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    with pytest.raises(ValidationError, match="larger than 64 MB"):
        saved.read(b" " * (LARGEST + 1))


def test_the_same_plan_runs() -> None:
    saved.compare(PLAN, PLAN)


def test_what_became_smaller_or_cheaper_runs() -> None:
    smaller = bill((A, "pier", CHEAP), low=Usd(), high=CHEAP)
    saved.compare(PLAN, replace(PLAN, bill=smaller))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ((("a.yaml", A), ("b.yaml", C)), "`b.yaml` changed"),
        ((("a.yaml", A),), "`b.yaml` went away"),
        ((("a.yaml", A), ("b.yaml", B), ("c.yaml", C)), "`c.yaml` came along"),
        ((("b.yaml", B), ("a.yaml", A)), "the order of the files changed"),
    ],
)
def test_an_input_that_changed_is_named(files: tuple[tuple[str, str], ...], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        saved.compare(PLAN, replace(PLAN, basis=basis(*files)))
    assert said in caught.value.message
    assert "--save" in caught.value.help


def test_the_same_text_under_another_name_is_the_same_input() -> None:
    saved.compare(PLAN, replace(PLAN, basis=basis(("./a.yaml", A), ("sub/b.yaml", B))))


def test_settings_that_decide_what_is_bought_are_part_of_the_input() -> None:
    with pytest.raises(ValidationError, match=r"settings of `assetgen\.yaml` changed"):
        saved.compare(PLAN, replace(PLAN, basis=replace(PLAN.basis, settings=B)))


def test_more_to_buy_is_refused_with_the_first_ids_and_both_totals() -> None:
    more = [(f"{number:064x}", f"new_{number}", CHEAP) for number in range(5)]
    now = bill((A, "pier", CHEAP), *more, high=Usd(60_000))
    with pytest.raises(BudgetError) as caught:
        saved.compare(PLAN, replace(PLAN, bill=now))
    assert "`new_0`, `new_1`, `new_2` and 2 more would be bought" in caught.value.message
    assert "$0.0021 to $0.06 now, $0.0021 to $0.05 in the plan" in caught.value.message
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (bill((A, "pier", DEAR)), "`pier` may cost more"),
        (bill(high=Usd(50_001)), "it costs more than the plan says"),
        (bill(low=Usd(2_101)), "it costs more than the plan says"),
        (bill(prices=B), "the price table changed"),
    ],
)
def test_a_dearer_plan_is_refused(now: Bill, said: str) -> None:
    with pytest.raises(BudgetError) as caught:
        saved.compare(PLAN, replace(PLAN, bill=now))
    assert said in caught.value.message


def test_a_survey_comes_to_its_purchases_each_once_with_all_their_attempts() -> None:
    around = project(draft=False)
    once, twice = look(around, IMAGE), look(around, IMAGE, {**IMAGE, "id": "same"})
    assert once.bill == twice.bill
    assert {one.id for one in once.bill.purchases} == {"pier"}
    assert Usd.sum(one.most for one in once.bill.purchases) == once.bill.total.max


def test_what_is_there_is_in_no_plan(tmp_path: Path) -> None:
    around = project(tmp_path)
    plan = around.plan(checking.parse([IMAGE], around.rules))
    asyncio.run(around.run(plan, RunOptions()))
    assert [one.id for one in look(around, IMAGE, LINE).bill.purchases] == ["line"]


def test_a_changed_prompt_is_another_input_and_another_purchase() -> None:
    around = project(draft=False)
    one, other = look(around, IMAGE), look(around, {**IMAGE, "prompt": "a quay"})
    assert one.basis.files != other.basis.files
    assert one.bill.purchases != other.bill.purchases
    assert one.basis.settings == other.basis.settings


def test_style_counts_as_input_and_a_price_as_a_price() -> None:
    plain = look(project(draft=False), IMAGE)
    styled = look(project(draft=False, style={"suffix": "in ink"}), IMAGE)
    priced = look(
        project(draft=False, prices={"together/flux-schnell": UserPrice.model_validate({"usd": "1", "per": "image"})}),
        IMAGE,
    )
    assert styled.basis.settings != plain.basis.settings
    assert priced.basis == plain.basis
    assert priced.bill.prices != plain.bill.prices


def test_an_approved_plan_holds_after_it_was_written_and_read() -> None:
    around = project(draft=False)
    approved = saved.read(written(look(around, IMAGE, LINE)))
    saved.compare(approved, look(around, IMAGE, LINE))
    with pytest.raises(ValidationError):
        saved.compare(approved, look(around, IMAGE))
