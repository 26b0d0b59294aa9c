"""Whole runs that pay: accounts, walls, interruptions, and two runs at once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from assetgen.api import Project, RunOptions
from assetgen.cache.cache import FileCache
from assetgen.core.errors import BudgetError, CacheError
from assetgen.core.journal import RowState
from assetgen.core.money import Usd
from assetgen.core.results import RunResult
from assetgen.core.surveys import OnUnknown
from assetgen.execution.stopping import Stop
from assetgen.ledger.journal import Journal
from tests.api.shops import paying, pictures, states
from tests.fakes.provider import LIMITED, LOST, NO_KEY, Creation, ScriptedJobs, ScriptedProvider

CENTS = Usd(10_000)


def run(around: Project, count: int, **options: object) -> RunResult:
    return asyncio.run(around.run(pictures(around, count), RunOptions(**options)))  # type: ignore[arg-type]


async def started(
    around: Project, count: int, service: ScriptedProvider, calls: int, stop: Stop | None = None
) -> asyncio.Task[RunResult]:
    """A run that has sent this many requests."""
    running = asyncio.ensure_future(around.run(pictures(around, count), RunOptions(stop=stop or Stop())))
    while len(service.calls) < calls and not running.done():
        await asyncio.sleep(0.002)
    return running


def interrupted(around: Project, count: int, service: ScriptedProvider) -> RunResult:
    """A run that is asked to stop once it has sent its first request."""

    async def stop_early() -> RunResult:
        stop = Stop()
        running = await started(around, count, service, 1, stop)
        stop.request()
        return await running

    return asyncio.run(stop_early())


def account(around: Project) -> Usd:
    """What counts against the budget before the next run."""
    return Journal(around.settings.state_dir).open_account(str(around.settings.out_folder.resolve()), "real")


def test_a_run_pays_for_each_picture_once_and_closes_its_account(tmp_path: Path) -> None:
    one = ScriptedProvider("together")
    around = paying(tmp_path, one)
    assert (run(around, 3).spent, run(around, 3).spent) == (CENTS * 15, Usd())
    assert (len(one.calls), states(around), account(around)) == (3, ["stored"] * 3, Usd())


def test_after_an_interruption_the_account_goes_on_and_the_budget_with_it(tmp_path: Path) -> None:
    one = ScriptedProvider("together", takes=0.02)
    around = paying(tmp_path, one, max_cost="0.15", concurrency=1)
    assert interrupted(around, 3, one).exit_code == 130
    assert account(around) == CENTS * 5
    with pytest.raises(BudgetError, match="was spent by runs that were interrupted"):
        run(around, 4)
    assert account(around) == CENTS * 5, "a run that is refused before it began is no end of the one before"
    one.takes = 0.0
    assert run(around, 3).exit_code == 0
    assert (len(one.calls), account(around)) == (3, Usd())


def test_after_a_request_to_stop_only_what_was_sent_is_finished(tmp_path: Path) -> None:
    one = ScriptedProvider("together", takes=0.03)
    around = paying(tmp_path, one, concurrency=2)
    result = interrupted(around, 8, one)
    sent = len(one.calls)
    assert sent in {1, 2}, "no more than were under way"
    assert (result.counts.generated, result.counts.skipped) == (sent, 8 - sent)


def test_a_partial_run_buys_the_first_in_plan_order_up_to_the_wall(tmp_path: Path) -> None:
    one = ScriptedProvider("together", [LIMITED], takes=0.002)
    around = paying(tmp_path, one, max_cost="0.16")
    with pytest.raises(BudgetError):
        run(around, 8)
    result = run(around, 8, partial=True)
    assert (result.exit_code, result.spent) == (3, CENTS * 15)
    manifest = json.loads((around.settings.out_folder / "manifest.json").read_text())
    assert [image["id"] for image in manifest["images"]] == ["p0", "p1", "p2"]
    assert {(one["status"], one["code"]) for one in manifest["failed"]} == {("skipped", "budget")}
    assert run(around, 8, partial=True).spent == CENTS * 15, "a new account"


def test_a_days_limit_outlives_accounts(tmp_path: Path) -> None:
    one = ScriptedProvider("together")
    around = paying(tmp_path, one, max_cost_per_day="0.10")
    assert run(around, 1).exit_code == 0
    assert run(around, 4, partial=True).spent == CENTS * 5
    assert run(around, 4, partial=True).exit_code == 3
    assert len(one.calls) == 2


def test_two_runs_at_once_share_the_account_and_pay_once(tmp_path: Path) -> None:
    one = ScriptedProvider("together", takes=0.02)
    waited: list[int] = []

    async def both() -> list[RunResult]:
        first = await started(paying(tmp_path, one), 4, one, 1)
        around = paying(tmp_path, one)
        second = asyncio.ensure_future(around.run(pictures(around, 5), RunOptions(waiting=waited.append)))
        return [await first, await second]

    first, second = asyncio.run(both())
    assert (first.spent, second.spent) == (CENTS * 20, CENTS * 5)
    assert (len(one.calls), len(waited)) == (5, 1)
    (closed,) = Journal(tmp_path / "state").accounts()
    assert (closed.booked, closed.closed is not None) == (CENTS * 25, True)


def kill(around: Project, service: ScriptedProvider, calls: int) -> None:
    """A run that is cut off, as by a second Ctrl-C, while its service is at so many requests."""

    async def cut() -> None:
        running = await started(around, calls, service, calls)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    takes = service.takes
    service.takes = 60.0
    asyncio.run(cut())
    service.takes = takes
    assert states(around) == ["sending"] * calls


def test_what_was_cut_off_is_held_by_the_next_run_and_counted(tmp_path: Path) -> None:
    one = ScriptedProvider("together")
    around = paying(tmp_path, one)
    kill(around, one, 1)
    told: list[int] = []
    result = run(around, 2, recovering=told.append)
    assert (told, result.exit_code, result.counts.held, result.spent) == ([1], 4, 1, CENTS * 5)
    assert (len(one.calls), states(around)) == (2, ["unknown", "stored"])
    failed = json.loads((around.settings.out_folder / "manifest.json").read_text())["failed"]
    assert [(one["id"], one["unknown_usd"]) for one in failed] == [("p0", "0.05")]
    assert run(around, 2, on_unknown=OnUnknown.RETRY).exit_code == 0


def test_jobs_that_were_cut_off_are_found_again_and_not_paid_twice(tmp_path: Path) -> None:
    one = ScriptedJobs("together")
    around = paying(tmp_path, one)
    one.settle_time = 0.0
    one.clock = around.clock
    kill(around, one, 2)
    for call in one.calls:
        one.create(call)
    result = run(around, 2)
    assert (result.exit_code, len(one.calls), len(one.jobs)) == (0, 2, 2)


def test_reconciling_asks_the_service_that_can_be_asked(tmp_path: Path) -> None:
    one = ScriptedJobs("together", [Creation.ANSWER_LOST])
    around = paying(tmp_path, one)
    one.settle_time = one.listed_for = 0.0
    one.clock = around.clock
    assert run(around, 1).exit_code == 4
    assert states(around) == ["unknown"]
    one.listed_for = 3600.0
    (found,) = asyncio.run(around.reconcile())
    assert (found.was, found.row.state) == (RowState.UNKNOWN, RowState.STORED)
    assert (run(around, 1).exit_code, len(one.jobs)) == (0, 1)


def test_a_disk_that_refuses_what_was_paid_for_ends_the_buying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = ScriptedProvider("together", takes=0.05)
    around = paying(tmp_path, one, concurrency=2)

    def refuse(*arguments: object) -> None:
        raise CacheError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileCache, "keep", refuse)
        result = run(around, 20)
    assert result.exit_code == 5
    assert len(one.calls) <= 4
    assert set(states(around)) - {"released"} == {"received"}, "what had its money and was not sent is free"
    bought = len(one.calls)
    assert run(around, 20).exit_code == 0
    assert len(one.calls) == 20, "what was received was stored from its answers"
    assert [state for state in states(around) if state != "released"] == ["stored"] * 20
    assert bought >= 1


def test_a_refused_key_ends_the_asking_at_once(tmp_path: Path) -> None:
    one = ScriptedProvider("together", [NO_KEY] * 50, takes=0.005)
    around = paying(tmp_path, one, concurrency=4)
    result = run(around, 30)
    assert (result.exit_code, result.spent) == (6, Usd())
    assert len(one.calls) <= 4


def test_a_lost_answer_is_in_the_sums_of_its_account_until_somebody_knows(tmp_path: Path) -> None:
    one = ScriptedProvider("together", [LOST])
    around = paying(tmp_path, one, max_cost="0.05")
    assert run(around, 1).exit_code == 4
    (row,) = Journal(tmp_path / "state").rows()
    assert (row.booked, row.here) == (CENTS * 5, False)
    Journal(tmp_path / "state").assume_unpaid(row.purchase.key)
    assert run(around, 1).exit_code == 0


def test_a_run_that_is_refused_leaves_no_folder_and_no_account(tmp_path: Path) -> None:
    around = paying(tmp_path, ScriptedProvider("together"), max_cost="0.04")
    with pytest.raises(BudgetError, match="at least"):
        run(around, 1)
    assert not (tmp_path / "out").exists()
    assert states(around) == []


def test_a_run_that_is_cancelled_leaves_nothing_behind_that_goes_on(tmp_path: Path) -> None:
    """A program that gives up on a run may begin another one in the same loop."""
    one = ScriptedProvider("together", takes=0.2)
    around = paying(tmp_path, one)

    async def twice() -> RunResult:
        before = asyncio.all_tasks()
        running = await started(around, 6, one, 2)
        running.cancel()
        await asyncio.wait([running])
        assert running.cancelled()
        assert asyncio.all_tasks() == before
        return await asyncio.wait_for(around.run(pictures(around, 6), RunOptions()), 20)

    assert asyncio.run(twice()).exit_code == 4, "what had left is held"
