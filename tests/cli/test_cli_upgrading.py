"""`--upgrade-degraded` on the command line: what an alternative model made is made again with the first choice."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.e2e.command import Command
from tests.services.faults import Fault
from tests.services.server import Services


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def degraded(assetgen: Command, services: Services) -> Command:
    """A folder with a picture that an alternative model made; by now the first choice can be had again."""
    assetgen.write("actions.yaml", "[{type: asset_image, id: hero, prompt: A hero, size: 256x256}]")
    assetgen.write("assetgen.yaml", "models: {flux-schnell: [together, {model: sdxl}]}\n")
    assetgen.environment.update(services.environment())
    services.faults.script("together", Fault.status(404))
    assert assetgen("run", "actions.yaml").code == 0
    return assetgen


def test_a_plan_that_was_saved_with_the_wish_carries_it_to_the_run(degraded: Command, services: Services) -> None:
    estimate = degraded("estimate", "actions.yaml", "--upgrade-degraded", "--save", "plan.json", "--json").json()
    (action,) = estimate["actions"]
    assert (action["state"], action["min_usd"], estimate["counts"]["changed"]) == ("changed", "0.000177", 1)
    assert action["reason"] == "`sdxl` made it in place of `flux-schnell`; --upgrade-degraded makes it again"
    plan = json.loads((degraded.folder / "plan.json").read_text())
    assert (plan["upgrade_degraded"], [one["id"] for one in plan["purchases"]]) == (True, ["hero"])
    assert degraded("run", "--plan", "plan.json").code == 0
    (hero,) = json.loads((degraded.folder / "out/manifest.json").read_text())["images"]
    assert (hero["model"], hero["degraded"], services.bill.creates("together")) == ("flux-schnell", False, 1)
    again = degraded("run", "actions.yaml", "--upgrade-degraded", "--json").json()
    assert (again["counts"]["cached"], services.bill.creates("together")) == (1, 1)


def test_show_names_the_option_while_it_helps(degraded: Command) -> None:
    assert "--upgrade-degraded" in degraded("show", "hero", "actions.yaml").out
    assert degraded("run", "actions.yaml", "--upgrade-degraded").code == 0
    assert "--upgrade-degraded" not in degraded("show", "hero", "actions.yaml").out
