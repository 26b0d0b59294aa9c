"""What Together AI sells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from assetgen.catalog.services import CHARGEABLE_ATTEMPTS
from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, Sizes, TextLimit, Voice

CHECKED = dt.date(2026, 11, 22)

# Together publishes that it bills by the megapixel, times steps over the model's default steps (4 of 4 here). The
# figure itself is a third party's, of May 2026; another one says 0.003. The official figure could not be read.
_FLUX_SCHNELL_PRICE = Price(Decimal("0.0027"), Per.MEGAPIXEL, "https://workflowlab.dev", CHECKED)

_SPEECH = "https://github.com/togethercomputer/skills/blob/029bf8c/skills/together-audio/references/tts-models.md"
"""Together's own table of its speech models, their voices and prices."""

# Unverified: no limit is documented. This is what Orpheus, whose voice ends with its 8,192 tokens, can say in one go.
_SPEECH_LIMIT = TextLimit(1000)

# None takes a speed or a pitch. The voices say their accent and gender: `a`merican and `b`ritish, `f`emale and `m`ale.
KOKORO_VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        pair: Voice(name, takes_speed=False)
        for pair, name in (
            ("neutral-epic", "bm_fable"),
            ("neutral-mysterious", "af_nicole"),
            ("neutral-calm", "af_alloy"),
            ("neutral-urgent", "af_nova"),
            ("neutral-triumphant", "af_kore"),
            ("feminine-epic", "bf_emma"),
            ("feminine-mysterious", "af_nicole"),
            ("feminine-calm", "af_heart"),
            ("feminine-urgent", "af_nova"),
            ("feminine-triumphant", "af_bella"),
            ("masculine-epic", "bm_george"),
            ("masculine-mysterious", "am_onyx"),
            ("masculine-calm", "am_michael"),
            ("masculine-urgent", "am_puck"),
            ("masculine-triumphant", "am_fenrir"),
        )
    }
)

ORPHEUS_VOICES: Mapping[str, Voice] = MappingProxyType(
    {
        pair: Voice(name, takes_speed=False)
        for pair, name in (
            ("neutral-epic", "leo"),
            ("neutral-mysterious", "mia"),
            ("neutral-calm", "tara"),
            ("neutral-urgent", "jess"),
            ("neutral-triumphant", "zoe"),
            ("feminine-epic", "leah"),
            ("feminine-mysterious", "mia"),
            ("feminine-calm", "tara"),
            ("feminine-urgent", "jess"),
            ("feminine-triumphant", "zoe"),
            ("masculine-epic", "leo"),
            ("masculine-mysterious", "dan"),
            ("masculine-calm", "dan"),
            ("masculine-urgent", "zac"),
            ("masculine-triumphant", "leo"),
        )
    }
)


def _speech(model: str, sold_as: str, usd: int, voices: Mapping[str, Voice]) -> Offer:
    return Offer(
        provider="together",
        model=model,
        sold_as=sold_as,
        kind=Kind.SUBTITLE,
        source=_SPEECH,
        checked=CHECKED,
        price=Price(Decimal(usd), Per.MILLION_CHARACTERS, _SPEECH, CHECKED),
        text_limit=_SPEECH_LIMIT,
        voices=voices,
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
    )


OFFERS: tuple[Offer, ...] = (
    Offer(
        provider="together",
        model="flux-schnell",
        # Listed as serverless in Together's own skills repository, and yet refused to some accounts with 400
        # `model_not_available`; such an account is served by the next seller.
        sold_as="black-forest-labs/FLUX.1-schnell",
        kind=Kind.IMAGE,
        source="https://github.com/togethercomputer/skills/tree/644d382/skills/together-images",
        checked=CHECKED,
        price=_FLUX_SCHNELL_PRICE,
        # Unverified: the specification has no limits, the skills say 256 to 1920 in steps of 8, reports of errors
        # 64 to 1792 in steps of 16. This is what all of them allow.
        sizes=Sizes(smallest=256, largest=1792, step=16),
        # Unverified: what a negative prompt does to a model of four steps. The service takes it.
        takes=frozenset({"seed", "negative_prompt"}),
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
    ),
    _speech("kokoro", "hexgrad/Kokoro-82M", 4, KOKORO_VOICES),
    _speech("orpheus", "canopylabs/orpheus-3b-0.1-ft", 15, ORPHEUS_VOICES),
)
