from __future__ import annotations

from decimal import Decimal

import pytest

from assetgen.catalog import openai
from assetgen.catalog.models import CHAINS, Link
from assetgen.catalog.offers import OFFERS, sellers
from assetgen.core.money import Units, Usd
from assetgen.core.offers import Offer

SQUARE, WIDE, TALL = (1024, 1024), (1536, 1024), (1024, 1536)


def sold(sold_as: str) -> Offer:
    return next(offer for offer in openai.OFFERS if offer.sold_as == sold_as)


@pytest.mark.parametrize(
    ("chosen", "square", "other"), [("low", 6_000, 5_000), ("medium", 53_000, 41_000), ("high", 211_000, 165_000)]
)
def test_a_picture_is_priced_by_its_quality_and_its_size(chosen: str, square: int, other: int) -> None:
    price = sold(f"gpt-image-2:{chosen}").price
    assert price is not None
    costs = [price.of(Units(images=1, pixels=width * height)) for width, height in (SQUARE, WIDE, TALL)]
    assert costs == [Usd(square), Usd(other), Usd(other)]


def test_a_picture_of_no_known_size_costs_what_the_dearest_one_does() -> None:
    price = sold("gpt-image-2:low").price
    assert price is not None
    assert price.usd == Decimal("0.006")
    assert price.of(Units(images=1, pixels=512 * 512)) == Usd(6_000)
    assert price.of(Units(images=2, pixels=1536 * 1024)) == Usd(12_000)


def test_pictures_come_in_the_sizes_that_have_a_price_and_take_neither_seed_nor_negative_prompt() -> None:
    offer = sold("gpt-image-2:medium")
    assert offer.sizes is not None
    assert set(offer.sizes.fixed) == {SQUARE, WIDE, TALL}
    assert offer.takes == frozenset()


@pytest.mark.parametrize(
    ("sold_as", "parts"),
    [
        ("gpt-image-2:low", ("gpt-image-2", "low")),
        ("gpt-image-2.6-flare:high", ("gpt-image-2.6-flare", "high")),
        ("gpt-image-2", ("gpt-image-2", "")),
        ("models/flux:latest", ("models/flux:latest", "")),
        ("high", ("high", "")),
        (":high", (":high", "")),
    ],
)
def test_a_name_may_end_in_the_quality_that_is_asked_for(sold_as: str, parts: tuple[str, str]) -> None:
    assert openai.quality(sold_as) == parts


def test_a_chain_chooses_another_quality_at_its_own_price() -> None:
    chains = {**CHAINS, "gpt-image-2": (Link("openai", "gpt-image-2:low"),)}
    (seller,) = sellers("gpt-image-2", chains, OFFERS)
    assert seller.offer.price is not None
    assert seller.offer.price.usd == Decimal("0.006")


def test_a_chain_that_names_no_quality_or_speech_model_means_the_usual_one() -> None:
    chains = {**CHAINS, "gpt-image-2": (Link("openai"),), "openai-tts": (Link("openai"),)}
    assert sellers("gpt-image-2", chains, OFFERS)[0].offer.sold_as == "gpt-image-2:medium"
    assert sellers("openai-tts", chains, OFFERS)[0].offer.sold_as == "tts-1"


def test_the_better_speech_model_costs_twice_as_much_and_ends_on_the_same_day() -> None:
    usual, better = sold("tts-1"), sold("tts-1-hd")
    assert usual.price is not None
    assert better.price is not None
    assert better.price.usd == 2 * usual.price.usd
    assert better.ends == usual.ends == openai.ENDS
