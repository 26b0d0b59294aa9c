"""Everything that a service can do wrong, at random, until nothing changes any more."""

from __future__ import annotations

import itertools
import json
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assetgen.core.journal import RowState
from assetgen.core.money import Usd
from tests.proofs import promises
from tests.proofs.figures import Figures
from tests.proofs.nursery import Nursery
from tests.proofs.promise import hold
from tests.proofs.site import JOBS, SYNCHRONOUS, Site, pictures
from tests.services.bill import Entry
from tests.services.faults import LIES, SOUND_LIES, Fault
from tests.services.server import Services

SEEDS, SHARES = 60, 4
AT_ONCE = 4
ASSETS = 12
RATE = 0.4
STORMY = 3
"""Runs with faults; those that follow meet none, so that they come to an end."""
RUNS = 9
STATUSES = (400, 401, 402, 403, 404, 408, 409, 413, 422, 425, 429, 500, 502, 503, 504, 520, 529, 301, 307)
KINDS = (
    *(str(status) for status in STATUSES),
    *(f"{status}-charged" for status in (500, 502, 504, 524)),
    *("hang", "hang-charged", "reset", "reset-charged", "cut", "drip", "delay"),
    *(lie for lie in LIES if lie not in {*SOUND_LIES, "two_data", "job_aborted"}),
)
"""But for `two_data`, with which a service bills two pictures to whoever asked for one, and for a job that
runs and is told to be aborted, which means that it is free. One that is aborted in truth is scripted."""
SURE = frozenset({RowState.STORED, RowState.RELEASED})
"""What is booked for these is on the bill, to the micro-dollar."""


@pytest.mark.parametrize("share", range(SHARES))
def test_whatever_goes_wrong_the_ledger_covers_the_bill_and_nothing_is_bought_twice(
    nursery: Nursery, place: Path, share: int, figures: Figures
) -> None:
    seeds = range(share, SEEDS, SHARES)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda seed: endured(nursery, place / str(seed), seed), seeds))
    broken = [error for error, _ in found if error]
    assert not broken, "\n\n".join(broken)
    numbers: Counter[str] = Counter()
    for _, one in found:
        numbers.update(one)
    form = "{seeds} seeds, {runs} runs, {struck} faults of {kinds} kinds, {creates} creates for {assets} assets, "
    more = "{whole} whole, {held} held; bill {bill}, ledger {ledger} micro-dollars, "
    equal = "equal for {equal} assets, never less"
    numbers["kinds"] = len(KINDS) if share == 0 else 0
    figures(f"random faults: {form}{more}{equal}", **numbers)


def endured(nursery: Nursery, folder: Path, seed: int) -> tuple[str, Counter[str]]:
    """One script of faults to its end: what broke, and the figures."""
    with Services() as services:
        settings = {"timeouts": {"together": 1, "replicate": 2}}
        site = Site(folder, services, nursery, "", Usd(1_000_000), (), settings)
        site.write(
            [*pictures(SYNCHRONOUS, ASSETS // 2, "A pier at dusk"), *pictures(JOBS, ASSETS // 2, "A moor at dawn")]
        )
        services.faults.script("replicate", Fault.lie("job_aborted"))
        services.faults.seeded(seed, RATE, random.Random(seed).sample(KINDS, len(KINDS)))  # noqa: S311 - repeatable
        try:
            return "", until_calm(site)
        except AssertionError as error:
            return f"seed {seed}: {error}", Counter()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def until_calm(site: Site) -> Counter[str]:
    states: list[object] = []
    for number in itertools.count(1):
        child = site.start("--on-unknown", "hold")
        code = child.wait()
        promises.ended_well(code, child.said, {0, 1, 4, 6})
        asset_by_asset(site)
        promises.under_the_wall(site)
        promises.right_manifest(site)
        states.append(state_of(site))
        if number >= STORMY:
            struck = sum(bool(one.fault) for one in site.services.requests)
            site.services.faults.clear()
        if number > STORMY + 1 and states[-1] == states[-2]:
            break
        hold("comes to rest", number < RUNS, f"it still changes after {RUNS} runs: exit {code}\n{child.said}")
    return settled(site, number, struck)


def state_of(site: Site) -> object:
    rows, _ = site.ledger()
    return [(row.id, row.state, row.booked) for row in rows], site.manifest()


def billed_by_asset(site: Site) -> Mapping[str, list[Entry]]:
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in (one for one in site.services.bill.entries if one.amount):
        body = json.loads(entry.request)
        prompt = body.get("input", body)["prompt"]
        found[next(one["id"] for one in site.actions if prompt.startswith(f"{one['prompt']},"))].append(entry)
    return found


def asset_by_asset(site: Site) -> int:
    """Each asset's own rows cover its own bill, and it was asked for again only after a failure that is booked.

    Returns how many assets have no doubtful row: their rows are their bill.
    """
    exact = 0
    rows, _ = site.ledger()
    billed = billed_by_asset(site)
    for action in site.actions:
        entries, mine = billed[action["id"]], [row for row in rows if row.action == action["id"]]
        ends = Counter(row.state for row in mine)
        told = f"{action['id']}:\n{story(site, action['prompt'], entries)}\n{mine}"
        hold("bought once", len(entries) <= 1 + ends[RowState.FAILED], told)
        hold("bought once", ends[RowState.STORED] + ends[RowState.UNKNOWN] <= 1, told)
        bill, booked = sum(entry.amount for entry in entries), sum(row.booked.micros for row in mine)
        hold("the bill is covered", bill <= booked, told)
        hold("the sums are equal", bill == booked or ends.keys() - SURE, told)
        exact += not ends.keys() - SURE
    return exact


def story(site: Site, prompt: str, entries: list[Entry]) -> str:
    """What was asked for this asset, and what it met with."""
    jobs = [entry.prediction for entry in entries if entry.prediction]
    about = (
        one
        for one in site.services.requests
        if f"{prompt}," in str(one.body) or one.where == "list" or any(job in one.path for job in jobs)
    )
    return "\n".join(f"{one.time:.3f} {one.method} {one.path} {one.status} {one.fault} {one.amount}" for one in about)


def settled(site: Site, runs: int, struck: int) -> Counter[str]:
    rows, accounts = site.ledger()
    hold("good manners", not site.services.violations, f"{site.services.violations}")
    return Counter(
        seeds=1,
        runs=runs,
        struck=struck,
        creates=len(site.services.bill.entries),
        assets=ASSETS,
        whole=len(site.manifest()["images"]),
        held=sum(row.state is RowState.UNKNOWN for row in rows),
        bill=site.services.bill.total,
        ledger=Usd.sum(account.booked for account in accounts).micros,
        equal=asset_by_asset(site),
    )
