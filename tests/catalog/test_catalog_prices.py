from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from assetgen.catalog.models import CHAINS, Link
from assetgen.catalog.offers import OFFERS, with_own_models
from assetgen.catalog.prices import PRICES_CHECKED, apply, stale
from assetgen.core.errors import ValidationError
from assetgen.core.money import Per, Price, Units, Usd
from assetgen.core.offers import Offer

TODAY = dt.date(2026, 11, 22)


def price(usd: str, per: Per) -> Price:
    return Price(Decimal(usd), per, "assetgen.yaml", TODAY)


def offer(key: str, offers: tuple[Offer, ...] = OFFERS) -> Offer:
    return next(each for each in offers if f"{each.provider}/{each.model}" == key)


@pytest.mark.parametrize(
    ("key", "units", "cost"),
    [
        ("together/flux-schnell", Units(images=1, pixels=1024 * 768), Usd(2124)),
        ("replicate/flux-schnell", Units(images=1, pixels=1152 * 896), Usd(3000)),
        ("replicate/sdxl", Units(images=1, pixels=1024 * 768), Usd(9000)),
        ("openai/openai-tts", Units(characters=100), Usd(1500)),
        ("google/google-tts", Units(characters=100), Usd(1600)),
        ("together/kokoro", Units(characters=100), Usd(400)),
        ("together/orpheus", Units(characters=100), Usd(1500)),
        ("openai/gpt-image-2", Units(images=1, pixels=1024 * 1024), Usd(53_000)),
        ("openai/gpt-image-2", Units(images=1, pixels=1536 * 1024), Usd(41_000)),
    ],
)
def test_what_one_asset_costs(key: str, units: Units, cost: Usd) -> None:
    known = offer(key).price
    assert known is not None
    assert known.of(units) == cost


def test_the_users_price_wins_and_the_others_stay() -> None:
    own = price("0.001", Per.IMAGE)
    offers = apply(OFFERS, {"together/flux-schnell": own})
    assert offer("together/flux-schnell", offers).price == own
    others = [each for each in OFFERS if (each.provider, each.model) != ("together", "flux-schnell")]
    assert [each for each in offers if each in others] == others


def test_a_price_for_the_providers_own_model_counts_more() -> None:
    chains = {**CHAINS, "openai-tts": (Link("openai", "tts-1"), Link("openai", "tts-1-hd"))}
    own, other = price("30", Per.MILLION_CHARACTERS), price("14", Per.MILLION_CHARACTERS)
    offers = apply(with_own_models(chains, OFFERS), {"openai/tts-1-hd": own, "openai/openai-tts": other})
    prices = {each.sold_as: each.price for each in offers if each.model == "openai-tts"}
    assert prices == {"tts-1": other, "tts-1-hd": own}


def test_a_misspelt_price_is_an_error_rather_than_ignored() -> None:
    with pytest.raises(ValidationError, match="together/flux-schnel`") as caught:
        apply(OFFERS, {"together/flux-schnel": price("0.001", Per.IMAGE)})
    assert caught.value.help == "did you mean `together/flux-schnell`?"


@pytest.mark.parametrize(("key", "per"), [("openai/openai-tts", Per.IMAGE), ("replicate/sdxl", Per.MILLION_CHARACTERS)])
def test_a_price_for_something_that_is_not_sold_would_be_zero_and_is_refused(key: str, per: Per) -> None:
    with pytest.raises(ValidationError, match="can't be per"):
        apply(OFFERS, {key: price("5", per)})


def test_prices_are_old_after_thirty_days() -> None:
    assert stale(PRICES_CHECKED + dt.timedelta(days=30)) == []
    assert stale(PRICES_CHECKED + dt.timedelta(days=31)) == list(OFFERS)
    assert stale(PRICES_CHECKED + dt.timedelta(days=8), days=7) == list(OFFERS)


def test_only_old_prices_are_listed_and_a_missing_one_is_not_old() -> None:
    later = PRICES_CHECKED + dt.timedelta(days=40)
    fresh = apply(OFFERS, {"replicate/sdxl": replace(price("0.01", Per.IMAGE), checked=later)})
    unpriced = replace(fresh[0], price=None)
    assert offer("replicate/sdxl", fresh) not in stale(later, offers=fresh)
    assert stale(later, offers=[unpriced]) == []
