"""What Together AI sells."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from assetgen.catalog.services import CHARGEABLE_ATTEMPTS
from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, Sizes

CHECKED = dt.date(2026, 11, 22)

# Together publishes that it bills by the megapixel, times steps over the model's default steps (4 of 4 here). The
# figure itself is a third party's, of May 2026; another one says 0.003. The official figure could not be read.
_FLUX_SCHNELL_PRICE = Price(Decimal("0.0027"), Per.MEGAPIXEL, "https://workflowlab.dev", CHECKED)

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
)
