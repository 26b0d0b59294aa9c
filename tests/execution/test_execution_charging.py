from __future__ import annotations

from decimal import Decimal

import pytest

from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import ImageRequest
from assetgen.execution.charging import charge

BY_THE_IMAGE = Purchase("key", "one", "sdxl", ImageRequest("sdxl", "a pier", 64, 64), Usd(9000))
BY_THE_SECOND = Purchase("key", "one", "sdxl", ImageRequest("sdxl", "a pier", 64, 64), Usd(9000), seconds=60)


@pytest.mark.parametrize(
    ("kind", "cost"),
    [
        (OutcomeClass.NOT_SENT, 0),
        (OutcomeClass.REFUSED, 0),
        (OutcomeClass.FAILED, 9000),
        (OutcomeClass.UNKNOWN, 9000),
        (OutcomeClass.UNUSABLE, 9000),
        (OutcomeClass.GOOD, 9000),
    ],
)
def test_all_that_was_set_aside_counts_unless_it_was_surely_not_done(kind: OutcomeClass, cost: int) -> None:
    for purchase in (BY_THE_IMAGE, BY_THE_SECOND):
        assert charge(purchase, Usd(9000), Outcome(kind)) == Usd(cost)


@pytest.mark.parametrize(
    ("seconds", "cost"), [("0", 0), ("0.0000001", 1), ("10", 1500), ("10.001", 1501), ("60", 9000)]
)
def test_what_is_billed_by_time_counts_by_the_time_that_is_reported_rounded_up(seconds: str, cost: int) -> None:
    for kind in (OutcomeClass.GOOD, OutcomeClass.UNUSABLE, OutcomeClass.FAILED):
        assert charge(BY_THE_SECOND, Usd(9000), Outcome(kind, seconds=Decimal(seconds))) == Usd(cost)


def test_more_time_than_was_reserved_is_booked_as_it_is() -> None:
    assert charge(BY_THE_SECOND, Usd(9000), Outcome(OutcomeClass.GOOD, seconds=Decimal(80))) == Usd(12_000)


def test_a_time_means_nothing_where_the_price_is_for_an_image() -> None:
    assert charge(BY_THE_IMAGE, Usd(9000), Outcome(OutcomeClass.GOOD, seconds=Decimal(1))) == Usd(9000)


def test_a_time_proves_nothing_of_what_nobody_knows() -> None:
    assert charge(BY_THE_SECOND, Usd(9000), Outcome(OutcomeClass.UNKNOWN, seconds=Decimal(1))) == Usd(9000)
