"""Two pictures, and a kill or an error at every durable step of the run that buys them."""

from __future__ import annotations

import errno
import itertools
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assetgen.core.money import Usd
from tests.proofs import calls, promises
from tests.proofs.calls import Call
from tests.proofs.figures import Figures
from tests.proofs.nursery import Child, Nursery
from tests.proofs.site import CACHE, JOBS, PRICES, STATE, SYNCHRONOUS, TOLD, Site, pictures
from tests.services.server import Services

ASSETS = 2
SHARES = 2
"""Tests that share one sweep."""
BY_PORTS = 4
"""Every so many points are tried where another sweep tries them all."""
ERRORS = (errno.ENOSPC, errno.EIO)
FORM = "{points} points ({left_out} like these left out), {creates} creates for {assets} assets, {held} held"


@dataclass
class Points:
    """Which calls are points of a sweep, by their kind and their file.

    Attributes:
        in_a_row: So many of equal calls in a row are: before the first of them, and with one of them done.
        left_out: How many calls are none: further ones in a row, and all but one of each step of the cache's index,
            which is a hint, and opens with a dozen equal transactions.
    """

    in_a_row: int = 2
    left_out: int = 0
    _last: tuple[str, str] = ("", "")
    _row: int = 0
    _of_index: Counter[tuple[str, str]] = field(default_factory=Counter)

    def has(self, call: Call) -> bool:
        step = (call.name, call.target)
        if call.is_wake_up or "/said-" in step[1]:
            return False
        self._row = self._row + 1 if step == self._last else 1
        self._last = step
        self._of_index[step] += "/index/" in step[1]
        wanted = self._row <= self.in_a_row and self._of_index[step] <= self.in_a_row
        self.left_out += not wanted
        return wanted


def struck(child: Child, number: int, points: Points, error: int = 0) -> str:
    """Kill it before it does the call of this number, or let that call fail; returns the call, empty for none."""
    told, counted = "", itertools.count(1)
    assert child.door is not None
    for call in child.door.calls():
        if told or not points.has(call) or next(counted) != number:
            call.allow()
            continue
        told = f"{call.name} {call.target}"
        if error:
            call.refuse(error)
        else:
            child.kill()
    return told


