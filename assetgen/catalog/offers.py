"""All offers, and how a model's chain becomes the sellers that are asked in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from assetgen.catalog import google, openai, replicate, together
from assetgen.catalog.models import MODELS, Link
from assetgen.core import nearest
from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer, Seller

OFFERS: tuple[Offer, ...] = together.OFFERS + replicate.OFFERS + openai.OFFERS + google.OFFERS


def sellers(model: str, chains: Mapping[str, Sequence[Link]], offers: Sequence[Offer]) -> tuple[Seller, ...]:
    """Who is asked for this model, in order.

    An alternative model brings its own providers only, never its alternatives; what they make is degraded.

    Raises:
        ValidationError: The chain names a model, a provider or a provider's own model that nobody knows, or a model
            that makes something else.
    """
    found: list[Seller] = []
    for link in _chain(model, chains):
        if link.alternative:
            own = (each for each in _chain(link.model, chains) if not each.alternative)
            found += (Seller(_offer(link.model, each, offers), degraded=True) for each in own)
        else:
            found.append(Seller(_offer(model, link, offers)))
    if not found:
        raise ValidationError(
            f"Nobody sells `{model}`: its chain has alternatives alone, and they come to no seller of their own",
            help=f"Name a provider in the chain of `{model}`, or a model that has one.",
        )
    _check_kinds(model, found)
    return tuple(found)


def with_own_models(chains: Mapping[str, Sequence[Link]], offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """The offers, and those that chains add by a provider's own model id, such as `tts-1-hd`.

    What is added is like the provider's known offer of the same model, but nobody knows its price or its end.
    """
    return (*offers, *_own_models(chains, offers))


def _own_models(chains: Mapping[str, Sequence[Link]], offers: Sequence[Offer]) -> Iterator[Offer]:
    for model, chain in chains.items():
        for link in chain:
            sold = [offer for offer in offers if (offer.provider, offer.model) == (link.provider, model)]
            if link.model and sold and link.model not in {offer.sold_as for offer in sold}:
                yield replace(sold[0], sold_as=link.model, price=None, ends=None)


def _chain(model: str, chains: Mapping[str, Sequence[Link]]) -> Sequence[Link]:
    if model not in chains:
        raise ValidationError(f"Unknown model `{model}`", help=nearest.advice(model, chains))
    return chains[model]


def _offer(model: str, link: Link, offers: Sequence[Offer]) -> Offer:
    of_provider = [offer for offer in offers if offer.provider == link.provider]
    if not of_provider:
        known = (offer.provider for offer in offers)
        raise _unknown(f"provider `{link.provider}`", model, nearest.advice(link.provider, known))
    sold = [offer for offer in of_provider if offer.model == model]
    if not sold:
        known = (offer.provider for offer in offers if offer.model == model)
        raise ValidationError(f"`{link.provider}` doesn't serve `{model}`", help=nearest.advice(link.provider, known))
    for offer in sold:
        if link.model in ("", offer.sold_as):
            return offer
    own = (offer.sold_as for offer in sold)
    raise _unknown(f"model `{link.model}` of `{link.provider}`", model, nearest.advice(link.model, own))


def _unknown(what: str, model: str, advice: str) -> ValidationError:
    return ValidationError(f"Unknown {what} in the chain of `{model}`", help=advice)


def _check_kinds(model: str, found: Sequence[Seller]) -> None:
    kind = MODELS[model].kind if model in MODELS else found[0].offer.kind
    for seller in found:
        if seller.offer.kind is not kind:
            raise ValidationError(
                f"`{seller.offer.model}` can't stand in for `{model}`: one makes pictures, the other speaks",
                help=f"Take it out of the chain of `{model}`.",
            )
