"""From what is asked of a seller to purchases with keys and prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

from assetgen.core.costs import CostEstimate, Quote, estimate
from assetgen.core.jobs import Candidate, Purchase
from assetgen.core.money import Per, Usd
from assetgen.core.offers import Offer, Seller
from assetgen.core.provider import Provider
from assetgen.core.requests import Request, fingerprint


@dataclass(frozen=True, slots=True)
class Market:
    """Who can be asked, and what they take.

    Attributes:
        providers: The services that this installation can speak to, by name.
        hosts: The class of each service's address, `real` or `loopback`.
        unavailable: By service, why it can't be asked now.
        price: What one request costs at most; None when nobody knows.
    """

    providers: Mapping[str, Provider]
    hosts: Mapping[str, str]
    unavailable: Mapping[str, str]
    price: Callable[[Offer, Request], Usd | None] = field(repr=False)

    def candidate(self, seller: Seller, requests: tuple[Request, ...]) -> Candidate:
        offer = seller.offer
        purchases = tuple(self._purchase(offer, request) for request in requests)
        return Candidate(offer, purchases, seller.degraded, self.unavailable.get(offer.provider, ""))

    def _purchase(self, offer: Offer, request: Request) -> Purchase:
        price = self.price(offer, request)
        seconds = offer.longest if offer.price is not None and offer.price.per is Per.SECOND else None
        return Purchase(self._key(offer, request), offer.provider, offer.model, request, price, seconds)

    def _key(self, offer: Offer, request: Request) -> str:
        provider = self.providers.get(offer.provider)
        if provider is None:
            # Nobody can buy it, so nothing is ever stored under this key; equal ones are still known as equal.
            return fingerprint("unsold@1", {"service": offer.provider, "request": asdict(request)})
        return provider.build(request).key(offer.provider, self.hosts.get(offer.provider, "real"))


def candidate_price(candidate: Candidate, *, without: frozenset[str] | set[str] = frozenset()) -> Usd | None:
    """One attempt at all purchases of a candidate that are not among `without`; None when a price is unknown."""
    micros = 0
    for purchase in candidate.purchases:
        if purchase.key not in without:
            if purchase.price is None:
                return None
            micros += purchase.price.micros
    return Usd(micros)


def estimate_candidates(
    candidates: tuple[Candidate, ...], *, without: frozenset[str] | set[str] = frozenset()
) -> CostEstimate | None:
    """The range over those that can be asked, or over all where none can; None when a price is unknown."""
    asked = [candidate for candidate in candidates if not candidate.unavailable] or list(candidates)
    quotes = []
    for candidate in asked:
        price = candidate_price(candidate, without=without)
        if price is None:
            return None
        quotes.append(Quote(price, candidate.offer.chargeable_attempts))
    return estimate(quotes)
