from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import pytest

from assetgen.catalog.models import CHAINS, MODELS, Link
from assetgen.catalog.offers import OFFERS, sellers, with_own_models
from assetgen.catalog.services import SERVICES
from assetgen.catalog.speech import PAIRS
from assetgen.core.actions import Kind
from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer

every_offer = pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: f"{offer.provider}/{offer.model}")
speech_offers = [offer for offer in OFFERS if offer.kind is Kind.SUBTITLE]


def asked(model: str, chains: dict[str, Sequence[Link]] | None = None) -> list[tuple[str, str, bool]]:
    found = sellers(model, {**CHAINS, **(chains or {})}, OFFERS)
    return [(seller.offer.provider, seller.offer.sold_as.split(":")[0], seller.degraded) for seller in found]


@every_offer
def test_every_offer_says_where_and_when_it_was_read(offer: Offer) -> None:
    assert offer.source.startswith("https://")
    assert offer.checked == dt.date(2026, 11, 22)


@every_offer
def test_every_offer_has_a_price_above_zero_with_its_source(offer: Offer) -> None:
    assert offer.price is not None
    assert offer.price.usd > 0
    assert offer.price.source.startswith("https://")


@every_offer
def test_every_offer_is_of_a_known_service_and_model_and_of_the_models_kind(offer: Offer) -> None:
    assert offer.provider in SERVICES
    assert offer.kind is MODELS[offer.model].kind


@every_offer
def test_pictures_have_sizes_and_speech_has_a_limit_and_voices(offer: Offer) -> None:
    pictures = offer.kind is Kind.IMAGE
    assert (offer.sizes is not None) == pictures
    assert (offer.text_limit is None) == pictures
    assert bool(offer.voices) != pictures


@every_offer
def test_optional_fields_are_those_that_the_language_has(offer: Offer) -> None:
    of_kind = {Kind.IMAGE: {"seed", "negative_prompt"}, Kind.SUBTITLE: {"speed", "pitch"}}
    assert offer.takes <= of_kind[offer.kind]


@every_offer
def test_an_estimate_counts_the_attempts_that_may_be_charged(offer: Offer) -> None:
    assert offer.chargeable_attempts == 3


@pytest.mark.parametrize("offer", speech_offers, ids=lambda offer: offer.sold_as)
def test_every_speech_offer_has_all_fifteen_pairs(offer: Offer) -> None:
    assert set(offer.voices) == set(PAIRS)
    assert all(voice.name for voice in offer.voices.values())


def test_the_names_on_the_wire() -> None:
    names = [(offer.provider, offer.model, offer.sold_as) for offer in OFFERS]
    (sdxl,) = (name for name in names if name[1] == "sdxl")
    assert re.fullmatch(r"stability-ai/sdxl:7762fd07[0-9a-f]{56}", sdxl[2])
    assert sorted(name for name in names if name != sdxl) == [
        ("google", "google-tts", "text:synthesize"),
        ("openai", "gpt-image-2", "gpt-image-2:high"),
        ("openai", "gpt-image-2", "gpt-image-2:low"),
        ("openai", "gpt-image-2", "gpt-image-2:medium"),
        ("openai", "openai-tts", "tts-1"),
        ("openai", "openai-tts", "tts-1-hd"),
        ("replicate", "flux-schnell", "black-forest-labs/flux-schnell"),
        ("together", "flux-schnell", "black-forest-labs/FLUX.1-schnell"),
        ("together", "kokoro", "hexgrad/Kokoro-82M"),
        ("together", "orpheus", "canopylabs/orpheus-3b-0.1-ft"),
    ]


def test_fixed_sizes_are_about_one_megapixel_and_cover_both_orientations() -> None:
    fixed = next(offer.sizes.fixed for offer in OFFERS if offer.sizes and offer.sizes.fixed)
    assert all(0.9e6 < width * height < 1.06e6 for width, height in fixed)
    assert {(height, width) for width, height in fixed} == set(fixed)


def test_openais_speech_models_end_on_the_announced_day_and_nothing_else_does() -> None:
    assert {offer.sold_as: offer.ends for offer in OFFERS if offer.ends} == {
        "tts-1": dt.date(2027, 1, 6),
        "tts-1-hd": dt.date(2027, 1, 6),
    }


