from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from assetgen.catalog import google, openai
from assetgen.core.money import Per, Price
from assetgen.core.offers import Voice

(OFFER,) = google.OFFERS
OPENAI = next(offer for offer in openai.OFFERS if offer.model == "openai-tts")
FEMININE = "CEFGH"
MASCULINE = "ADIJ"


@pytest.mark.parametrize(
    ("name", "usd"),
    [
        ("en-US-Standard-C", 4),
        ("en-US-Wavenet-D", 16),
        ("en-US-Neural2-C", 16),
        ("en-US-Chirp-HD-F", 30),
        ("en-US-Journey-F", 30),
        ("en-US-Chirp3-HD-Kore", 30),
        ("en-US-Studio-O", 160),
    ],
)
def test_a_voice_costs_what_its_family_costs(name: str, usd: int) -> None:
    price = google.price_of_voice(OFFER, name)
    assert price is not None
    assert (price.usd, price.per) == (Decimal(usd), Per.MILLION_CHARACTERS)


@pytest.mark.parametrize("name", ["Achernar", "en-US-News-K", "en-US-Neural2", "", "onyx"])
def test_the_price_of_a_voice_without_a_known_family_is_unknown_rather_than_zero(name: str) -> None:
    assert google.price_of_voice(OFFER, name) is None


def test_the_users_price_is_for_all_voices() -> None:
    own = Price(Decimal(1), Per.MILLION_CHARACTERS, "assetgen.yaml", dt.date(2026, 11, 22))
    assert google.price_of_voice(replace(OFFER, price=own), "en-US-Studio-O") == own


def test_another_services_price_is_for_all_voices() -> None:
    assert google.price_of_voice(OPENAI, "onyx") == OPENAI.price


@pytest.mark.parametrize(
    ("name", "takes_pitch", "takes_speed"),
    [
        ("en-US-Neural2-C", True, True),
        ("en-US-Wavenet-C", True, True),
        ("en-US-Studio-O", False, True),
        ("en-US-Chirp3-HD-Kore", False, True),
        ("en-US-Chirp-HD-F", False, False),
        ("en-US-Journey-F", False, False),
        ("Achernar", False, False),
    ],
)
def test_a_voice_is_never_sent_what_its_family_refuses(name: str, takes_pitch: bool, takes_speed: bool) -> None:
    assert google.voice(name) == Voice(name, takes_pitch, takes_speed)


@pytest.mark.parametrize("voice", [voice.name for voice in OFFER.voices.values()])
def test_a_voice_begins_with_its_language(voice: str) -> None:
    assert google.language(voice) == "en-US"


def test_only_googles_sentences_have_a_limit_of_their_own() -> None:
    longest = google.longest_sentence(OFFER)
    assert longest is not None
    assert longest.measure("é" * 150) == longest.most < (OFFER.text_limit or longest).most
    assert google.longest_sentence(OPENAI) is None


def test_the_default_voices_have_the_gender_of_their_pair() -> None:
    letters = {pair: voice.name[-1] for pair, voice in OFFER.voices.items()}
    assert all(letter in FEMININE for pair, letter in letters.items() if pair.startswith("feminine"))
    assert all(letter in MASCULINE for pair, letter in letters.items() if pair.startswith("masculine"))


def test_the_default_voices_are_of_one_family_but_for_the_epic_narrator() -> None:
    assert OFFER.voices["neutral-epic"].name == "en-US-Chirp-HD-F"
    assert OFFER.voices["neutral-calm"].name == "en-US-Neural2-C"
    others = [voice for pair, voice in OFFER.voices.items() if pair != "neutral-epic"]
    assert all(google.price_of_voice(OFFER, voice.name) == OFFER.price for voice in others)
    assert all(voice.takes_pitch and voice.takes_speed for voice in others)


def test_openais_four_settled_voices_are_kept() -> None:
    settled = ("neutral-epic", "neutral-calm", "feminine-mysterious", "masculine-urgent")
    assert [OPENAI.voices[pair].name for pair in settled] == ["onyx", "nova", "shimmer", "echo"]
    assert not any(voice.takes_pitch for voice in OPENAI.voices.values())
