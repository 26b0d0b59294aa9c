"""What the offers cost: the catalog's prices, the user's over them, and which ones have grown old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from assetgen.catalog.offers import OFFERS
from assetgen.core import nearest
from assetgen.core.actions import Kind
from assetgen.core.errors import ValidationError
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer

PRICES_CHECKED = min(offer.price.checked for offer in OFFERS if offer.price)
"""The day on which the oldest of the catalog's prices was read."""

_UNITS = {
    Kind.IMAGE: (Per.IMAGE, Per.MEGAPIXEL, Per.SECOND),
    Kind.SUBTITLE: (Per.MILLION_CHARACTERS, Per.SECOND),
}


def apply(offers: Sequence[Offer], prices: Mapping[str, Price]) -> tuple[Offer, ...]:
    """The offers with the user's prices, which always win.

    Args:
        prices: By `provider/model`. The model is the name that users write, or the provider's own id, which counts
            more.

    Raises:
        ValidationError: A key fits no offer, or a price is for something that the offer doesn't sell.
    """
    known = {key for offer in offers for key in _keys(offer)}
    for key in prices:
        if key not in known:
            raise ValidationError(f"The price of `{key}` is for nothing that is sold", help=nearest.advice(key, known))
    return tuple(_priced(offer, prices) for offer in offers)


def stale(today: dt.date, days: int = 30, offers: Sequence[Offer] = OFFERS) -> list[Offer]:
    """The offers whose price was read more than `days` days ago."""
    oldest = today - dt.timedelta(days=days)
    return [offer for offer in offers if offer.price and offer.price.checked < oldest]


def _keys(offer: Offer) -> tuple[str, str]:
    return f"{offer.provider}/{offer.sold_as}", f"{offer.provider}/{offer.model}"


def _priced(offer: Offer, prices: Mapping[str, Price]) -> Offer:
    key = next((key for key in _keys(offer) if key in prices), None)
    if key is None:
        return offer
    # A price for another unit would count none of them, and everything would seem to be free.
    if prices[key].per not in _UNITS[offer.kind]:
        units = " or ".join(f"`{unit}`" for unit in _UNITS[offer.kind])
        raise ValidationError(f"The price of `{key}` can't be per `{prices[key].per}`", help=f"It is sold per {units}.")
    return replace(offer, price=prices[key])
