"""What Google Cloud Text-to-Speech sells. The family of a voice decides its price, and what it takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from assetgen.catalog.services import CHARGEABLE_ATTEMPTS
from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, TextLimit, Voice

CHECKED = dt.date(2026, 11, 22)
_VOICES_PAGE = "https://docs.cloud.google.com/text-to-speech/docs/list-voices-and-types"
_PRICE_PAGE = "https://cloud.google.com/text-to-speech/pricing"


LONGEST_SENTENCE = TextLimit(300, bytes=True)
"""What a sentence may have within a request. The service refuses longer ones without saying where it begins to:
one of 322 bytes is the shortest that was reported, https://github.com/googleapis/google-cloud-node/issues/4074."""


@dataclass(frozen=True, slots=True)
class Family:
    """Voices of one make: dollars for a million characters, and whether pitch and speed may be sent at all."""

    usd: int
    takes_pitch: bool
    takes_speed: bool

    @property
    def price(self) -> Price:
        return Price(Decimal(self.usd), Per.MILLION_CHARACTERS, _PRICE_PAGE, CHECKED)


# The prices are those of third-party tables which agree; the official page could not be read. For WaveNet they don't
# (4 or 16): the higher one, so that a budget holds. What each family refuses is from reports of its error messages;
# for Polyglot there are none, so it is sent neither.
FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "Standard": Family(4, takes_pitch=True, takes_speed=True),
        "Wavenet": Family(16, takes_pitch=True, takes_speed=True),
        "Neural2": Family(16, takes_pitch=True, takes_speed=True),
        "Polyglot": Family(16, takes_pitch=False, takes_speed=False),
        "Studio": Family(160, takes_pitch=False, takes_speed=True),
        "Journey": Family(30, takes_pitch=False, takes_speed=False),
        "Chirp": Family(30, takes_pitch=False, takes_speed=False),
        "Chirp3": Family(30, takes_pitch=False, takes_speed=True),
    }
)


def family(voice: str) -> Family | None:
    """The family of a voice such as `en-US-Neural2-C`; None for a name that belongs to none of them."""
    parts = voice.split("-")
    return FAMILIES.get(parts[2]) if len(parts) > 3 else None


def voice(name: str) -> Voice:
    """A voice by its name. One of an unknown family is sent neither pitch nor speed."""
    known = family(name)
    return Voice(name, known.takes_pitch, known.takes_speed) if known else Voice(name, takes_speed=False)


def price_of_voice(offer: Offer, voice: str) -> Price | None:
    """What this voice costs at this offer; None when nobody knows.

    Only Google's own price goes by the voice's family: another service's, or one that the user set, is for all voices.
    """
    if offer.provider != "google" or offer.price != _DEFAULT.price:
        return offer.price
    known = family(voice)
    return known.price if known else None


def longest_sentence(offer: Offer) -> TextLimit | None:
    """What each sentence of a request to this offer must fit into; None where sentences have no limit of their own."""
    return LONGEST_SENTENCE if offer.provider == "google" else None


def language(voice: str) -> str:
    """The language of a voice, such as `en-US`: what its name begins with."""
    return "-".join(voice.split("-")[:2])


# All are of one family, which takes pitch and speed, but for one of the two voices that people know this map by.
# Google has no neutral voices: these are the plainer ones.
VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        pair: voice(name)
        for pair, name in (
            ("neutral-epic", "en-US-Chirp-HD-F"),
            ("neutral-mysterious", "en-US-Neural2-E"),
            ("neutral-calm", "en-US-Neural2-C"),
            ("neutral-urgent", "en-US-Neural2-E"),
            ("neutral-triumphant", "en-US-Neural2-C"),
            ("feminine-epic", "en-US-Neural2-F"),
            ("feminine-mysterious", "en-US-Neural2-G"),
            ("feminine-calm", "en-US-Neural2-F"),
            ("feminine-urgent", "en-US-Neural2-H"),
            ("feminine-triumphant", "en-US-Neural2-H"),
            ("masculine-epic", "en-US-Neural2-J"),
            ("masculine-mysterious", "en-US-Neural2-D"),
            ("masculine-calm", "en-US-Neural2-A"),
            ("masculine-urgent", "en-US-Neural2-I"),
            ("masculine-triumphant", "en-US-Neural2-J"),
        )
    }
)

_DEFAULT = FAMILIES["Neural2"]

OFFERS: tuple[Offer, ...] = (
    Offer(
        provider="google",
        model="google-tts",
        # The voice is the model; this is the method that all of them are asked by.
        sold_as="text:synthesize",
        kind=Kind.SUBTITLE,
        source=_VOICES_PAGE,
        checked=CHECKED,
        price=_DEFAULT.price,
        text_limit=TextLimit(5000, bytes=True),
        voices=VOICES,
        takes=frozenset({"speed", "pitch"}),
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
    ),
)
