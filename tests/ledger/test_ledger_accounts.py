"""Accounts: continued after an interruption, closed when the last run ends by itself."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from pathlib import Path

import pytest

from assetgen.core.money import Usd
from assetgen.ledger.accounts import NOBODY, Presence
from assetgen.ledger.journal import Journal
from assetgen.ledger.paid import PaidLedger
from tests.fakes.provider import GOOD, LIMITED
from tests.fakes.purchases import picture
from tests.ledger.payers import check_sums, joined, sql


async def buy(ledger: PaidLedger, name: str = "castle") -> None:
    reservation = await ledger.reserve(picture(name), name, 1, Usd(10))
    await ledger.settle(reservation, GOOD, Usd(10))


async def spend(folder: Path, code: int | None, name: str = "castle", out: str = "/game/out") -> None:
    async with joined(folder, code=code, out=out) as ledger:
        await buy(ledger, name)


async def at_the_beginning(folder: Path, out: str = "/game/out") -> Usd:
    """What the next run finds spent already; it is killed."""
    async with joined(folder, code=None, out=out) as ledger:
        return await ledger.spent()


@pytest.mark.parametrize("code", [None, 130, 143, 2, 5, 70])
def test_an_account_goes_on_after_an_interruption(tmp_path: Path, code: int | None) -> None:
    async def test() -> None:
        await spend(tmp_path, code)
        assert await at_the_beginning(tmp_path) == Usd(10)
        await spend(tmp_path, code, "keep")
        assert await at_the_beginning(tmp_path) == Usd(20)
        assert await at_the_beginning(tmp_path, "/other/out") == Usd()

    asyncio.run(test())
    assert Journal(tmp_path).open_account("/game/out", "real") == Usd(20)


@pytest.mark.parametrize("code", [0, 1, 3, 4, 6])
def test_an_account_is_closed_when_its_run_ends_by_itself(tmp_path: Path, code: int) -> None:
    async def test() -> None:
        await spend(tmp_path, None)
        await spend(tmp_path, code, "keep")
        assert await at_the_beginning(tmp_path) == Usd()

    asyncio.run(test())
    old = Journal(tmp_path).accounts()[-1]
    assert (old.booked, old.closed is not None) == (Usd(20), True)


def test_two_runs_share_one_account_and_the_last_one_closes_it(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as one:
            await buy(one)
            async with joined(tmp_path) as other:
                assert await other.spent() == Usd(10)
                await buy(other, "keep")
            assert await one.spent() == Usd(20)
            assert Journal(tmp_path).open_account("/game/out", "real") == Usd(20)
        assert Journal(tmp_path).open_account("/game/out", "real") == Usd()

    asyncio.run(test())


def test_the_last_one_that_is_interrupted_leaves_it_open(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=130) as one:
            await spend(tmp_path, 0)
            assert await one.spent() == Usd(10)
        assert await at_the_beginning(tmp_path) == Usd(10)

    asyncio.run(test())


def test_a_waiter_that_was_killed_does_not_keep_it_open(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as one:
            await buy(one)
            async with joined(tmp_path, code=None):
                pass
        assert await at_the_beginning(tmp_path) == Usd()

    asyncio.run(test())


def test_an_account_that_nobody_used_is_forgotten(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path):
            assert len(Journal(tmp_path).accounts()) == 2, "one for real money, one for loopback"
        assert Journal(tmp_path).accounts() == []
        await spend(tmp_path, 0)
        assert [account.host for account in Journal(tmp_path).accounts()] == ["real"]

    asyncio.run(test())


async def keep_money(ledger: PaidLedger) -> None:
    reservation = await ledger.reserve(picture("kept"), "kept", 1, Usd(10))
    await ledger.settle(reservation, LIMITED, Usd(), keep=True)


def test_money_that_a_killed_run_kept_is_freed_by_the_next_one(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=None) as ledger:
            await keep_money(ledger)
            assert await ledger.spent() == Usd(10)
            async with joined(tmp_path, code=130, run=Usd(10)) as other:
                assert await other.spent() == Usd(10), "its run is under way"
        async with joined(tmp_path, run=Usd(10)) as ledger:
            assert await ledger.spent() == Usd()
            await buy(ledger)

    asyncio.run(test())
    check_sums(tmp_path)


@pytest.mark.parametrize("code", [0, 130])
def test_money_that_a_run_still_keeps_when_it_leaves_is_freed(tmp_path: Path, code: int) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=code) as ledger:
            await keep_money(ledger)

    asyncio.run(test())
    assert sql(tmp_path, "SELECT sum(booked), sum(kept) FROM call") == [(0, 0)]
    check_sums(tmp_path)


def test_a_run_is_present_until_its_lock_is_freed(tmp_path: Path) -> None:
    present = Presence(tmp_path)
    with present.of("one"):
        present.sweep()
        assert "one" in present
        assert "another" not in present
    assert "one" not in present
    assert list(tmp_path.iterdir()) == []
    assert NOBODY not in present


def _be_killed(folder: Path) -> None:
    presence = Presence(folder).of("killed")
    presence.__enter__()
    import os

    os._exit(9)


def test_what_a_killed_run_left_is_swept_away(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_be_killed, args=(tmp_path,))
    process.start()
    process.join()
    assert [path.name for path in tmp_path.iterdir()] == ["killed"]
    assert "killed" not in Presence(tmp_path)
    Presence(tmp_path).sweep()
    assert list(tmp_path.iterdir()) == []


def test_a_sweep_never_takes_a_run_that_begins_at_this_moment(tmp_path: Path) -> None:
    ended = threading.Event()

    def sweep() -> None:
        while not ended.is_set():
            Presence(tmp_path).sweep()

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    try:
        for number in range(300):
            with Presence(tmp_path).of(f"run-{number}"):
                assert f"run-{number}" in Presence(tmp_path)
    finally:
        ended.set()
        sweeper.join()


def test_a_run_that_can_not_join_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"")

    async def test() -> None:
        before = threading.active_count()
        with pytest.raises(Exception, match="not a ledger"):
            async with joined(tmp_path):
                pass
        assert threading.active_count() <= before + 1, "a thread of the loop's own pool may stay"
        assert list((tmp_path / "runs").iterdir()) == []

    asyncio.run(test())
