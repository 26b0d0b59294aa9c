"""What Replicate sells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from assetgen.catalog.services import CHARGEABLE_ATTEMPTS
from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, Sizes

CHECKED = dt.date(2026, 11, 22)

# The model takes an aspect ratio and no size; these are its pictures at "1" megapixel, from `predict.py` of
# https://github.com/replicate/cog-flux at 51e81e0.
_FLUX_SIZES = (
    (1024, 1024),
    (1344, 768),
    (1536, 640),
    (1216, 832),
    (832, 1216),
    (896, 1088),
    (1088, 896),
    (896, 1152),
    (1152, 896),
    (768, 1344),
    (640, 1536),
)

# $3.00 for 1000 pictures, from a third party's copy of the price page, harvested on 2026-10-07.
_FLUX_PRICE = Price(Decimal("0.003"), Per.IMAGE, "https://replicate.com/pricing", CHECKED)

# Replicate bills this model by the second of its hardware. This is the sum that is set aside for one picture: third
# parties measured 0.0023 to 0.0046 a run; an official figure could not be read.
_SDXL_PRICE = Price(Decimal("0.009"), Per.IMAGE, "https://replicate.com/stability-ai/sdxl", CHECKED)

# A warm model takes one to ten seconds; the rest is for one that has to be loaded first. The service ends a run then by
# itself, before this program gives it up, so that its outcome is known, and so that a forgotten one doesn't cost the
# half hour that it would be allowed.
_LONGEST = 120

OFFERS: tuple[Offer, ...] = (
    Offer(
        provider="replicate",
        model="flux-schnell",
        sold_as="black-forest-labs/flux-schnell",
        kind=Kind.IMAGE,
        source="https://replicate.com/black-forest-labs/flux-schnell",
        checked=CHECKED,
        price=_FLUX_PRICE,
        sizes=Sizes(fixed=_FLUX_SIZES, smallest=640, largest=1536),
        # A seed counts only with `go_fast` switched off.
        takes=frozenset({"seed"}),
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
        longest=_LONGEST,
    ),
    Offer(
        provider="replicate",
        model="sdxl",
        # A community model is only run by its version; this one is of 2024-05-23.
        sold_as="stability-ai/sdxl:7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc",
        kind=Kind.IMAGE,
        source="https://replicate.com/stability-ai/sdxl",
        checked=CHECKED,
        price=_SDXL_PRICE,
        # Unverified: the model's schema has no limits. The step of 8 is the diffusion library's; under 256 the model
        # paints noise, and over 2048 it needs more memory than a run has.
        sizes=Sizes(smallest=256, largest=2048, step=8),
        takes=frozenset({"seed", "negative_prompt"}),
        chargeable_attempts=CHARGEABLE_ATTEMPTS,
        longest=_LONGEST,
    ),
)
