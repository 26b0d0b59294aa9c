"""What the ledger on a disk keeps beyond its port: rows of the past, of other caches, and of other runs."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest

from assetgen.core.errors import StorageError
from assetgen.core.journal import RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import Answer
from assetgen.ledger.departures import BOOT
from assetgen.ledger.paid import PaidLedger
from tests.fakes.clock import FakeClock
from tests.fakes.provider import CUT, GOOD, LOST, REFUSED
from tests.fakes.purchases import picture
from tests.ledger.payers import PRICE, joined, payer, sql


async def buy(ledger: PaidLedger, outcome: Outcome, name: str = "castle") -> None:
    reservation = await ledger.reserve(picture(name), name, 1, PRICE)
    await ledger.settle(reservation, outcome, PRICE)


@pytest.mark.parametrize("outcome", [GOOD, REFUSED, CUT])
def test_what_an_earlier_account_bought_can_be_superseded_once_it_is_final(tmp_path: Path, outcome: Outcome) -> None:
    async def test() -> None:
        async with joined(tmp_path) as ledger:
            await buy(ledger, outcome)
            row = await ledger.standing(picture().key)
            assert row is not None
            if outcome is GOOD:
                await ledger.stored(row.reservation, "digest")
        async with joined(tmp_path) as ledger:
            row = await ledger.standing(picture().key)
            assert row is not None
            assert not row.here
            await ledger.supersede(row)
            assert await ledger.standing(picture().key) is None
            await ledger.supersede(row)
            await ledger.abandon(row)
            assert (await ledger.row(row.id)).state is RowState.SUPERSEDED
            assert await ledger.over_life([row.purchase.key]) == (PRICE, Usd())

    asyncio.run(test())


@pytest.mark.parametrize("outcome", [LOST, GOOD])
def test_what_is_unknown_or_not_stored_yet_is_never_superseded(tmp_path: Path, outcome: Outcome) -> None:
    async def test() -> None:
        async with joined(tmp_path) as ledger:
            await buy(ledger, outcome)
        async with joined(tmp_path) as ledger:
            row = await ledger.standing(picture().key)
            assert row is not None
            await ledger.supersede(row)
            assert (await ledger.row(row.id)).state is row.state

    asyncio.run(test())


def test_a_row_that_was_seen_before_it_changed_is_not_moved_by_what_it_was(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as ledger:
            await buy(ledger, LOST)
            seen = await ledger.standing(picture().key)
            assert seen is not None
            await ledger.settle(seen.reservation, GOOD, PRICE)
            await ledger.stored(seen.reservation, "digest")
            await ledger.abandon(seen)
            assert (await ledger.row(seen.id)).state is RowState.STORED

    asyncio.run(test())


def test_caches_do_not_share_purchases(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as ledger:
            await buy(ledger, GOOD)
            other = PaidLedger(tmp_path, payer(cache="another"), FakeClock())
            await other.join()
            assert await other.standing(picture().key) is None
            assert await other.unfinished() == []
            await buy(other, GOOD)
            assert await other.over_life([picture().key]) == (PRICE, Usd())
            await other.leave(0)

    asyncio.run(test())


def test_only_what_these_services_can_be_asked_about_is_unfinished(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=None) as ledger:
            await ledger.reserve(picture(), "castle", 1, PRICE)
            await ledger.reserve(picture("keep", "acme"), "keep", 1, PRICE)
        for hosts, found in (
            ({"together": "real"}, ["castle"]),
            ({"together": "loopback", "acme": "loopback"}, ["keep"]),
        ):
            ledger = PaidLedger(tmp_path, payer(hosts=hosts), FakeClock())
            assert [row.action for row in await ledger.unfinished()] == found
            ledger.close()

    asyncio.run(test())


def test_answers_outlive_their_run_until_they_are_stored(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=None) as ledger:
            reservation = await ledger.reserve(picture(), "castle", 1, PRICE)
            ledger.received(reservation, Answer(200, b"bytes"))
        async with joined(tmp_path) as ledger:
            (row,) = await ledger.unfinished()
            assert row.reservation == reservation
            assert [answer.body for answer in ledger.answers(row.reservation)] == [b"bytes"]
            await ledger.stored(row.reservation, "digest")
        assert list((tmp_path / "spool").iterdir()) == []

    asyncio.run(test())


def test_long_words_of_a_service_are_cut(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as ledger:
            await buy(ledger, Outcome(LOST.kind, "timeout", "no " * 1000))
            row = await ledger.standing(picture().key)
            assert row is not None
            assert len(row.message) == 300

    asyncio.run(test())


def test_two_runs_at_once_never_have_one_purchase_both(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as one, joined(tmp_path) as other:
            found = await asyncio.gather(
                *(ledger.reserve(picture(), "castle", 1, PRICE) for ledger in (one, other)), return_exceptions=True
            )
            assert sorted(type(result).__name__ for result in found) == ["Reservation", "StorageError"]
            assert any(isinstance(result, StorageError) and "nothing was sent" in str(result) for result in found)
            assert await one.spent() == PRICE

    asyncio.run(test())


def test_what_never_left_is_known_of_a_run_that_is_gone_and_of_nobody_else(tmp_path: Path) -> None:
    """A run that is still there may send it any moment, whatever became of the lock that keeps others away."""

    async def test() -> None:
        async with joined(tmp_path) as other:
            async with joined(tmp_path, out="/game/other", code=None) as owner:
                for name in ("castle", "keep"):
                    await owner.reserve(picture(name), name, 1, PRICE)
                castle, keep = await owner.unfinished()
                owner.leaving(castle.reservation)
                assert [other.may_have_left(row) for row in (castle, keep)] == [True, True]
            if BOOT.exists():
                assert [other.may_have_left(row) for row in (castle, keep)] == [True, False]

    asyncio.run(test())


def test_lists_of_what_left_are_kept_as_long_as_they_tell_something(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=None) as killed:
            await killed.reserve(picture("castle"), "castle", 1, PRICE)
        async with joined(tmp_path, out="/game/other") as next_run:
            assert {path.name for path in (tmp_path / "departures").iterdir()} == {killed.run, next_run.run}
            (row,) = await next_run.unfinished()
            await next_run.settle(row.reservation, Outcome(OutcomeClass.NOT_SENT, "network"), Usd())
        assert list((tmp_path / "departures").iterdir()) == []

    asyncio.run(test())


def test_a_run_can_leave_where_its_lists_are_gone(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path):
            shutil.rmtree(tmp_path / "departures")

    asyncio.run(test())
    assert sql(tmp_path, "SELECT count(*) FROM account WHERE closed IS NULL") == [(0,)]
