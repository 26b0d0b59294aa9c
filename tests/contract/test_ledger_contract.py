"""What every ledger keeps: the one on a disk, the one of the tests, and the one that takes no money."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assetgen.core.errors import BudgetError, StorageError, WallError
from assetgen.core.jobs import Purchase
from assetgen.core.journal import OPEN, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import Ledger
from assetgen.core.requests import Answer, Source
from assetgen.ledger.free import FreeLedger
from assetgen.ledger.paid import PaidLedger
from assetgen.ledger.walls import Limits
from tests.fakes.clock import FakeClock
from tests.fakes.ledger import MemoryLedger
from tests.fakes.provider import BROKEN, CUT, GOOD, INVALID, LIMITED, LOST, REFUSED, UNREACHED
from tests.fakes.purchases import picture, speech
from tests.ledger.payers import payer

PRICE = Usd(2700)
WALL = PRICE * 3
Use = Callable[[Ledger], Awaitable[None]]


@asynccontextmanager
async def opened(kind: str, folder: Path) -> AsyncIterator[Ledger]:
    """A ledger with a wall at three times the price."""
    if kind == "free":
        yield FreeLedger()
    elif kind == "memory":
        yield MemoryLedger(WALL)
    else:
        ledger = PaidLedger(folder, payer(limits=Limits(run=WALL)), FakeClock())
        await ledger.join()
        yield ledger
        await ledger.leave(0)


def use(kind: str, folder: Path, test: Use) -> None:
    async def run() -> None:
        async with opened(kind, folder) as ledger:
            await test(ledger)

    asyncio.run(run())


every = pytest.mark.parametrize("kind", ["free", "memory", "paid"])
remembering = pytest.mark.parametrize("kind", ["memory", "paid"])


async def reserve(ledger: Ledger, name: str = "castle", amount: Usd = PRICE) -> Reservation:
    return await ledger.reserve(picture(name), name, 1, amount)


async def settled(ledger: Ledger, outcome: Outcome, name: str = "castle", cost: Usd = PRICE) -> Row:
    """A purchase whose attempt ended so."""
    reservation = await reserve(ledger, name)
    await ledger.settle(reservation, outcome, cost)
    return await ledger.row(reservation.row)


async def standing(ledger: Ledger, purchase: Purchase) -> Row:
    row = await ledger.standing(purchase.key)
    assert row is not None
    return row


@every
def test_every_attempt_has_a_reservation_of_its_own(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        found = [await reserve(ledger, name, Usd()) for name in ("castle", "keep", "moat")]
        assert len({one.row for one in found}) == 3
        assert [one.key for one in found] == [picture(name).key for name in ("castle", "keep", "moat")]

    use(kind, tmp_path, test)


@every
def test_what_is_free_goes_all_the_way_and_costs_nothing(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        reservation = await reserve(ledger, amount=Usd())
        ledger.received(reservation, Answer(200, b"bytes"))
        assert await ledger.adopt(reservation, ["job"]) == "job"
        await ledger.settle(reservation, GOOD, Usd())
        await ledger.stored(reservation, "digest")
        await ledger.put_off(reservation)
        assert await ledger.spent() == Usd()
        assert await ledger.over_life([reservation.key]) == (Usd(), Usd())
        assert await ledger.unfinished() in ((), [])

    use(kind, tmp_path, test)


def test_a_ledger_without_a_journal_pays_nothing(tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        with pytest.raises(BudgetError, match="drafts cost nothing"):
            await reserve(ledger, amount=Usd(1))

    use("free", tmp_path, test)


@every
def test_nothing_stands_before_anything_was_sent(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        assert await ledger.standing(picture().key) is None
        assert await ledger.standings([picture().key, speech().key]) == {}
        assert list(await ledger.unfinished()) == []
        assert await ledger.spent() == Usd()

    use(kind, tmp_path, test)


@remembering
def test_a_reservation_is_a_row_with_its_money_before_anything_is_sent(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        reservation = await ledger.reserve(speech(), "welcome", 2, Usd(120))
        row = await standing(ledger, speech())
        assert (row.state, row.reserved, row.booked) == (RowState.SENDING, Usd(120), Usd(120))
        assert (row.action, row.attempt, row.purchase, row.here) == ("welcome", 2, speech(), True)
        assert row.reservation == reservation
        assert await ledger.spent() == Usd(120)
        assert await ledger.unfinished() == [row]

    use(kind, tmp_path, test)


@remembering
def test_a_purchase_that_stands_is_not_reserved_again(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        await reserve(ledger)
        with pytest.raises(StorageError, match="nothing was sent"):
            await reserve(ledger)
        assert await ledger.spent() == PRICE

    use(kind, tmp_path, test)


ENDS = [
    (GOOD, RowState.RECEIVED, True),
    (LOST, RowState.UNKNOWN, True),
    (CUT, RowState.UNUSABLE, True),
    (REFUSED, RowState.DECLINED, True),
    (Outcome(OutcomeClass.FAILED, "content_refused", "nsfw"), RowState.DECLINED, True),
    (BROKEN, RowState.FAILED, False),
    (LIMITED, RowState.RELEASED, False),
    (INVALID, RowState.RELEASED, False),
    (UNREACHED, RowState.RELEASED, False),
]


@remembering
@pytest.mark.parametrize(("outcome", "state", "stands"), ENDS)
def test_every_end_has_its_state(kind: str, tmp_path: Path, outcome: Outcome, state: RowState, stands: bool) -> None:
    async def test(ledger: Ledger) -> None:
        row = await settled(ledger, outcome, cost=Usd(5))
        assert (row.state, row.booked, row.reserved) == (state, Usd(5), PRICE)
        assert (row.code, row.message) == (outcome.code, outcome.message)
        assert (await ledger.standing(row.purchase.key) is not None) == stands
        assert list(await ledger.unfinished()) == ([row] if state in OPEN else [])
        assert await ledger.spent() == Usd(5)
        if not stands:
            await reserve(ledger)

    use(kind, tmp_path, test)


@remembering
def test_a_wall_holds_to_the_micro_dollar(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        await reserve(ledger, "castle", PRICE)
        await reserve(ledger, "keep", WALL - PRICE - Usd(1))
        with pytest.raises(WallError):
            await reserve(ledger, "moat", Usd(2))
        await reserve(ledger, "tower", Usd(1))
        with pytest.raises(WallError):
            await reserve(ledger, "gate", Usd(1))
        assert await ledger.spent() == WALL

    use(kind, tmp_path, test)


@remembering
def test_waiting_helps_only_while_somebody_is_at_work(kind: str, tmp_path: Path) -> None:
    async def helps(ledger: Ledger) -> bool:
        with pytest.raises(WallError) as caught:
            await reserve(ledger, "moat")
        return caught.value.waiting_helps

    async def test(ledger: Ledger) -> None:
        reservation = await reserve(ledger, amount=WALL)
        assert await helps(ledger)
        await ledger.settle(reservation, LIMITED, Usd(), keep=True)
        assert await helps(ledger), "its money may come free after all"
        again = await ledger.reserve(picture(), "castle", 2, WALL, instead=reservation)
        await ledger.put_off(again)
        assert not await helps(ledger), "nobody is at work on it before the next run"
        await ledger.settle(again, LOST, WALL)
        assert not await helps(ledger)

    use(kind, tmp_path, test)


@remembering
def test_kept_money_is_there_for_the_attempt_that_follows_alone(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        first = await reserve(ledger, amount=WALL)
        await ledger.settle(first, LIMITED, Usd(), keep=True)
        assert await ledger.spent() == WALL
        assert await ledger.standing(first.key) is None
        with pytest.raises(WallError):
            await reserve(ledger, "keep", Usd(1))
        second = await ledger.reserve(picture(), "castle", 2, WALL, instead=first)
        assert (await ledger.spent(), (await ledger.row(first.row)).booked) == (WALL, Usd())
        await ledger.settle(second, GOOD, WALL)
        assert (await ledger.row(second.row)).booked == WALL

    use(kind, tmp_path, test)


@remembering
def test_kept_money_can_be_let_go_and_is_never_freed_twice(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        first = await reserve(ledger, amount=WALL)
        await ledger.settle(first, LIMITED, Usd(), keep=True)
        await ledger.settle(first, LIMITED, Usd())
        assert await ledger.spent() == Usd()
        charged = await reserve(ledger, amount=PRICE)
        await ledger.settle(charged, BROKEN, PRICE)
        await ledger.reserve(picture(), "castle", 2, PRICE, instead=charged)
        assert await ledger.spent() == PRICE * 2, "what may be charged stays counted"

    use(kind, tmp_path, test)


@remembering
def test_kept_money_that_still_does_not_suffice_stays_kept(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        await settled(ledger, GOOD, "keep", PRICE)
        first = await reserve(ledger)
        await ledger.settle(first, LIMITED, Usd(), keep=True)
        with pytest.raises(WallError) as caught:
            await ledger.reserve(picture(), "castle", 2, WALL, instead=first)
        assert not caught.value.waiting_helps
        assert await ledger.spent() == PRICE * 2

    use(kind, tmp_path, test)


@remembering
def test_answers_are_kept_as_they_came_in_their_order_the_newest_of_each_source(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        reservation = await reserve(ledger)
        file = Answer(200, b"\x89PNG\n\n\0", {"content-type": "image/png"}, Source.FILE)
        old, new = Answer(200, b"running", {}, Source.JOB), Answer(200, b"done", {}, Source.JOB)
        call = Answer(201, b"", {"x-request-id": "1"})
        for answer in (file, call, old, new):
            ledger.received(reservation, answer)
        assert list(ledger.answers(reservation)) == [call, new, file]

    use(kind, tmp_path, test)


async def let_go(ledger: Ledger, reservation: Reservation) -> bool:
    """Wait until no answers are kept any more: they are let go some time soon."""
    while ledger.answers(reservation):
        await asyncio.sleep(0.001)
    return True


@remembering
@pytest.mark.parametrize(
    ("outcome", "kept"), [(GOOD, True), (LOST, True), (CUT, True), (LIMITED, False), (BROKEN, False), (REFUSED, False)]
)
def test_answers_stay_as_long_as_somebody_may_need_them(
    kind: str, tmp_path: Path, outcome: Outcome, kept: bool
) -> None:
    async def test(ledger: Ledger) -> None:
        reservation = await reserve(ledger)
        ledger.received(reservation, Answer(200, b"bytes"))
        await ledger.settle(reservation, outcome, PRICE)
        assert kept or await let_go(ledger, reservation)
        assert bool(ledger.answers(reservation)) == kept

    use(kind, tmp_path, test)


@remembering
def test_what_is_stored_is_final_and_its_answers_are_let_go(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        reservation = await reserve(ledger)
        ledger.received(reservation, Answer(200, b"bytes"))
        await ledger.settle(reservation, GOOD, Usd(9))
        await ledger.stored(reservation, "digest")
        row = await standing(ledger, picture())
        assert (row.state, row.digest, row.booked) == (RowState.STORED, "digest", Usd(9))
        assert await let_go(ledger, reservation)
        assert list(await ledger.unfinished()) == []

    use(kind, tmp_path, test)


@remembering
def test_a_job_belongs_to_one_attempt(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        castle, keep, moat = [await reserve(ledger, name) for name in ("castle", "keep", "moat")]
        assert await ledger.adopt(castle, ["a", "b"]) == "a"
        assert await ledger.adopt(castle, ["a"]) == "a", "its own job is not somebody else's"
        assert await ledger.adopt(keep, ["a", "b"]) == "b"
        assert await ledger.adopt(moat, ["a", "b"]) is None
        assert await ledger.adopt(moat, []) is None
        rows = [await ledger.row(one.row) for one in (castle, keep, moat)]
        assert [(row.state.value, row.job) for row in rows] == [("accepted", "a"), ("accepted", "b"), ("sending", "")]

    use(kind, tmp_path, test)


@remembering
def test_what_is_abandoned_may_be_sent_again_and_stays_counted(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        row = await settled(ledger, LOST)
        await ledger.abandon(row)
        assert await ledger.standing(row.purchase.key) is None
        await reserve(ledger)
        assert await ledger.spent() == PRICE * 2
        assert await ledger.over_life([row.purchase.key]) == (PRICE * 2, PRICE * 2)

    use(kind, tmp_path, test)


@remembering
def test_only_what_is_unknown_at_that_moment_is_abandoned(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        unknown = await settled(ledger, LOST)
        await ledger.settle(unknown.reservation, GOOD, PRICE)
        await ledger.abandon(unknown)
        assert (await standing(ledger, picture())).state is RowState.RECEIVED

    use(kind, tmp_path, test)


@remembering
@pytest.mark.parametrize("outcome", [GOOD, REFUSED, CUT, LOST])
def test_nothing_of_the_open_account_is_superseded(kind: str, tmp_path: Path, outcome: Outcome) -> None:
    async def test(ledger: Ledger) -> None:
        row = await settled(ledger, outcome)
        await ledger.supersede(row)
        assert (await ledger.row(row.id)).state is row.state

    use(kind, tmp_path, test)


@remembering
def test_over_a_life_every_attempt_counts(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        await settled(ledger, BROKEN, cost=Usd(1))
        await settled(ledger, LOST, cost=Usd(20))
        await settled(ledger, GOOD, "keep", Usd(300))
        await reserve(ledger, "moat", Usd(4000))
        keys = [picture(name).key for name in ("castle", "keep", "moat", "castle of somebody else")]
        assert await ledger.over_life(keys[:2]) == (Usd(321), Usd(20))
        assert await ledger.over_life(keys) == (Usd(4321), Usd(4020))

    use(kind, tmp_path, test)


@remembering
def test_several_purchases_are_asked_for_at_once(kind: str, tmp_path: Path) -> None:
    async def test(ledger: Ledger) -> None:
        bought = await settled(ledger, GOOD)
        await settled(ledger, LIMITED, "keep", Usd())
        keys = [picture(name).key for name in ("castle", "keep", "moat")]
        assert await ledger.standings(keys) == {keys[0]: bought}
        assert list(await ledger.unfinished({RowState.RELEASED, RowState.RECEIVED})) == [
            bought,
            await ledger.row(bought.id + 1),
        ]

    use(kind, tmp_path, test)
