"""Equal requests at one time are one request: among the assets of a run, and among runs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assetgen.api import RunOptions
from assetgen.core.actions import JSON
from assetgen.core.events import ActionCached, ActionWaited, ActionWaiting, CallEnded, Timed, Wait
from assetgen.core.money import Usd
from assetgen.execution import locks
from tests.e2e.command import Command
from tests.e2e.market import Market, picture
from tests.services.faults import Fault
from tests.services.server import Services


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def around(tmp_path: Path, services: Services) -> Market:
    return Market(tmp_path, services)


def alike(count: int) -> list[Any]:
    return [picture(f"p{number:02}", "A pier at dusk") for number in range(count)]


@pytest.mark.parametrize("count", [2, 20])
def test_assets_that_want_the_same_picture_send_one_request(around: Market, count: int) -> None:
    around.services.faults.script("together", Fault.delay(0.2))
    result = around.run(*alike(count))
    assert (result.exit_code, result.counts.generated, result.counts.cached) == (0, 1, count - 1)
    assert (around.asked(), result.metrics["calls"], len(around.heard(CallEnded))) == (1, 1, 1)
    assert len(around.heard(ActionCached)) == count - 1
    assert around.booked() == around.services.bill.total == result.spent.micros
    assert result.saved == Usd(), "what was bought just now was not saved"
    costs = [image["cost_usd"] for _, image in sorted(around.images().items())]
    assert costs == [str(result.spent), *["0"] * (count - 1)]
    assert {image["sha256"] for image in around.images().values()} == {around.images()["p00"]["sha256"]}


def test_they_fail_over_together(around: Market) -> None:
    around.services.faults.always("together", Fault.status(404))
    result = around.run(*alike(20))
    assert (result.exit_code, around.asked("together"), around.asked("replicate")) == (0, 1, 1)


def test_who_fails_before_another_has_it_is_not_said_to_be_unknown(around: Market) -> None:
    """The other one's request was on its way when the first one failed."""
    for _ in range(3):
        around.services.faults.script("openai", Fault.status(500, charged=True))
    around.services.faults.script("openai", Fault.delay(0.5))
    sizes = {"x1": "1024x1024", "x2": "512x512"}
    result = around.run(*({**picture(name, "z", size), "model": "gpt-image-2"} for name, size in sizes.items()))
    assert (result.exit_code, result.counts.generated, result.unknown) == (1, 1, Usd())
    (failure,) = result.failures
    assert (failure.unknown, failure.paid.micros) == (Usd(), around.services.bill.total)


@pytest.fixture
def parted(around: Market) -> tuple[Mapping[str, JSON], ...]:
    """Two sizes of what sellers deliver in one, of which one comes from the first seller and one from the second."""
    actions = tuple(picture(name, "A pier at dusk", size) for name, size in (("a", "512x512"), ("b", "510x512")))
    for _ in range(3):
        around.services.faults.script("together", Fault.status(500, charged=False))
    assert around.run(*actions).exit_code == 0
    return actions


def test_each_carries_the_cost_of_the_seller_that_it_came_to(
    around: Market, parted: tuple[Mapping[str, JSON], ...]
) -> None:
    made = around.images()
    assert {one["provider"] for one in made.values()} == {"together", "replicate"}
    assert sum(Usd.parse(one["cost_usd"]).micros for one in made.values()) == around.services.bill.total
    assert not any("shared_with" in one for one in made.values())


def test_a_later_run_says_the_same_of_what_it_cost(around: Market, parted: tuple[Mapping[str, JSON], ...]) -> None:
    written = around.folder / "out/manifest.json"
    before = written.read_bytes()
    assert around.run(*parted).counts.cached == 2
    assert written.read_bytes() == before
    (around.folder / "out" / around.images()["b"]["path"]).unlink()
    assert around.run(*parted).counts.cached == 2
    assert written.read_bytes() == before


