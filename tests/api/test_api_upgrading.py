"""What an alternative model made is made again with the first choice, by the user's wish, and paid for once."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from assetgen.api import RunOptions
from assetgen.core.actions import JSON
from assetgen.core.errors import AssetGenerationError, BudgetError, MissingKeyError
from assetgen.core.events import CallEnded, Timed
from assetgen.core.money import Usd
from assetgen.core.surveys import State
from tests.e2e.market import Market, picture
from tests.fakes.clock import FakeClock
from tests.services.faults import Fault
from tests.services.server import Services

HERO, TWIN = picture("hero", "A hero"), picture("twin", "A hero")
SCENE: Mapping[str, JSON] = {
    "type": "asset_cutscene",
    "id": "scene",
    "shots": [{"image_id": "hero", "subtitle_id": "line", "duration": 5, "animation": "fade"}],
}
LINE: Mapping[str, JSON] = {"type": "asset_subtitle", "id": "line", "text": "Nobody on the quay said a word."}
DEAR = Usd(6_000)
"""What the alternative took."""


@pytest.fixture(scope="module")
def open_services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def around(tmp_path: Path, open_services: Services) -> Market:
    open_services.clear()
    return Market(tmp_path, open_services, clock=FakeClock())


def strike(around: Market) -> None:
    """Nobody sells the first choice any more."""
    around.services.faults.always("together", Fault.status(404))
    around.services.faults.always("replicate", Fault.status(404))


@pytest.fixture
def degraded(around: Market) -> Market:
    """A picture that an alternative model made; by now the first choice can be had again."""
    strike(around)
    assert around.run(HERO).exit_code == 0
    assert around.images()["hero"]["degraded"] is True
    around.services.faults.clear()
    return around


def kill(around: Market, **options: object) -> None:
    """A run that ends as if killed, as soon as its first purchase is stored."""

    async def cut() -> None:
        def hear(timed: Timed) -> None:
            if isinstance(timed.event, CallEnded) and timed.event.cost:
                asyncio.get_running_loop().call_later(0.05, running.cancel)

        running = asyncio.ensure_future(around.running([HERO], RunOptions(listeners=(hear,), upgrade_degraded=True)))
        await asyncio.gather(running, return_exceptions=True)

    asyncio.run(cut())


def test_it_is_bought_from_the_first_choice_once_and_takes_the_old_ones_place(degraded: Market) -> None:
    asked = degraded.asked()
    result = degraded.run(HERO, upgrade_degraded=True)
    made = degraded.images()["hero"]
    assert (made["model"], made["provider"], made["degraded"]) == ("flux-schnell", "together", False)
    assert (result.exit_code, result.counts.generated, str(result.spent)) == (0, 1, made["cost_usd"])
    assert degraded.booked() == degraded.services.bill.total > DEAR.micros, "the old row keeps its money"
    shutil.rmtree(degraded.folder / "out")
    for wish in (False, True):
        again = degraded.run(HERO, upgrade_degraded=wish)
        assert (again.exit_code, again.counts.cached) == (0, 1)
        assert degraded.images()["hero"]["degraded"] is False, "also with an empty folder"
    assert degraded.asked() == asked + 1


def test_without_the_wish_it_stays_and_with_the_wish_nothing_else_is_made_again(degraded: Market) -> None:
    degraded.run(HERO, picture("pier"))
    asked = degraded.asked()
    assert degraded.run(HERO, picture("pier")).counts.cached == 2
    assert degraded.asked() == asked
    result = degraded.run(HERO, picture("pier"), upgrade_degraded=True)
    assert (result.counts.cached, result.counts.generated) == (1, 1)


def test_where_nothing_is_degraded_nothing_is_asked(around: Market) -> None:
    around.run(HERO)
    asked = around.asked()
    result = around.run(HERO, upgrade_degraded=True)
    assert (result.exit_code, result.counts.cached, around.asked()) == (0, 1, asked)


def test_a_survey_counts_it_as_changed_at_the_prices_of_the_first_choice_alone(degraded: Market) -> None:
    (standing,) = degraded.survey(HERO, upgrade=True).standings
    assert (standing.state, standing.present, standing.upgrade) == (State.CHANGED, False, True)
    assert standing.reason == "`gpt-image-2` made it in place of `flux-schnell`; --upgrade-degraded makes it again"
    own = [(one.purchases[0].price, one.offer.chargeable_attempts) for one in standing.job.candidates]
    assert [price for price, _ in own] == [Usd(177), Usd(3_000)]
    most = Usd.sum(price * attempts for price, attempts in own if price is not None)
    assert (standing.estimate.min, standing.estimate.max) == (Usd(177), most)
    (plain,) = degraded.survey(HERO).standings
    assert (plain.state, plain.upgrade) == (State.CACHED, False)


def test_a_folder_that_is_gone_is_no_reason_to_keep_the_alternative(degraded: Market) -> None:
    shutil.rmtree(degraded.folder / "out")
    (standing,) = degraded.survey(HERO, upgrade=True).standings
    assert (standing.state, standing.upgrade) == (State.CHANGED, True)
    assert degraded.run(HERO, upgrade_degraded=True).exit_code == 0
    assert degraded.images()["hero"]["model"] == "flux-schnell"


def test_while_the_first_choice_can_not_be_had_it_stays_as_it_was_and_is_reported(degraded: Market) -> None:
    strike(degraded)
    before, bill = degraded.images(), degraded.services.bill.total
    file = (degraded.folder / "out/images/hero.png").read_bytes()
    result = degraded.run(HERO, upgrade_degraded=True)
    (failure,) = result.failures
    assert (result.exit_code, failure.code, failure.paid) == (1, "model_unavailable", Usd())
    assert failure.message.count("not served to this account") == 2
    assert failure.message.endswith("; what an alternative model made stays as it is")
    assert (degraded.images(), degraded.services.bill.total) == (before, bill)
    assert (degraded.folder / "out/images/hero.png").read_bytes() == file
    asked = degraded.asked()
    assert (degraded.run(HERO).exit_code, degraded.asked()) == (0, asked)
    shutil.rmtree(degraded.folder / "out")
    assert (degraded.run(HERO).exit_code, degraded.images(), degraded.asked()) == (0, before, asked)


def test_a_lost_answer_is_held_and_not_risked_again_by_the_same_wish(degraded: Market) -> None:
    degraded.services.faults.script("together", Fault.reset(before=True, charged=True))
    before = degraded.images()
    results = [degraded.run(HERO, upgrade_degraded=True) for _ in range(2)]
    assert [one.exit_code for one in results] == [4, 4]
    assert (degraded.asked("together"), degraded.images()) == (1 + 1, before)
    assert degraded.booked() == degraded.services.bill.total
    assert degraded.survey(HERO, upgrade=True).counts == {State.HELD: 1}


def test_after_a_kill_the_same_command_does_not_pay_again(degraded: Market) -> None:
    kill(degraded)
    bill = degraded.services.bill.total
    assert bill > DEAR.micros
    result = degraded.run(HERO, upgrade_degraded=True)
    assert (result.exit_code, degraded.services.bill.total) == (0, bill)
    assert degraded.images()["hero"]["degraded"] is False
    assert degraded.booked() == bill


def test_what_shares_the_purchase_is_upgraded_by_the_same_one(around: Market) -> None:
    strike(around)
    around.run(HERO, TWIN)
    around.services.faults.clear()
    asked = around.asked()
    assert around.run(HERO, TWIN, upgrade_degraded=True).exit_code == 0
    assert around.asked() == asked + 1
    made = around.images()
    assert [made[name]["degraded"] for name in ("hero", "twin")] == [False, False]
    assert (made["twin"]["cost_usd"], made["twin"]["shared_with"]) == ("0", ["hero"])


def test_what_another_asset_had_bought_already_costs_nothing(degraded: Market) -> None:
    asked = degraded.asked()
    elsewhere = Market(degraded.folder / "elsewhere", degraded.services, clock=degraded.clock)
    elsewhere.settings["cache_dir"] = degraded.folder / "cache_dir"
    elsewhere.settings["state_dir"] = degraded.folder / "state_dir"
    elsewhere.run(HERO, upgrade_degraded=True)
    assert degraded.asked() == asked + 1
    (standing,) = degraded.survey(HERO, upgrade=True).standings
    assert (standing.state, standing.estimate.max) == (State.CACHED, Usd())
    assert degraded.run(HERO, upgrade_degraded=True).exit_code == 0
    assert (degraded.images()["hero"]["degraded"], degraded.asked()) == (False, asked + 1)


def test_a_file_that_was_edited_by_hand_is_kept_and_nothing_is_bought_for_it(degraded: Market) -> None:
    file = degraded.folder / "out/images/hero.png"
    file.write_bytes(b"mine")
    asked = degraded.asked()
    result = degraded.run(HERO, upgrade_degraded=True)
    assert (result.exit_code, file.read_bytes(), degraded.asked()) == (0, b"mine", asked)


def test_a_cutscene_follows_its_picture_and_is_not_lost_with_a_failed_upgrade(around: Market) -> None:
    strike(around)
    assert around.run(HERO, LINE, SCENE).exit_code == 0
    (before,) = scenes(around)
    assert around.run(HERO, LINE, SCENE, upgrade_degraded=True).exit_code == 1
    assert scenes(around) == [before]
    around.services.faults.clear()
    assert around.run(HERO, LINE, SCENE, upgrade_degraded=True).exit_code == 0
    assert (len(scenes(around)), around.images()["hero"]["degraded"]) == (1, False)


def scenes(around: Market) -> list[object]:
    manifest = json.loads((around.folder / "out/manifest.json").read_text())
    found: list[object] = manifest["cutscenes"]
    return found


def test_a_budget_or_a_frozen_run_refuses_it_before_anything_is_bought(degraded: Market) -> None:
    asked, before = degraded.asked(), degraded.images()
    degraded.settings["max_cost"] = "0.0001"
    with pytest.raises(BudgetError, match="at least"):
        degraded.run(HERO, upgrade_degraded=True)
    with pytest.raises(AssetGenerationError, match="--frozen"):
        degraded.run(HERO, upgrade_degraded=True, frozen=True)
    assert (degraded.asked(), degraded.images()) == (asked, before)


def test_the_first_choice_needs_a_key_of_its_own(degraded: Market) -> None:
    for variable in ("TOGETHER_API_KEY", "REPLICATE_API_TOKEN"):
        del degraded.environment[variable]
    with pytest.raises(MissingKeyError):
        degraded.run(HERO, upgrade_degraded=True)
    assert degraded.run(HERO).exit_code == 0


def test_a_chain_without_its_own_model_has_nothing_to_go_back_to(around: Market) -> None:
    around.settings["models"] = {"flux-schnell": [{"model": "sdxl"}]}
    around.run(HERO)
    asked = around.asked()
    assert (around.run(HERO, upgrade_degraded=True).exit_code, around.asked()) == (0, asked)


def test_forcing_it_as_well_asks_the_first_choice_alone(degraded: Market) -> None:
    result = degraded.run(HERO, upgrade_degraded=True, force=True, only=("hero",))
    assert (result.exit_code, degraded.images()["hero"]["degraded"]) == (0, False)
    assert degraded.booked() == degraded.services.bill.total
