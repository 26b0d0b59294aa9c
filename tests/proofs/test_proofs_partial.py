"""Two hundred pictures, and money for exactly twenty-five of them."""

from __future__ import annotations

import errno
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.core.money import Usd
from tests.proofs import promises
from tests.proofs.figures import Figures
from tests.proofs.nursery import Child, Nursery
from tests.proofs.promise import hold
from tests.proofs.site import PRICES, SYNCHRONOUS, Site, pictures
from tests.services.faults import Fault
from tests.services.server import Services

ACTIONS, AFFORDED = 200, 25
STRUCK = 8
"""Attempts that fail at first: as many as are sent at once."""
PRICE = PRICES[SYNCHRONOUS]
NOT_DONE = {
    "429": Fault.status(429, headers={"Retry-After": "0.2"}),
    "503": Fault.status(503, headers={"Retry-After": "0.2"}),
}
CHARGED = (
    *("500-charged", "502-charged", "reset-charged", "cut", "html_200", "truncated_json"),
    *("base64_garbage", "half_jpeg", "blank", "no_data", "hangs_up"),
)
SEEDS, KILLS, RATE = range(6), 6, 0.35
LATENCY = 0.1


@pytest.fixture
def site(nursery: Nursery, place: Path) -> Iterator[Site]:
    budget = Usd(PRICE.micros * AFFORDED)
    alone = {"models": {SYNCHRONOUS: ["together"]}, "timeouts": {"together": 5}}
    with Services(latency=LATENCY) as services:
        site = Site(place / "site", services, nursery, SYNCHRONOUS, budget, ("--partial",), alone)
        site.write(pictures(SYNCHRONOUS, ACTIONS))
        yield site


def the_first_are_bought(site: Site, child: Child) -> None:
    """The run ended at its wall, with exactly the first of the plan."""
    promises.ended_well(child.wait(), child.said, {3})
    promises.under_the_wall(site)
    promises.bought_once(site, AFFORDED)
    promises.right_manifest(site)
    wanted = [action["id"] for action in pictures(SYNCHRONOUS, AFFORDED)]
    bought = [line["id"] for line in site.manifest()["images"]]
    hold("the first of the plan", bought == wanted, f"{bought}")
    _, (account,) = site.ledger()
    hold("all of the money is used", account.booked == site.budget, f"${account.booked} of ${site.budget}")


@pytest.mark.parametrize("fault", NOT_DONE)
def test_refusals_that_cost_nothing_leave_exactly_the_first_twenty_five(
    site: Site, fault: str, figures: Figures
) -> None:
    site.services.faults.script("together", *[NOT_DONE[fault]] * STRUCK)
    the_first_are_bought(site, site.start())
    figures(
        f"--partial, {STRUCK} answers {fault}: {{bought}} of {ACTIONS} bought, the first {AFFORDED}", bought=AFFORDED
    )


def test_refused_connections_leave_exactly_the_first_twenty_five(site: Site, figures: Figures) -> None:
    child, refused = site.start(held=("connect",)), 0
    assert child.door is not None
    for call in child.door.calls():
        if refused < STRUCK:
            refused += 1
            call.refuse(errno.ECONNREFUSED)
        else:
            call.allow()
    the_first_are_bought(site, child)
    form = f"--partial, {{refused}} refused connections: {{bought}} of {ACTIONS} bought, the first {AFFORDED}"
    figures(form, refused=refused, bought=AFFORDED)


def watched(site: Site, child: Child, until: float) -> Iterator[Usd]:
    """What the account says, again and again, until the run ends or is killed."""
    seconds = 0.0
    while seconds < until and not child.ended(0.01):
        seconds += 0.01
        yield from (account.booked for account in site.ledger()[1])


@pytest.mark.parametrize("seed", SEEDS)
def test_charged_faults_and_kills_never_pass_the_wall_by_a_micro_dollar(
    site: Site, seed: int, figures: Figures
) -> None:
    chance = random.Random(seed)  # noqa: S311 - repeatable
    site.services.faults.seeded(seed, RATE, CHARGED)
    samples = kills = 0
    while True:
        child = site.start("--concurrency", "4")
        for booked in watched(site, child, chance.uniform(0.2, 0.5) if kills < KILLS else 60):
            hold("the wall", booked <= site.budget, f"${booked} of ${site.budget} while it ran")
            samples += 1
        child.kill()
        code = child.wait()
        promises.under_the_wall(site)
        if code != -9 or has_ended(site):
            break
        kills += 1
    promises.ended_well(code, child.said, {3, -9})
    promises.right_manifest(site)
    _, (account,) = site.ledger()
    hold("all of the money is used", account.booked == site.budget, f"${account.booked} of ${site.budget}")
    figures(
        "--partial, charged faults: {kills} kills, {samples} samples, never above the wall; at the end "
        "{booked} micro-dollars booked of {budget}, {bill} on the true bill",
        kills=kills,
        samples=samples,
        booked=account.booked.micros,
        budget=site.budget.micros,
        bill=site.services.bill.total,
    )


def has_ended(site: Site) -> bool:
    """Whether the run that was killed had done all its work, and closed its account."""
    return any(account.closed is not None for account in site.observed()[1])
