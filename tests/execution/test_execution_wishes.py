from __future__ import annotations

import pytest

from assetgen.core.journal import Row, RowState
from assetgen.core.money import Usd
from assetgen.core.surveys import Consent, OnUnknown
from assetgen.execution.wishes import Wishes
from tests.fakes.ledger import MemoryLedger
from tests.fakes.purchases import picture

RETRY = Consent(on_unknown=OnUnknown.RETRY)


def row(state: RowState, name: str = "castle", *, here: bool = False) -> Row:
    return MemoryLedger().add(picture(name), name, state, Usd(10), here=here)


@pytest.mark.parametrize("state", RowState)
def test_what_may_be_bought_again_was_refused_by_an_earlier_account_or_is_gone(state: RowState) -> None:
    allowed = state in {RowState.STORED, RowState.DECLINED, RowState.UNUSABLE, RowState.LOST}
    assert Wishes(Consent(rebuy=True)).may_rebuy(row(state)) == allowed
    gone = state in {RowState.STORED, RowState.LOST}
    assert Wishes(Consent(rebuy=True)).may_rebuy(row(state, here=True)) == gone
    assert not Wishes(RETRY).may_rebuy(row(state))
    assert not Wishes().may_rebuy(row(state))


@pytest.mark.parametrize("state", RowState)
@pytest.mark.parametrize("here", [True, False])
def test_only_an_unknown_outcome_is_risked_also_of_this_account(state: RowState, here: bool) -> None:
    assert Wishes(RETRY).may_retry(row(state, here=here)) == (state is RowState.UNKNOWN)
    assert not Wishes(Consent(rebuy=True)).may_retry(row(state, here=here))
    assert not Wishes().may_retry(row(state, here=here))


def test_a_purchase_is_risked_once_in_a_run() -> None:
    wishes, unknown = Wishes(RETRY), row(RowState.UNKNOWN)
    assert [wishes.may_retry(unknown) for _ in range(2)] == [True, False]
    assert wishes.may_retry(row(RowState.UNKNOWN, "keep"))


def test_no_more_is_risked_than_the_limit_to_the_micro_dollar() -> None:
    wishes = Wishes(Consent(on_unknown=OnUnknown.RETRY, limit=Usd(29)))
    found = [wishes.may_retry(row(RowState.UNKNOWN, name)) for name in ("a", "b", "c")]
    assert found == [True, True, False]
    assert Wishes(Consent(on_unknown=OnUnknown.RETRY, limit=Usd(10))).may_retry(row(RowState.UNKNOWN))
    assert not Wishes(Consent(on_unknown=OnUnknown.RETRY, limit=Usd(9))).may_retry(row(RowState.UNKNOWN))
