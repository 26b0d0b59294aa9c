"""What an action may cost over its sellers, from units and prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from assetgen.catalog.google import price_of_voice
from assetgen.core.costs import CostEstimate, Quote, estimate
from assetgen.core.errors import BudgetError
from assetgen.core.money import Per, Usd
from assetgen.core.offers import Offer
from assetgen.core.requests import Request, SpeechRequest


def price_of(offer: Offer, request: Request) -> Usd | None:
    """What one request costs at most; None when nobody knows."""
    price = price_of_voice(offer, request.voice) if isinstance(request, SpeechRequest) else offer.price
    if price is None:
        return None
    if price.per is not Per.SECOND:
        return price.of(request.units)
    # Billed by time: what is set aside is for the longest that the service lets it run.
    return price.of(replace(request.units, seconds=Decimal(offer.longest))) if offer.longest else None


def range_of(asked: Iterable[tuple[Offer, tuple[Request, ...]]]) -> CostEstimate:
    """The range over sellers and what each would be asked for.

    Raises:
        BudgetError: A price is unknown.
    """
    return estimate([Quote(_price(offer, requests), offer.chargeable_attempts) for offer, requests in asked])


def _price(offer: Offer, requests: tuple[Request, ...]) -> Usd:
    prices = [price_of(offer, request) for request in requests]
    known = [price for price in prices if price is not None]
    if len(known) < len(prices):
        name = f"{offer.provider}/{offer.model}"
        raise BudgetError(f"nobody knows the price of `{name}`", help=f"set `prices: {{{name}: …}}` in assetgen.yaml")
    return Usd.sum(known)
