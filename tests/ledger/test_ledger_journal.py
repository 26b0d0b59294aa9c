"""The ledger as commands see it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from assetgen.core.errors import StorageError, ValidationError
from assetgen.core.jobs import Purchase
from assetgen.core.journal import RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome
from assetgen.ledger.journal import Journal
from assetgen.ledger.paid import PaidLedger
from tests.fakes.provider import CUT, GOOD, LOST, REFUSED
from tests.fakes.purchases import picture, speech
from tests.ledger.payers import check_sums, joined, new, sql


async def buy(ledger: PaidLedger, purchase: Purchase, outcome: Outcome | None, *, store: bool = False) -> None:
    reservation = await ledger.reserve(purchase, "hero", 1, Usd(10))
    if outcome is not None:
        await ledger.settle(reservation, outcome, Usd(10))
    if store:
        await ledger.stored(reservation, "digest")


def bought(folder: Path, *ends: tuple[str, Outcome | None], code: int | None = 0) -> Journal:
    async def run() -> None:
        async with joined(folder, code=code) as ledger:
            for name, outcome in ends:
                await buy(ledger, picture(name), outcome, store=outcome is GOOD)

    asyncio.run(run())
    return Journal(folder)


def test_where_nothing_was_ever_paid_there_is_no_ledger(tmp_path: Path) -> None:
    assert Journal.find(tmp_path / "state") is None
    assert not (tmp_path / "state").exists()
    assert Journal.find(new(tmp_path / "state")) is not None


def test_rows_come_oldest_first_and_know_whether_their_account_is_open(tmp_path: Path) -> None:
    bought(tmp_path, ("a", GOOD))
    journal = bought(tmp_path, ("b", LOST), ("c", None), code=None)
    assert [(row.purchase, row.state.value, row.here) for row in journal.rows()] == [
        (picture("a"), "stored", False),
        (picture("b"), "unknown", True),
        (picture("c"), "sending", True),
    ]
    assert [row.id for row in journal.rows({RowState.SENDING, RowState.STORED})] == [1, 3]
    assert set(journal.standing("cache")) == {picture(name).key for name in "abc"}
    assert journal.standing("another cache") == {}


def test_accounts_say_what_is_unknown_of_their_money(tmp_path: Path) -> None:
    journal = bought(tmp_path, ("a", GOOD), ("b", LOST), ("c", None), ("d", CUT))
    (account,) = journal.accounts()
    assert (account.booked, account.unknown, account.out, account.host) == (Usd(40), Usd(20), "/game/out", "real")


@pytest.mark.parametrize("outcome", [LOST, None])
def test_unpaid_by_the_users_word_frees_money_and_key(tmp_path: Path, outcome: Outcome | None) -> None:
    journal = bought(tmp_path, ("a", outcome), code=None)
    row = journal.assume_unpaid(picture("a").key[:8])
    assert (row.state, row.booked, row.reserved) == (RowState.RELEASED, Usd(), Usd(10))
    assert journal.standing("cache") == {}
    assert journal.open_account("/game/out", "real") == Usd()
    check_sums(tmp_path)


@pytest.mark.parametrize("outcome", [LOST, None])
def test_paid_by_the_users_word_keeps_the_money_and_the_bytes_are_lost(tmp_path: Path, outcome: Outcome | None) -> None:
    journal = bought(tmp_path, ("a", outcome), code=None)
    row = journal.assume_paid(picture("a").key)
    assert (row.state, row.booked) == (RowState.LOST, Usd(10))
    assert journal.standing("cache")[picture("a").key].state is RowState.LOST
    assert journal.accounts()[-1].unknown == Usd()


@pytest.mark.parametrize("outcome", [GOOD, CUT, REFUSED])
def test_what_is_known_needs_nobodys_word(tmp_path: Path, outcome: Outcome) -> None:
    journal = bought(tmp_path, ("a", outcome))
    for assume in (journal.assume_paid, journal.assume_unpaid):
        with pytest.raises(ValidationError, match="no attempt of unknown outcome"):
            assume(picture("a").key)


def test_a_word_is_good_once(tmp_path: Path) -> None:
    journal = bought(tmp_path, ("a", LOST))
    journal.assume_paid(picture("a").key)
    with pytest.raises(ValidationError):
        journal.assume_unpaid(picture("a").key)


def test_the_beginning_of_a_key_suffices_where_it_is_long_enough_and_one_alone_begins_so(tmp_path: Path) -> None:
    journal = bought(tmp_path, ("a", LOST), ("b", LOST))
    common = "0123456789"
    for number in (1, 2):
        sql(tmp_path, "UPDATE call SET key = ? WHERE id = ?", f"{common}{number}", number)
    with pytest.raises(ValidationError, match="2 keys begin with"):
        journal.assume_unpaid(common)
    for short in ("", common[:7]):
        with pytest.raises(ValidationError, match="no attempt"):
            journal.assume_unpaid(short)
    journal.assume_unpaid(f"{common}1")
    assert journal.assume_unpaid(common).id == 2


def test_nobody_settles_what_a_run_is_at(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path, code=None) as ledger:
            await buy(ledger, picture("a"), None)
            with pytest.raises(ValidationError):
                Journal(tmp_path).assume_unpaid(picture("a").key)
        assert Journal(tmp_path).assume_unpaid(picture("a").key).state is RowState.RELEASED

    asyncio.run(test())


def test_what_was_put_off_can_be_settled_while_its_run_goes_on(tmp_path: Path) -> None:
    async def test() -> None:
        async with joined(tmp_path) as ledger:
            reservation = await ledger.reserve(picture("a"), "a", 1, Usd(10))
            await ledger.put_off(reservation)
            assert Journal(tmp_path).assume_paid(picture("a").key).state is RowState.LOST

    asyncio.run(test())


def test_cleared_purchases_may_be_bought_again_and_all_others_stay_as_they_are(tmp_path: Path) -> None:
    ends = (("good", GOOD), ("lost", LOST), ("refused", REFUSED), ("cut", CUT), ("sending", None))
    journal = bought(tmp_path, *ends)
    keys = [picture(name).key for name, _ in ends]
    assert journal.discard("another cache", keys) == 0
    assert journal.discard("cache", [*keys, speech().key]) == 1
    states = ["discarded", "unknown", "declined", "unusable", "sending"]
    assert [row.state.value for row in journal.rows()] == states
    assert [row.booked for row in journal.rows()] == [Usd(10)] * 5
    assert journal.discard("cache", keys) == 0
    bought(tmp_path, ("good", GOOD))
    check_sums(tmp_path)


def test_a_ledger_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    journal = bought(tmp_path, ("a", LOST))
    (tmp_path / "ledger.db").write_bytes(b"")
    for question in (journal.rows, journal.accounts, lambda: journal.assume_paid(picture("a").key)):
        with pytest.raises(StorageError):
            question()
