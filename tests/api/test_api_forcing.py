"""What is made again by the user's wish stays as it was until there is something in its place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from assetgen.api import RunOptions
from assetgen.core.events import CallEnded, Timed
from assetgen.core.results import Status
from assetgen.execution.stopping import Stop
from tests.e2e.market import Market, pictures
from tests.services.faults import Fault
from tests.services.server import Services

COUNT = 6


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, services: Services) -> Market:
    """A folder in which all pictures were made before."""
    around = Market(tmp_path, services)
    assert around.run(*pictures(COUNT)).exit_code == 0
    return around


def test_what_can_not_be_made_again_stays_in_the_manifest_and_is_reported(made: Market) -> None:
    before = made.images()
    for service in ("together", "replicate", "openai"):
        made.services.faults.always(service, Fault.status(404))
    result = made.run(*pictures(COUNT), only=("p000",), force=True)
    assert (result.exit_code, [one.id for one in result.failures]) == (1, ["p000"])
    assert made.images() == before
    made.services.faults.clear()
    assert made.run(*pictures(COUNT)).counts.cached == COUNT
    assert made.images() == before


def test_what_an_interrupted_run_did_not_come_to_stays_in_the_manifest(made: Market) -> None:
    before, paid = made.images(), made.services.bill.total
    stop = Stop()

    def hear(timed: Timed) -> None:
        if isinstance(timed.event, CallEnded) and not stop.requested:
            stop.request()

    options = RunOptions(only=("p*",), force=True, stop=stop, listeners=(hear,))
    result = asyncio.run(made.running(pictures(COUNT), options, concurrency=1))
    assert result.exit_code == 130
    assert 1 <= result.counts.generated < COUNT, result
    assert {one.status for one in result.failures} == {Status.SKIPPED}
    assert result.spent.micros == made.services.bill.total - paid
    after = made.images()
    assert after.keys() == before.keys()
    assert sum(after[name] != before[name] for name in before) <= result.counts.generated


def test_a_file_that_was_edited_is_known_by_its_own_hash_whoever_is_chosen(made: Market) -> None:
    path = made.folder / "out" / made.images()["p001"]["path"]
    path.write_bytes(b"drawn by hand")
    for options in ({"only": ("p000",)}, {"only": ("p000",), "force": True}, {"upgrade_degraded": True}, {}):
        assert made.run(*pictures(COUNT), **options).exit_code == 0
        line = made.images()["p001"]
        assert (line["bytes"], line["edited"]) == (13, True)
    result = made.run(*pictures(COUNT), only=("p001",), force=True)
    assert (result.exit_code, result.failures[0].code) == (1, "edited_output")
    assert made.images()["p001"] == line