@pytest.fixture(scope="module", params=TOLD)
def grown(request: pytest.FixtureRequest, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A project that has bought something before: its cache and its ledger are there."""
    model: str = request.param
    with Services() as services:
        site = Site(tmp_path_factory.mktemp("grown"), services, nursery, model, PRICES[model])
        site.write(pictures(model, 1, "A door ajar"))
        assert site.run(out="earlier") == 0
    return site


def beside(grown: Site, services: Services, folder: Path) -> Site:
    """Another project of the same user, about to buy its two pictures."""
    services.clear()
    site = Site(folder, services, grown.nursery, grown.model, Usd(grown.budget.micros * ASSETS))
    site.write(pictures(site.model, ASSETS))
    for name in (CACHE, STATE):
        shutil.copytree(grown.folder / name, folder / name)
    return site


def sites(grown: Site, services: Services, place: Path, share: int) -> Iterator[tuple[int, Site]]:
    for number in itertools.count(1 + share, SHARES):
        yield number, beside(grown, services, place / str(number))


def survived(site: Site) -> Counter[str]:
    """Run until it ends by itself, and see that every promise was kept."""
    promises.under_the_wall(site)
    promises.whole_so_far(site)
    again = site.start()
    code = again.wait()
    promises.ended_well(code, again.said, {0} if site.model == JOBS else {0, 4})
    promises.under_the_wall(site)
    promises.bought_once(site, ASSETS if code == 0 else None)
    lost = promises.losses_named(site, code)
    promises.right_manifest(site)
    promises.asks_nothing_more(site, code)
    return Counter(creates=len(site.services.bill.entries), assets=ASSETS, held=len(lost))


@pytest.mark.parametrize("share", range(SHARES))
def test_a_kill_at_any_step_buys_nothing_twice_and_loses_nothing_unnamed(
    grown: Site, services: Services, place: Path, share: int, figures: Figures
) -> None:
    numbers, broken = Counter(left_out=0), []
    for number, site in sites(grown, services, place, share):
        child, points = site.start(held=calls.DURABLE), Points()
        step = struck(child, number, points)
        code = child.wait()
        if not step:
            promises.ended_well(code, child.said, {0})
            numbers["left_out"] += points.left_out if share == 0 else 0
            break
        assert code == -9, step
        try:
            numbers.update(points=1)
            numbers.update(survived(site))
        except AssertionError as error:
            broken.append(f"killed at point {number}, {step}: {error}")
        shutil.rmtree(site.folder)
    assert not broken, "\n".join(broken)
    figures(f"crash sweep, {TOLD[grown.model]}: {FORM}", **numbers)


@pytest.mark.parametrize("share", range(SHARES))
def test_an_error_at_any_step_ends_the_run_or_does_not_matter_and_the_next_run_makes_good(
    grown: Site, services: Services, place: Path, share: int, figures: Figures
) -> None:
    numbers, broken = Counter(left_out=0), []
    turn = share + (grown.model == JOBS)
    for number, site in sites(grown, services, place, share):
        error = ERRORS[(number // SHARES + turn) % len(ERRORS)]
        child, points = site.start(held=calls.ON_FILES), Points(in_a_row=1)
        step = struck(child, number, points, error)
        code = child.wait()
        if not step:
            numbers["left_out"] += points.left_out if share == 0 else 0
            break
        try:
            numbers.update({"points": 1, "ended": code == 5})
            promises.ended_well(code, child.said, {0, 1, 5})
            numbers.update(survived(site))
        except AssertionError as trouble:
            broken.append(f"{errno.errorcode[error]} at point {number}, {step}: {trouble}")
        shutil.rmtree(site.folder)
    assert not broken, "\n".join(broken)
    figures(f"errors of the disk, {TOLD[grown.model]}: {FORM}, {{ended}} runs ended with 5", **numbers)


def test_a_kill_while_cache_and_ledger_are_made_leaves_nothing_in_the_way(
    services: Services, nursery: Nursery, place: Path, figures: Figures
) -> None:
    points_seen = 0
    for number in itertools.count(1):
        services.clear()
        site = Site(place / str(number), services, nursery, SYNCHRONOUS, Usd(PRICES[SYNCHRONOUS].micros * ASSETS))
        site.write(pictures(SYNCHRONOUS, ASSETS))
        child, points = site.start(held=calls.DURABLE), Points()
        struck(child, number, points)
        child.wait()
        if site.observed()[0]:
            break
        points_seen += 1
        again = site.start()
        promises.ended_well(again.wait(), again.said, {0})
        promises.under_the_wall(site)
        promises.bought_once(site, ASSETS)
        shutil.rmtree(site.folder)
    figures(
        "crash sweep, first run, before it asks: {points} points, nothing in the way of the next run",
        points=points_seen,
    )


def test_the_same_holds_where_the_steps_are_held_up_in_python(
    services: Services, place: Path, figures: Figures
) -> None:
    """As on systems whose kernel can't be asked; a part of the points, since the kernel sees more of them."""
    numbers = Counter(left_out=0)
    with Nursery(kernel=False) as nursery:
        for number in itertools.count(1, BY_PORTS):
            services.clear()
            site = Site(place / str(number), services, nursery, JOBS, Usd(PRICES[JOBS].micros * ASSETS))
            site.write(pictures(JOBS, ASSETS))
            child, points = site.start(held=calls.DURABLE), Points()
            step = struck(child, number, points)
            code = child.wait()
            if not step:
                promises.ended_well(code, child.said, {0})
                break
            numbers.update(points=1)
            again = site.start()
            promises.ended_well(again.wait(), again.said, {0})
            promises.under_the_wall(site)
            promises.bought_once(site, ASSETS)
            numbers.update(creates=len(services.bill.entries), assets=ASSETS)
    numbers["left_out"] = numbers["points"] * (BY_PORTS - 1)
    form = "{points} points ({left_out} between them left out), {creates} creates for {assets} assets"
    figures(f"crash sweep, job service, steps held up in Python: {form}", **numbers)
