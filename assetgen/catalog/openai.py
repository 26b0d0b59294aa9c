"""What OpenAI sells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from assetgen.catalog.services import CHARGEABLE_ATTEMPTS
from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price, Units, Usd
from assetgen.core.offers import Offer, Sizes, TextLimit, Voice

CHECKED = dt.date(2026, 11, 22)
ENDS = dt.date(2027, 1, 6)
"""The day on which OpenAI shuts all of its speech models down, as announced on 2026-10-01."""

_SPEECH_GUIDE = "https://developers.openai.com/api/docs/guides/text-to-speech"
_IMAGE_GUIDE = "https://developers.openai.com/api/docs/guides/image-generation"

_ALLOY, _ECHO, _FABLE, _NOVA, _ONYX, _SHIMMER = (
    Voice(name) for name in ("alloy", "echo", "fable", "nova", "onyx", "shimmer")
)

# Only the six voices that these models have always had: which of the newer ones they refuse is unverified.
VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        "neutral-epic": _ONYX,
        "neutral-mysterious": _FABLE,
        "neutral-calm": _NOVA,
        "neutral-urgent": _ALLOY,
        "neutral-triumphant": _FABLE,
        "feminine-epic": _NOVA,
        "feminine-mysterious": _SHIMMER,
        "feminine-calm": _SHIMMER,
        "feminine-urgent": _NOVA,
        "feminine-triumphant": _NOVA,
        "masculine-epic": _ONYX,
        "masculine-mysterious": _ONYX,
        "masculine-calm": _ECHO,
        "masculine-urgent": _ECHO,
        "masculine-triumphant": _ONYX,
    }
)

_SQUARE, _WIDE, _TALL = (1024, 1024), (1536, 1024), (1024, 1536)

# The guide's own table for 2026-04-21, from agreeing third-party copies: dollars for a square picture, and for one of
# the other two shapes. What is billed is tokens; those of the prompt come on top, half a cent for a thousand of them.
_PICTURE_PRICES = {"medium": ("0.053", "0.041"), "low": ("0.006", "0.005"), "high": ("0.211", "0.165")}


@dataclass(frozen=True, slots=True)
class PriceBySize(Price):
    """A price for a picture that depends on its size: `usd` is for the dearest, and `exact` by the number of pixels."""

    exact: Mapping[int, Decimal] = field(default_factory=dict)

    def of(self, units: Units) -> Usd:
        usd = self.exact.get(units.pixels, self.usd) if units.images == 1 else self.usd
        return Price(usd, self.per, self.source, self.checked).of(units)


def quality(sold_as: str) -> tuple[str, str]:
    """A picture model's own name, and the quality that is asked of it: none for a name that says nothing of it."""
    model, _, chosen = sold_as.rpartition(":")
    return (model, chosen) if chosen in _PICTURE_PRICES and model else (sold_as, "")


def _speech(sold_as: str, usd: int) -> Offer:
    source = f"https://developers.openai.com/api/docs/models/{sold_as}"
    return Offer(
        provider="openai",
        model="openai-tts",
        sold_as=sold_as,
        kind=Kind.SUBTITLE,
        source=_SPEECH_GUIDE,
        checked=CHECKED,
        price=Price(Decimal(usd), Per.MILLION_CHARACTERS, source, CHECKED),
        text_limit=TextLimit(4096),
        voices=VOICES,
        takes=frozenset({"speed"}),
        ends=ENDS,
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
    )


def _pictures(chosen: str) -> Offer:
    square, other = map(Decimal, _PICTURE_PRICES[chosen])
    exact = {width * height: square if width == height else other for width, height in (_SQUARE, _WIDE, _TALL)}
    return Offer(
        provider="openai",
        model="gpt-image-2",
        # The quality decides what a picture costs, so each one is sold by itself.
        sold_as=f"gpt-image-2:{chosen}",
        kind=Kind.IMAGE,
        source=_IMAGE_GUIDE,
        checked=CHECKED,
        price=PriceBySize(square, Per.IMAGE, _IMAGE_GUIDE, CHECKED, exact),
        # It makes any size on a grid of 16, but these are the only ones whose price is told.
        sizes=Sizes(fixed=(_SQUARE, _WIDE, _TALL), smallest=1024, largest=1536),
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
    )


OFFERS: tuple[Offer, ...] = (
    _speech("tts-1", 15),
    _speech("tts-1-hd", 30),
    *(_pictures(chosen) for chosen in _PICTURE_PRICES),
)
"""Of several for one model, a chain that names none of them means the first."""
