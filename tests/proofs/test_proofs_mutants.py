"""The package with one defect at a time: every defect is found by a promise that does not hold."""

from __future__ import annotations

import fcntl
import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assetgen.core.money import Usd
from tests.proofs import calls, promises
from tests.proofs.figures import Figures
from tests.proofs.nursery import ROOT, Nursery
from tests.proofs.promise import BrokenPromiseError, hold
from tests.proofs.site import CACHE, JOBS, PRICES, STATE, SYNCHRONOUS, Site, pictures
from tests.proofs.test_proofs_order import in_order
from tests.services.faults import Fault
from tests.services.server import Services

IN_FLIGHT = 0.3
"""Seconds that a picture takes where something happens meanwhile."""
PATIENCE = 10.0
"""Seconds for a run; it takes less than one."""
ALONE = {"models": {SYNCHRONOUS: ["together"]}}


@dataclass
class Lab:
    """Where one package is tried."""

    nursery: Nursery
    place: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @contextmanager
    def site(self, model: str, count: int, *, afforded: int = 0, latency: float = 0.0) -> Iterator[Site]:
        """A project with so many pictures; with `afforded`, money for that many, in plan order."""
        budget = Usd(PRICES[model].micros * (afforded or count))
        with Services(latency=latency) as services:
            folder = self.place / str(next(self._numbers))
            site = Site(folder, services, self.nursery, model, budget, ("--partial",) if afforded else (), ALONE)
            site.patience = PATIENCE
            site.write(pictures(model, count))
            yield site


Check = Callable[[Lab], None]


def a_run(lab: Lab) -> None:
    with lab.site(SYNCHRONOUS, 2) as site:
        child = site.start()
        promises.ended_well(child.wait(), child.said, {0})
        promises.under_the_wall(site)
        promises.bought_once(site, 2)


def two_copies_of_a_cache(lab: Lab) -> None:
    """Somebody copied the cache: its locks guard nothing then, and only the ledger knows of both processes.

    Both have found that nobody is at the picture before either of them can write down that it is.
    """
    bought = a_purchase(lab)
    with lab.site(SYNCHRONOUS, 1, latency=IN_FLIGHT) as site:
        copies = [CACHE, "copy"]
        locks = [emptied_cache(bought, site.folder / copy) for copy in copies]
        (site.folder / STATE).mkdir()
        with ExitStack() as ledger:
            with held(*locks):
                children = [site.start("--cache-dir", copy, out=copy) for copy in copies]
                until(lambda: len(site.ledger()[1]) == len(copies), "both have opened their accounts")
                ledger.enter_context(held(site.folder / STATE / "ledger.lock"))
            time.sleep(IN_FLIGHT)
        for child in children:
            child.wait()
        promises.bought_once(site, 1)


def two_at_the_same(lab: Lab) -> None:
    """The second waits for the first, and takes what that has bought."""
    with lab.site(SYNCHRONOUS, 1, latency=IN_FLIGHT) as site:
        first = site.start()
        until_asked(site, 1)
        second = site.start(out="other")
        for child in (first, second):
            promises.ended_well(child.wait(), child.said, {0})
        promises.bought_once(site, 1)


def exactly_eight(lab: Lab) -> None:
    """Seven prices and one more are eight prices; in binary fractions they are a little more."""
    the_first_of(lab, 8, 20)


def refused_at_first(lab: Lab) -> None:
    again = Fault.status(429, headers={"Retry-After": "0.2"})
    the_first_of(lab, 8, 40, again, again, again, again)


def the_first_of(lab: Lab, afforded: int, count: int, *faults: Fault) -> None:
    with lab.site(SYNCHRONOUS, count, afforded=afforded) as site:
        site.services.faults.script("together", *faults)
        child = site.start()
        promises.ended_well(child.wait(), child.said, {3})
        the_first_are_there(site, afforded)


def the_first_are_there(site: Site, afforded: int) -> None:
    wanted = [action["id"] for action in site.actions[:afforded]]
    bought = [line["id"] for line in site.manifest()["images"]]
    hold("the first of the plan", bought == wanted, f"{bought}")


def the_first_has_to_wait(lab: Lab) -> None:
    """Another process is at the first picture for a while; those after it must not take its money."""
    bought = a_purchase(lab)
    with lab.site(SYNCHRONOUS, 40, afforded=8) as site:
        with held(emptied_cache(bought, site.folder / CACHE)):
            child = site.start()
            child.ended(1.0)
        promises.ended_well(child.wait(), child.said, {3})
        the_first_are_there(site, 8)


def a_purchase(lab: Lab) -> Path:
    """The sidecar of the first picture, in the cache of another project."""
    with lab.site(SYNCHRONOUS, 1) as site:
        promises.ended_well(site.run(), "", {0})
        (sidecar,) = (site.folder / CACHE / "assets" / "purchases").glob("??/*.json")
        return sidecar


def emptied_cache(sidecar: Path, folder: Path) -> Path:
    """A copy of the cache that a purchase is in, without it; returns the lock on the purchase."""
    shutil.copytree(sidecar.parents[3], folder)
    shutil.rmtree(folder / "assets" / "purchases")
    return folder / "assets" / "locks" / sidecar.stem


@contextmanager
def held(*locks: Path) -> Iterator[None]:
    """Have locks, as another process would."""
    with ExitStack() as files:
        for lock in locks:
            fcntl.flock(files.enter_context(lock.open("a")), fcntl.LOCK_EX)
        yield


