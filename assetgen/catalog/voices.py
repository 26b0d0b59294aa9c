"""The user's choice of voices over the catalog's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assetgen.catalog import google
from assetgen.catalog.speech import PAIRS
from assetgen.core import nearest
from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer, Voice


def apply(offers: Sequence[Offer], voices: Mapping[str, Mapping[str, str]]) -> tuple[Offer, ...]:
    """The offers with the user's voices.

    Args:
        voices: By model, then by gender-tone pair, the name that the service gives the voice.

    Raises:
        ValidationError: A model doesn't speak, or a pair doesn't exist.
    """
    speaking = {offer.model for offer in offers if offer.voices}
    for model, chosen in voices.items():
        _check(model, speaking, f"`{model}` is no model that speaks")
        for pair in chosen:
            _check(pair, PAIRS, f"`{pair}` is no pair of a gender and a tone")
    return tuple(_voiced(offer, voices.get(offer.model, {})) for offer in offers)


def _check(word: str, known: Sequence[str] | set[str], message: str) -> None:
    if word not in known:
        raise ValidationError(message, help=nearest.advice(word, known))


def _voiced(offer: Offer, chosen: Mapping[str, str]) -> Offer:
    if not chosen:
        return offer
    return replace(offer, voices={**offer.voices, **{pair: _voice(offer, name) for pair, name in chosen.items()}})


def _voice(offer: Offer, name: str) -> Voice:
    if offer.provider == "google":
        return google.voice(name)
    return Voice(name, takes_pitch="pitch" in offer.takes, takes_speed="speed" in offer.takes)
