from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.money import Per, Price, Units, Usd


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0", 0),
        ("5", 5_000_000),
        ("0.0027", 2_700),
        ("0.0000005", 1),
        ("0.0000004", 0),
        ("1e-3", 1_000),
        (3, 3_000_000),
    ],
)
def test_an_amount_is_read_exactly_and_rounded_half_up(text: str | int, micros: int) -> None:
    assert Usd.parse(text) == Usd(micros)


@pytest.mark.parametrize("text", ["", "nan", "inf", "-1", "1,50", "$1", "1e30", "0x10"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Usd.parse(text)


@given(st.integers(0, 10**15))
def test_an_amount_survives_its_own_text(micros: int) -> None:
    assert Usd.parse(str(Usd(micros))) == Usd(micros)


def test_sums_are_exact_where_floats_drift() -> None:
    assert Usd.sum([Usd.parse("0.0027")] * 100_000) == Usd.parse("270")


def test_a_price_is_rounded_up_once_over_all_units() -> None:
    price = Price(Decimal("0.0027"), Per.MEGAPIXEL, "https://example.com", dt.date(2026, 11, 22))
    assert price.of(Units(images=1, pixels=1024 * 768)) == Usd(2124)  # 0.0021233664, rounded up
    assert price.of(Units()) == Usd(0)


@pytest.mark.parametrize(
    ("per", "units", "micros"),
    [
        (Per.IMAGE, Units(images=2), 6_000_000),
        (Per.SECOND, Units(seconds=Decimal("1.5")), 4_500_000),
        (Per.MILLION_CHARACTERS, Units(characters=1), 3),
    ],
)
def test_every_unit_can_be_priced(per: Per, units: Units, micros: int) -> None:
    assert Price(Decimal(3), per, "", dt.date(2026, 1, 1)).of(units) == Usd(micros)
