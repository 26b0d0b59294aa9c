"""The package with one defect at a time: every defect is found by a promise that does not hold."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.proofs import calls, checks
from tests.proofs.checks import Lab
from tests.proofs.figures import Figures
from tests.proofs.nursery import ROOT, Nursery
from tests.proofs.order import in_order
from tests.proofs.promise import BrokenPromiseError
from tests.proofs.site import SYNCHRONOUS

Check = Callable[[Lab], None]


def order_on_the_disk(lab: Lab) -> None:
    """What comes later is never on the disk first."""
    with lab.site(SYNCHRONOUS, 1) as site:
        in_order(site)


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
        checks.a_run,
    ),
    Mutant(
        "no unique index",
        "ledger/schema.py",
        "CREATE UNIQUE INDEX one_standing",
        "CREATE INDEX one_standing",
        checks.two_copies_of_a_cache,
    ),
    Mutant(
        "no lock on a purchase",
        "cache/cache.py",
        "            had = lock.__enter__()",
        "            had = lock.__enter__() or True",
        checks.two_at_the_same,
    ),
    Mutant(
        "budget in binary fractions",
        "ledger/walls.py",
        "if wall.booked + amount > wall.limit:",
        "if float(str(wall.booked)) + float(str(amount)) > float(str(wall.limit)):",
        checks.exactly_eight,
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
        "    _write_all(descriptor, data)\n    os.fsync(descriptor)\n",
        "    _write_all(descriptor, data)\n",
        order_on_the_disk,
    ),
    Mutant(
        "answers are not spooled",
        "execution/exchange.py",
        "self.shop.ledger.received(self.reservation, answer)",
        "pass",
        checks.killed_with_the_answer,
    ),
    Mutant(
        "unknown is sent again",
        "execution/wishes.py",
        "return self.consent.retry and row.state",
        "return row.state",
        checks.killed_in_flight,
    ),
    Mutant(
        "nothing is recovered",
        "execution/recovery.py",
        "        if row.purchase.provider in self.shop.providers and (",
        "        if not row and (",
        checks.killed_at_a_job,
    ),
    Mutant(
        "money of unknown outcomes is freed",
        "execution/charging.py",
        "FREE = frozenset({",
        "FREE = frozenset({OutcomeClass.UNKNOWN, ",
        checks.an_answer_lost,
    ),
    Mutant(
        "money for a retry is not kept",
        "ledger/paid.py",
        "booked = reservation.amount if keep else cost",
        "booked = cost",
        checks.refused_at_first,
    ),
    Mutant(
        "turns are ignored",
        "execution/wall.py",
        "        if job in self._before:\n            await",
        "        if not job:\n            await",
        checks.the_first_has_to_wait,
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