def killed_with_the_answer(lab: Lab) -> None:
    """An answer that was there is never lost, and needs no second request."""
    with lab.site(SYNCHRONOUS, 1) as site:
        child = site.start(held=("mkdir", "mkdirat", "rename", "renameat", "renameat2"))
        assert child.door is not None
        for call in child.door.calls():
            if "/blobs/" in call.target:
                child.kill()
            call.allow()
        assert child.wait() == -9
        again = site.start()
        promises.ended_well(again.wait(), again.said, {0})
        promises.bought_once(site, 1)


def killed_in_flight(lab: Lab, model: str = SYNCHRONOUS) -> None:
    """What may have been done is not asked for again: it is held, or found."""
    with lab.site(model, 1, latency=IN_FLIGHT) as site:
        site.budget = Usd(2 * site.budget.micros)
        child = site.start()
        until_asked(site, 1)
        child.kill()
        assert child.wait() == -9
        again = site.start()
        code = again.wait()
        promises.bought_once(site, 1)
        promises.ended_well(code, again.said, {0} if model == JOBS else {4})
        promises.under_the_wall(site)


def killed_at_a_job(lab: Lab) -> None:
    killed_in_flight(lab, JOBS)


def an_answer_lost(lab: Lab) -> None:
    with lab.site(SYNCHRONOUS, 1) as site:
        site.services.faults.script("together", Fault.reset(charged=True))
        child = site.start()
        promises.ended_well(child.wait(), child.said, {4})
        promises.under_the_wall(site)


def order_on_the_disk(lab: Lab) -> None:
    with lab.site(SYNCHRONOUS, 1) as site:
        in_order(site)


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        hold("comes so far", time.monotonic() < end, what)
        time.sleep(0.01)


def until_asked(site: Site, times: int) -> None:
    until(lambda: len(site.services.requests) >= times, f"the services are asked {times} times")


@dataclass(frozen=True)
class Mutant:
    """A defect: in a file, a text in place of another."""

    name: str
    file: str
    old: str
    new: str
    check: Check

    def make(self, folder: Path) -> Path:
        """Copy the package and put the defect in; returns the folder that holds the copy."""
        shutil.copytree(ROOT / "assetgen", folder / "assetgen", ignore=shutil.ignore_patterns("__pycache__"))
        path = folder / "assetgen" / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.old) == 1, f"{self.file} has {text.count(self.old)} times {self.old!r}"
        path.write_text(text.replace(self.old, self.new), encoding="utf-8")
        return folder


MUTANTS = (
    Mutant(
        "no row before the request",
        "ledger/paid.py",
        "id=rows.insert(connection, row, place.day)",
        "id=0",
        a_run,
    ),
    Mutant(
        "no unique index",
        "ledger/schema.py",
        "CREATE UNIQUE INDEX one_standing",
        "CREATE INDEX one_standing",
        two_copies_of_a_cache,
    ),
    Mutant(
        "no lock on a purchase",
        "cache/cache.py",
        "had = stack.enter_context(durable.lock(self._lock_of(key)))",
        "had = True",
        two_at_the_same,
    ),
    Mutant(
        "budget in binary fractions",
        "ledger/walls.py",
        "if wall.booked + amount > wall.limit:",
        "if float(str(wall.booked)) + float(str(amount)) > float(str(wall.limit)):",
        exactly_eight,
    ),
    Mutant(
        "the ledger is not synced",
        "ledger/database.py",
        "PRAGMA synchronous = FULL",
        "PRAGMA synchronous = OFF",
        order_on_the_disk,
    ),
    Mutant(
        "files are not synced",
        "core/durable.py",
        "        file.write(data)\n        file.flush()\n        os.fsync(file.fileno())",
        "        file.write(data)",
        order_on_the_disk,
    ),
    Mutant(
        "answers are not spooled",
        "execution/exchange.py",
        "self.shop.ledger.received(self.reservation, answer)",
        "pass",
        killed_with_the_answer,
    ),
    Mutant(
        "unknown is sent again",
        "execution/wishes.py",
        "if not self.consent.retry or row.state",
        "if row.state",
        killed_in_flight,
    ),
    Mutant(
        "nothing is recovered",
        "execution/recovery.py",
        "        if row.purchase.provider in self.shop.providers and (",
        "        if not row and (",
        killed_at_a_job,
    ),
    Mutant(
        "money of unknown outcomes is freed",
        "execution/charging.py",
        "FREE = frozenset({",
        "FREE = frozenset({OutcomeClass.UNKNOWN, ",
        an_answer_lost,
    ),
    Mutant(
        "money for a retry is not kept",
        "ledger/paid.py",
        "booked = reservation.amount if keep else cost",
        "booked = cost",
        refused_at_first,
    ),
    Mutant(
        "turns are ignored",
        "execution/wall.py",
        "        if job in self._before:\n            await",
        "        if not job:\n            await",
        the_first_has_to_wait,
    ),
)
SEEN_IN_THE_KERNEL = frozenset({order_on_the_disk})

CHECKS = list(dict.fromkeys(mutant.check for mutant in MUTANTS))


def needs_the_kernel(check: Check) -> None:
    if check in SEEN_IN_THE_KERNEL and not calls.available():
        pytest.skip("this kernel can't show the calls of another process")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_package_itself_passes_the_check(check: Check, nursery: Nursery, place: Path) -> None:
    needs_the_kernel(check)
    check(Lab(nursery, place))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_defect_breaks_a_promise(mutant: Mutant, place: Path, figures: Figures) -> None:
    needs_the_kernel(mutant.check)
    with Nursery(mutant.make(place / "package")) as nursery, pytest.raises(BrokenPromiseError) as broken:
        mutant.check(Lab(nursery, place))
    figures("mutants: {killed} of {all} killed", killed=1, all=1)
    figures(f"mutant “{mutant.name}”: killed by “{broken.value.promise}” ({{times}})", times=1)
