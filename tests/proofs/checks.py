"""Short checks, each of one promise in one situation, for a package that may have a defect."""

from __future__ import annotations

import fcntl
import itertools
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assetgen.cache.cache import FileCache
from assetgen.core.money import Usd
from tests.proofs import promises
from tests.proofs.nursery import Nursery
from tests.proofs.promise import hold
from tests.proofs.site import CACHE, JOBS, PRICES, STATE, SYNCHRONOUS, Site, pictures
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
        keys = [emptied_cache(bought, site.folder / copy) for copy in copies]
        (site.folder / STATE).mkdir()
        with ExitStack() as ledger:
            with at_the_purchase(*keys):
                children = [site.start("--cache-dir", copy, out=copy) for copy in copies]
                until(lambda: all("assetgen run:" in child.said for child in children), "both have begun")
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
    # Not 429: that would hold up everybody else as well.
    again = Fault.status(408, headers={"Retry-After": "0.4"})
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
        with at_the_purchase(emptied_cache(bought, site.folder / CACHE)):
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


def emptied_cache(sidecar: Path, folder: Path) -> tuple[Path, str]:
    """A copy of the cache that a purchase is in, without it; returns where it is, and the purchase's key."""
    shutil.copytree(sidecar.parents[3], folder)
    shutil.rmtree(folder / "assets" / "purchases")
    return folder / "assets", sidecar.stem


@contextmanager
def at_the_purchase(*purchases: tuple[Path, str]) -> Iterator[None]:
    """Have the locks on purchases, as another process would."""
    with ExitStack() as stack:
        for cache, key in purchases:
            assert stack.enter_context(FileCache.open(cache).lock(key))
        yield


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Have a lock file, as another process would."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
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


def until(true: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"it does not come so far: {what}"
        time.sleep(0.01)


def until_asked(site: Site, times: int) -> None:
    until(lambda: len(site.services.requests) >= times, f"the services are asked {times} times")