def test_what_was_edited_has_its_own_cost_too(around: Market, parted: tuple[Mapping[str, JSON], ...]) -> None:
    before = around.images()["b"]
    (around.folder / "out" / before["path"]).write_bytes(b"drawn by hand")
    around.run(*parted, picture("c", "A pier at dusk", "508x512"))
    after = around.images()
    assert (after["b"]["edited"], after["b"]["bytes"], after["b"]["cost_usd"]) == (True, 13, before["cost_usd"])
    assert (after["c"]["cost_usd"], len(after["c"]["shared_with"])) == ("0", 1)
    shared = after["c"]["shared_with"][0]
    assert after["c"]["provider"] == after[shared]["provider"]


def test_what_nobody_knows_of_one_request_is_at_risk_once(around: Market) -> None:
    around.services.faults.script("together", Fault.reset(before=True, charged=True))
    result = around.run(*alike(20))
    assert (result.exit_code, result.counts.held, around.asked()) == (4, 20, 1)
    assert result.unknown.micros == around.services.bill.total == around.booked()


def test_what_is_refused_for_one_is_refused_for_all(around: Market) -> None:
    around.services.faults.always("together", Fault.status(422))
    result = around.run(*alike(20))
    assert (result.exit_code, result.counts.failed, around.asked()) == (1, 20, 1)


def test_two_runs_into_two_folders_send_one_request_and_one_says_that_it_waited(around: Market) -> None:
    around.services.faults.script("together", Fault.delay(0.3))
    folders = [around.folder / name for name in ("one", "two")]

    async def both() -> list[Any]:
        options = RunOptions(listeners=(around.hear,))
        return await asyncio.gather(*(around.running(alike(3), options, out=folder) for folder in folders))

    results = asyncio.run(both())
    assert [one.exit_code for one in results] == [0, 0]
    assert sorted(one.metrics["calls"] for one in results) == [0, 1]
    assert sorted(one.counts.cached for one in results) == [2, 3]
    assert (around.asked(), around.booked()) == (1, around.services.bill.total)
    waits = around.heard(ActionWaited)
    assert {one.reason for one in waits if one.seconds > 0.1} == {Wait.PROCESS}


@pytest.fixture
def pair(assetgen: Command, services: Services) -> Command:
    """A folder with three pictures of one prompt, and a service that takes its time."""
    assetgen.write("actions.json", json.dumps(alike(3)))
    assetgen.environment.update(services.environment())
    services.faults.script("together", Fault.delay(1.5))
    return assetgen


def test_two_processes_at_once_send_one_request_between_them(pair: Command, services: Services) -> None:
    processes = [pair.start("run", "actions.json", "--json", "--out", name) for name in ("one", "two")]
    ended = [(json.loads(process.communicate()[0]), process.returncode) for process in processes]
    assert [code for _, code in ended] == [0, 0]
    idle, busy = sorted((document["metrics"] for document, _ in ended), key=lambda metrics: int(metrics["calls"]))
    assert (idle["calls"], busy["calls"]) == (0, 1)
    assert idle["waited_seconds"]["process"] > 0.1
    assert len([one for one in services.requests if one.where == "create"]) == 1


def test_a_process_that_comes_to_the_same_folder_says_whom_it_waits_for(pair: Command, services: Services) -> None:
    first = pair.start("run", "actions.json")
    while not services.requests:
        assert first.poll() is None
    second = pair("run", "actions.json", "--json")
    first.communicate()
    assert (first.returncode, second.code) == (0, 0)
    assert f"waiting for process {first.pid}, which writes this folder" in second.err
    assert (second.json()["counts"]["cached"], second.json()["metrics"]["calls"]) == (3, 0)
    assert len([one for one in services.requests if one.where == "create"]) == 1


def test_who_waits_for_long_says_so_while_it_does(around: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "SAY_SO_AFTER", 0.1)
    around.services.faults.script("together", Fault.delay(0.5))
    heard: list[Timed] = []

    async def both() -> None:
        options = RunOptions(listeners=(heard.append,))
        folders = [around.folder / name for name in ("one", "two")]
        await asyncio.gather(*(around.running(alike(1), options, out=folder) for folder in folders))

    asyncio.run(both())
    (waiting,) = [one.event for one in heard if isinstance(one.event, ActionWaiting)]
    assert waiting.reason == "another process is making it"