def test_text_limits_are_counted_in_the_services_own_unit() -> None:
    limits = {offer.provider: offer.text_limit for offer in speech_offers}
    openai, google = limits["openai"], limits["google"]
    assert openai
    assert google
    assert openai.fits("漢" * 4096)
    assert not openai.fits("a" * 4097)
    assert google.fits("漢" * 1666)
    assert not google.fits("漢" * 1667)


@pytest.mark.parametrize("model", CHAINS)
def test_every_default_chain_resolves_and_begins_with_the_model_itself(model: str) -> None:
    found = sellers(model, CHAINS, OFFERS)
    assert found[0].offer.model == model
    assert [seller.degraded for seller in found] == [seller.offer.model != model for seller in found]


def test_an_alternative_brings_its_own_providers_only() -> None:
    assert asked("sdxl") == [
        ("replicate", "stability-ai/sdxl", False),
        ("together", "black-forest-labs/FLUX.1-schnell", True),
        ("replicate", "black-forest-labs/flux-schnell", True),
    ]


def test_a_users_chain_replaces_the_default_one() -> None:
    assert asked("flux-schnell", {"flux-schnell": [Link("replicate")]}) == [
        ("replicate", "black-forest-labs/flux-schnell", False)
    ]


def test_an_alternative_follows_the_users_chain_of_that_model() -> None:
    chains: dict[str, Sequence[Link]] = {"flux-schnell": [Link("replicate"), Link(model="sdxl")]}
    assert [provider for provider, _, _ in asked("sdxl", chains)] == ["replicate", "replicate"]


@pytest.mark.parametrize(
    ("link", "message", "advice"),
    [
        (Link("togehter"), "Unknown provider `togehter` in the chain of `sdxl`", "did you mean `together`?"),
        (Link(model="flux-schnel"), "Unknown model `flux-schnel`", "did you mean `flux-schnell`?"),
        (Link("openai"), "`openai` doesn't serve `sdxl`", "known: `replicate`"),
        (
            Link("replicate", "stability-ai/sdxl"),
            "Unknown model `stability-ai/sdxl` of `replicate`",
            "known: `stability-ai/sdxl:",
        ),
        (Link(model="google-tts"), "`google-tts` can't stand in for `sdxl`", "Take it out"),
    ],
)
def test_a_wrong_chain_is_an_error_that_leads_on(link: Link, message: str, advice: str) -> None:
    with pytest.raises(ValidationError) as caught:
        sellers("sdxl", {**CHAINS, "sdxl": [Link("replicate"), link]}, OFFERS)
    assert message in str(caught.value)
    assert advice in caught.value.help


@pytest.mark.parametrize(
    "own",
    [
        {"sdxl": [Link(model="sdxl")]},
        {"sdxl": [Link(model="flux-schnell")], "flux-schnell": [Link(model="sdxl")]},
    ],
)
def test_alternatives_that_lead_to_no_seller_are_an_error(own: dict[str, Sequence[Link]]) -> None:
    with pytest.raises(ValidationError, match="Nobody sells `sdxl`"):
        sellers("sdxl", {**CHAINS, **own}, OFFERS)


def test_a_model_keeps_its_kind_whoever_stands_in_for_it() -> None:
    with pytest.raises(ValidationError, match="`openai-tts` can't stand in for `sdxl`"):
        sellers("sdxl", {**CHAINS, "sdxl": [Link(model="openai-tts")]}, OFFERS)


def test_an_unknown_model_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ValidationError, match="Unknown model `sdlx`") as caught:
        sellers("sdlx", CHAINS, OFFERS)
    assert caught.value.help == "did you mean `sdxl`?"


def test_a_providers_own_model_is_offered_without_a_price_or_an_end() -> None:
    chains = {**CHAINS, "openai-tts": (Link("openai", "tts-2"),)}
    (seller,) = sellers("openai-tts", chains, with_own_models(chains, OFFERS))
    assert seller.offer.sold_as == "tts-2"
    assert seller.offer.price is None
    assert seller.offer.ends is None
    assert set(seller.offer.voices) == set(PAIRS)


def test_known_chains_add_no_offers() -> None:
    assert with_own_models(CHAINS, OFFERS) == OFFERS
