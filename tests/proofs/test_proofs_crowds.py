"""Sixteen processes that want the same pictures at the same moment, and four of them killed."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from assetgen.core.money import Usd
from tests.proofs import promises
from tests.proofs.figures import Figures
from tests.proofs.nursery import Child, Nursery
from tests.proofs.promise import hold
from tests.proofs.site import JOBS, OUT, PRICES, TOLD, Site, pictures
from tests.services.server import Services

PROCESSES, KILLED = 16, 4
ASSETS = 12
SEED = 20_261_122


@pytest.fixture(params=TOLD)
def site(request: pytest.FixtureRequest, nursery: Nursery, place: Path) -> Site:
    model: str = request.param
    services = request.getfixturevalue("slow_services")
    site = Site(place / "site", services, nursery, model, Usd(PRICES[model].micros * ASSETS), ("-j", "3"))
    site.write(pictures(model, ASSETS))
    return site


def crowd(site: Site, outs: list[str]) -> dict[int, int]:
    """Start one run for each output folder, kill some at random, and return the exit codes of the others."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable
    children = {number: site.start(out=out) for number, out in enumerate(outs)}
    victims = chance.sample(sorted(children), KILLED)
    for victim in victims:
        time.sleep(chance.uniform(0.1, 0.5))
        children[victim].kill()
    codes = {number: child.wait() for number, child in children.items()}
    assert [codes[victim] for victim in victims] == [-9] * KILLED, "they were killed while they were at work"
    survivors = {number: code for number, code in codes.items() if number not in victims}
    for number, code in survivors.items():
        check(site, children[number], code)
    return survivors


def check(site: Site, child: Child, code: int) -> None:
    promises.ended_well(code, child.said, {0} if site.model == JOBS else {0, 4})


def test_each_picture_is_bought_by_one_of_sixteen_processes_with_folders_of_their_own(
    site: Site, figures: Figures
) -> None:
    outs = [f"{OUT}-{number}" for number in range(PROCESSES)]
    survivors = crowd(site, outs)
    held = 0
    for number, code in survivors.items():
        promises.right_manifest(site, outs[number])
        held = max(held, len(promises.losses_named(site, code, outs[number])))
    promises.under_the_wall(site)
    asked = len(site.services.requests)
    for out in outs:  # the killed ones again, and the others: nothing is left to buy
        child = site.start(out=out)
        check(site, child, child.wait())
        promises.right_manifest(site, out)
    promises.bought_once(site, None if held else ASSETS)
    hold("asks nothing more", len(site.services.requests) == asked, "after all had ended")
    others = "{whole} of {survivors} others ended by themselves"
    form = f"{{killed}} killed, {others}, {{creates}} creates for {{assets}} assets, {{held}} held"
    figures(
        f"{PROCESSES} processes, own folders, {TOLD[site.model]}: {form}",
        killed=KILLED,
        whole=len(survivors),
        survivors=PROCESSES - KILLED,
        creates=len(site.services.bill.entries),
        assets=ASSETS,
        held=held,
    )


def test_sixteen_processes_with_one_folder_wait_for_one_another_and_share_its_account(
    site: Site, figures: Figures
) -> None:
    survivors = crowd(site, [OUT] * PROCESSES)
    codes = set(survivors.values())
    promises.right_manifest(site)
    lost = promises.losses_named(site, max(codes))
    promises.under_the_wall(site)
    promises.bought_once(site, None if lost else ASSETS)
    _, accounts = site.ledger()
    hold("the account is shared", len(accounts) == 1, f"{len(accounts)} accounts")
    form = "{creates} creates for {assets} assets, {accounts} account, {held} held"
    figures(
        f"{PROCESSES} processes, one folder, {TOLD[site.model]}: {KILLED} killed, {form}",
        creates=len(site.services.bill.entries),
        assets=ASSETS,
        accounts=len(accounts),
        held=len(lost),
    )


def test_a_process_that_only_looks_whether_it_can_write_is_not_tidied_away(
    services: Services, nursery: Nursery, place: Path
) -> None:
    """One run is killed at work; the next one tidies up after it, just while a third one tries the folder."""
    site = Site(place / "site", services, nursery, JOBS, PRICES[JOBS])
    site.write(pictures(JOBS, 1))
    killed_in(site, f"{OUT}/images/")
    looking = site.start(held=("rename", "renameat", "renameat2"))
    assert looking.door is not None
    steps = looking.door.calls()
    step = next(steps)
    tidying = site.start()
    tidying.ended(5.0)
    step.allow()
    for other in steps:
        other.allow()
    for child in (tidying, looking):
        promises.ended_well(child.wait(), child.said, {0})


def killed_in(site: Site, place: str) -> None:
    """A run that is killed before it names its first file there."""
    child = site.start(held=("rename", "renameat", "renameat2"))
    assert child.door is not None
    for call in child.door.calls():
        if place in call.target:
            child.kill()
        call.allow()
    assert child.wait() == -9
