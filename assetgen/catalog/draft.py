"""What the built-in draft service offers: every model that is asked for, free, on this machine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, Sizes, TextLimit, Voice

SOURCE = "https://github.com/espeak-ng/espeak-ng/blob/1.52.0/docs/voices.md"
CHECKED = dt.date(2026, 11, 22)

SIZES = Sizes(smallest=16, largest=4096, step=1)
TEXT_LIMIT = TextLimit(2000)

VARIANTS = {
    "neutral-epic": "f3@-5",
    "neutral-mysterious": "f4@-4",
    "neutral-calm": "f2@-6",
    "neutral-urgent": "f5@-6",
    "neutral-triumphant": "f1@-5",
    "feminine-epic": "f3",
    "feminine-mysterious": "f4",
    "feminine-calm": "f2",
    "feminine-urgent": "f5",
    "feminine-triumphant": "f1",
    "masculine-epic": "adam",
    "masculine-mysterious": "m3",
    "masculine-calm": "m6",
    "masculine-urgent": "benjamin",
    "masculine-triumphant": "m5",
}
"""By gender and tone, the variant of eSpeak NG that is understood best, moved by semitones after the `@`."""

VOICES = {pair: Voice(f"en-us+{variant}", takes_pitch=True, takes_speed=True) for pair, variant in VARIANTS.items()}


def offers(image_models: Iterable[str], speech_models: Iterable[str]) -> tuple[Offer, ...]:
    """One free offer for each of these models."""
    return (*map(_image, image_models), *map(_speech, speech_models))


def _image(model: str) -> Offer:
    return Offer(
        provider="draft",
        model=model,
        sold_as=model,
        kind=Kind.IMAGE,
        source=SOURCE,
        checked=CHECKED,
        price=_free(Per.IMAGE),
        sizes=SIZES,
        takes=frozenset({"seed"}),
    )


def _speech(model: str) -> Offer:
    return Offer(
        provider="draft",
        model=model,
        sold_as=model,
        kind=Kind.SUBTITLE,
        source=SOURCE,
        checked=CHECKED,
        price=_free(Per.MILLION_CHARACTERS),
        text_limit=TEXT_LIMIT,
        voices=VOICES,
        takes=frozenset({"speed", "pitch"}),
    )


def _free(per: Per) -> Price:
    return Price(Decimal(0), per, SOURCE, CHECKED)


OFFERS = offers(("flux-schnell", "sdxl"), ("openai-tts", "google-tts"))
