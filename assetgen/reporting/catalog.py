"""The screens of what may be named in an actions file: models with their prices and limits, and voices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from assetgen.core.actions import JSON, Kind
from assetgen.core.offers import Offer, Service
from assetgen.reporting.estimate import unit_price
from assetgen.reporting.kinds import words
from assetgen.reporting.layout import Column, Row, line, table
from assetgen.reporting.theme import Symbols, count, safe

SOON = dt.timedelta(days=90)
MOST_SIZES = 2
"""So many of a model's fixed sizes are shown; the document has them all."""


def models(
    offers: Iterable[Offer],
    services: Mapping[str, Service],
    able: Collection[str],
    *,
    today: dt.date,
    symbols: Symbols,
    width: int,
) -> RenderableType:
    """`assetgen models`. `able` are the providers whose keys are set."""
    columns = [
        Column("Model", figures=False),
        Column("Kind", figures=False, since=70),
        Column("Provider", figures=False),
        Column("Price", figures=False, folds=False),
        Column("Limits of a request", figures=False, since=96, spare=True),
        Column("Key", figures=False, folds=False),
        Column("Ends", figures=False, since=80, folds=False),
    ]
    rows: list[Row] = [
        (
            [
                safe(offer.model),
                words(offer.kind).noun,
                safe(offer.provider),
                unit_price(offer.price),
                limits(offer, symbols),
                _key(services.get(offer.provider), able, symbols),
                _end(offer, today, symbols),
            ],
            "",
        )
        for offer in _sorted(offers)
    ]
    return Group(
        line(("assetgen models", "strong"), ("  what `model:` may name, and who serves it", "context")),
        line(),
        table(columns, rows, symbols=symbols, width=width),
        *_missing(services, able),
    )


def voices(offers: Iterable[Offer], *, symbols: Symbols, width: int) -> RenderableType:
    """`assetgen voices`: for every pair of gender and tone the voice of each speech model."""
    speech = [offer for offer in _sorted(offers) if offer.voices]
    columns = [Column("\nGender and tone", figures=False, folds=False)]
    columns += [Column(f"{safe(offer.provider)}\n{safe(offer.model)}", figures=False) for offer in speech]
    rows: list[Row] = [
        ([safe(pair), *(safe(_voice(offer, pair) or symbols.dash) for offer in speech)], "") for pair in _pairs(speech)
    ]
    return Group(
        line(("assetgen voices", "strong"), ("  `voice_gender` and `voice_tone` choose one of these", "context")),
        line(),
        table(columns, rows, symbols=symbols, width=width),
    )


def models_as_json(offers: Iterable[Offer], services: Mapping[str, Service], able: Collection[str]) -> dict[str, JSON]:
    """`assetgen models` for machines."""
    return {"schema": "assetgen/models@1", "models": [_model(offer, services, able) for offer in _sorted(offers)]}


def voices_as_json(offers: Iterable[Offer]) -> dict[str, JSON]:
    """`assetgen voices` for machines: a flat list."""
    speech = [offer for offer in _sorted(offers) if offer.voices]
    return {
        "schema": "assetgen/voices@1",
        "voices": [
            {"pair": pair, "provider": offer.provider, "model": offer.model, "voice": _voice(offer, pair)}
            for offer in speech
            for pair in _pairs(speech)
            if pair in offer.voices
        ],
    }


def limits(offer: Offer, symbols: Symbols) -> str:
    """What one request may be: sizes in pixels, or the length of a text."""
    if offer.text_limit:
        unit = "bytes" if offer.text_limit.bytes else "characters"
        return f"{count(offer.text_limit.most, symbols)} {unit}"
    if offer.sizes is None:
        return symbols.dash
    sizes = offer.sizes
    if sizes.fixed:
        return _few([f"{width}x{height}" for width, height in sizes.fixed], symbols)
    step = f", steps of {sizes.step}" if sizes.step > 1 else ""
    return f"{sizes.smallest}{symbols.dash}{sizes.largest} pixels{step}"


def _few(sizes: Sequence[str], symbols: Symbols) -> str:
    more = len(sizes) - MOST_SIZES
    return ", ".join(sizes[:MOST_SIZES]) + (f" and {count(more, symbols)} more" if more > 0 else "")


def _sorted(offers: Iterable[Offer]) -> list[Offer]:
    order = list(Kind)
    return sorted(offers, key=lambda offer: (order.index(offer.kind), offer.model, offer.provider))


def _pairs(offers: Sequence[Offer]) -> list[str]:
    return list(dict.fromkeys(pair for offer in offers for pair in offer.voices))


def _voice(offer: Offer, pair: str) -> str:
    voice = offer.voices.get(pair)
    return voice.name if voice else ""


def _key(service: Service | None, able: Collection[str], symbols: Symbols) -> Text:
    if service is None or not service.keys:
        return Text("needs none", "context")
    if service.name in able:
        return Text(f"{symbols.ok} set", "ok")
    return Text("not set", "waiting")


def _missing(services: Mapping[str, Service], able: Collection[str]) -> Iterator[RenderableType]:
    keys = [service.keys[0] for service in services.values() if service.keys and service.name not in able]
    if keys:
        yield line()
        yield line(("Keys that are not set: ", "context"), ", ".join(keys), indent=2)


def _end(offer: Offer, today: dt.date, symbols: Symbols) -> Text:
    if offer.ends is None:
        return Text(symbols.dash, "context")
    if offer.ends <= today:
        return Text(f"ended {offer.ends}", "failed")
    return Text(offer.ends.isoformat(), "waiting" if offer.ends - today < SOON else "")


def _model(offer: Offer, services: Mapping[str, Service], able: Collection[str]) -> dict[str, JSON]:
    service, price = services.get(offer.provider), offer.price
    needs = service.keys[0] if service and service.keys else ""
    return {
        "model": offer.model,
        "type": offer.kind.value,
        "provider": offer.provider,
        "sold_as": offer.sold_as,
        "price": {"usd": str(price.usd), "per": price.per.value, "source": price.source, "checked": str(price.checked)}
        if price
        else None,
        **_limits(offer),
        "key": needs,
        "key_set": not needs or offer.provider in able,
        "ends": str(offer.ends) if offer.ends else None,
    }


def _limits(offer: Offer) -> dict[str, JSON]:
    sizes, text = offer.sizes, offer.text_limit
    return {
        "sizes": {
            "fixed": [f"{width}x{height}" for width, height in sizes.fixed],
            "smallest": sizes.smallest,
            "largest": sizes.largest,
            "step": sizes.step,
        }
        if sizes
        else None,
        "text_limit": {"most": text.most, "unit": "bytes" if text.bytes else "characters"} if text else None,
    }
