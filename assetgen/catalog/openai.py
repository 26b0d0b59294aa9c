"""What OpenAI sells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from assetgen.catalog.services import CHARGEABLE_ATTEMPTS
from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, TextLimit, Voice

CHECKED = dt.date(2026, 11, 22)
ENDS = dt.date(2027, 1, 6)
"""The day on which OpenAI shuts all of its speech models down, as announced on 2026-10-01."""

_ALLOY, _ECHO, _FABLE, _NOVA, _ONYX, _SHIMMER = (
    Voice(name) for name in ("alloy", "echo", "fable", "nova", "onyx", "shimmer")
)

# Only the six voices that this model has always had: which of the newer ones it refuses is unverified.
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

OFFERS: tuple[Offer, ...] = (
    Offer(
        provider="openai",
        model="openai-tts",
        sold_as="tts-1",
        kind=Kind.SUBTITLE,
        source="https://developers.openai.com/api/docs/guides/text-to-speech",
        checked=CHECKED,
        price=Price(
            Decimal(15), Per.MILLION_CHARACTERS, "https://developers.openai.com/api/docs/models/tts-1", CHECKED
        ),
        text_limit=TextLimit(4096),
        voices=VOICES,
        takes=frozenset({"speed"}),
        ends=ENDS,
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
    ),
)
