"""The walls of a run, a day and a month."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from assetgen.core.errors import WallError
from assetgen.core.money import Usd
from assetgen.ledger.journal import Journal
from assetgen.ledger.paid import PaidLedger
from assetgen.ledger.walls import Limits
from tests.fakes.clock import START, FakeClock
from tests.fakes.processes import together
from tests.fakes.provider import BROKEN, GOOD, LIMITED, LOST
from tests.fakes.purchases import picture
from tests.ledger.payers import PRICE, check_sums, joined, new, payer, sql

DAY = 86_400.0


async def buy(ledger: PaidLedger, name: str, amount: Usd = PRICE, provider: str = "together") -> None:
    reservation = await ledger.reserve(picture(name, provider), name, 1, amount)
    await ledger.settle(reservation, GOOD, amount)


async def refused(ledger: PaidLedger, amount: Usd, provider: str = "together") -> str:
    with pytest.raises(WallError) as caught:
        await ledger.reserve(picture("one too many", provider), "many", 1, amount)
    assert not caught.value.waiting_helps
    return caught.value.message


@pytest.mark.parametrize(
    ("limit", "name"), [("run", "budget"), ("day", "limit of a day"), ("month", "limit of a month")]
)
def test_each_wall_holds_to_the_micro_dollar_and_says_its_name(tmp_path: Path, limit: str, name: str) -> None:
    async def test() -> None:
        async with joined(tmp_path, limits=dataclasses.replace(Limits(), **{limit: Usd(10_000_000)})) as ledger:
            await buy(ledger, "a", Usd(9_999_999))
            assert await refused(ledger, Usd(2)) == (
                f"$0.000002 more would pass the {name} of $10, of which $9.999999 is spent or set aside"
            )
            await buy(ledger, "b", Usd(1))
            await refused(ledger, Usd(1))
            await buy(ledger, "free", Usd())

    asyncio.run(test())


def test_a_refused_amount_leaves_no_row_and_no_money(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, run=Usd(5)) as ledger:
            await refused(ledger, Usd(6))
            assert await ledger.spent() == Usd()

    asyncio.run(test())
    assert sql(tmp_path, "SELECT * FROM call") == []


def test_what_is_reserved_unknown_or_perhaps_charged_counts(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, run=Usd(60), day=Usd(60)) as ledger:
            await ledger.reserve(picture("sending"), "sending", 1, Usd(10))
            for name, outcome in (("lost", LOST), ("broken", BROKEN)):
                reservation = await ledger.reserve(picture(name), name, 1, Usd(10))
                await ledger.settle(reservation, outcome, Usd(10))
            kept = await ledger.reserve(picture("kept"), "kept", 1, Usd(10))
            await ledger.settle(kept, LIMITED, Usd(), keep=True)
            given_up = await ledger.standing(picture("lost").key)
            assert given_up is not None
            await ledger.abandon(given_up)
            await buy(ledger, "bought", Usd(20))
            assert await ledger.spent() == Usd(60)
            with pytest.raises(WallError):
                await ledger.reserve(picture("more"), "more", 1, Usd(1))

    asyncio.run(test())
    check_sums(tmp_path)


def test_real_and_loopback_are_walled_apart(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, run=Usd(10), day=Usd(10)) as ledger:
            await buy(ledger, "a", Usd(10))
            await buy(ledger, "b", Usd(10), "acme")
            await refused(ledger, Usd(1))
            await refused(ledger, Usd(1), "acme")

    asyncio.run(test())


def test_projects_have_limits_of_their_own(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, day=Usd(10)) as ledger:
            await buy(ledger, "a", Usd(10))
        other = PaidLedger(tmp_path, payer("/film/out", project="/film", limits=Limits(day=Usd(10))), FakeClock())
        await other.join()
        await buy(other, "b", Usd(10))
        await other.leave(0)

    asyncio.run(test())


def test_closed_accounts_count_only_in_the_day_and_the_month(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, run=Usd(10)) as ledger:
            await buy(ledger, "a", Usd(10))
        async with joined(tmp_path, run=Usd(10), day=Usd(15)) as ledger:
            assert await ledger.spent() == Usd()
            await refused(ledger, Usd(6))
            await buy(ledger, "b", Usd(5))
            assert await ledger.spent() == Usd(5)
        async with joined(tmp_path, month=Usd(15)) as ledger:
            await refused(ledger, Usd(1))

    asyncio.run(test())


def test_midnight_opens_a_day_and_not_a_month(tmp_path: Path) -> None:
    async def test() -> None:
        clock = FakeClock()
        clock.seconds = DAY - 1
        async with joined(tmp_path, clock=clock, day=Usd(10), month=Usd(15)) as ledger:
            await buy(ledger, "a", Usd(10))
            await refused(ledger, Usd(1))
            clock.seconds += 2
            assert "month" in await refused(ledger, Usd(6))
            await buy(ledger, "b", Usd(5))
            clock.seconds += 31 * DAY
            await buy(ledger, "c", Usd(10))

    asyncio.run(test())
    journal, today = Journal(tmp_path), START.date()
    assert journal.spent_on("/game", "real", today) == (Usd(10), Usd(15))
    assert journal.spent_on("/game", "loopback", today) == (Usd(), Usd())
    assert journal.spent_on("/film", "real", today) == (Usd(), Usd())


@pytest.mark.parametrize("days", [-2, -40, -1])
def test_a_clock_that_goes_back_opens_no_day_again(tmp_path: Path, days: int) -> None:
    async def test() -> None:
        clock = FakeClock()
        clock.seconds = 40 * DAY
        async with joined(tmp_path, clock=clock, day=Usd(10), month=Usd(12)) as ledger:
            await buy(ledger, "a", Usd(10))
            clock.set_by = days * DAY
            assert "day" in await refused(ledger, Usd(1))
        async with joined(tmp_path, clock=clock, day=Usd(10)) as ledger:
            assert "day" in await refused(ledger, Usd(1))

    asyncio.run(test())


def test_a_clock_that_was_ahead_for_a_while_opens_no_day_twice(tmp_path: Path) -> None:
    async def test() -> None:
        clock = FakeClock()
        async with joined(tmp_path, clock=clock, day=Usd(10)) as ledger:
            await buy(ledger, "a", Usd(10))
            clock.set_by = 2 * DAY
            await buy(ledger, "b", Usd(10))
            clock.set_by = 0
            for _ in range(2):
                await refused(ledger, Usd(1))
                clock.seconds += DAY
            await refused(ledger, Usd(1))
            clock.seconds += DAY
            await buy(ledger, "c", Usd(10))

    asyncio.run(test())


RESERVE = """
import asyncio, sys
from pathlib import Path
from assetgen.core.clock import SystemClock
from assetgen.core.errors import WallError
from assetgen.core.money import Usd
from assetgen.ledger.paid import PaidLedger
from assetgen.ledger.walls import Limits
from tests.fakes.purchases import picture
from tests.ledger.payers import PRICE, payer
async def main():
    ledger = PaidLedger(Path(sys.argv[1]), payer(limits=Limits(day=PRICE * 25)), SystemClock())
    await ledger.join()
    name, had = ledger.run, 0
    for number in range(30):
        try:
            await ledger.reserve(picture(f"{name} {number}"), "hero", 1, PRICE)
            had += 1
        except WallError:
            pass
    print(had)
    await ledger.leave(130)
sys.stdin.read()
asyncio.run(main())
"""


def test_many_processes_together_reserve_exactly_what_fits(tmp_path: Path) -> None:
    new(tmp_path)
    printed = together(8, RESERVE, str(tmp_path))
    assert sum(int(line) for line in printed) == 25
    assert len(sql(tmp_path, "SELECT * FROM call")) == 25
    check_sums(tmp_path)
