"""Pictures of many sizes, from every seller of every model: what is asked for is what is delivered."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.catalog.models import MODELS
from assetgen.catalog.offers import OFFERS
from assetgen.core.actions import JSON, Kind
from assetgen.core.offers import Offer
from tests.e2e.market import Market
from tests.services.server import Services

SELLING = [offer for offer in OFFERS if offer.kind is Kind.IMAGE]


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running
        assert running.violations == []


def sizes(model: str) -> list[tuple[int, int]]:
    """The smallest and the largest side that the model makes, in both directions, and odd ones between."""
    limits = MODELS[model].sizes
    assert limits is not None
    least, most = limits.smallest, limits.largest
    return [(least, least), (least, 512), (512, least), (333, 517), (1024, 768), (768, 1024), (most, 320), (320, most)]


def pictures(model: str) -> list[Mapping[str, JSON]]:
    return [
        {
            "type": "asset_image",
            "id": f"{width}x{height}",
            "prompt": "a pier",
            "model": model,
            "size": f"{width}x{height}",
        }
        for width, height in sizes(model)
    ]


@pytest.mark.parametrize("offer", SELLING, ids=lambda offer: f"{offer.provider}-{offer.sold_as.replace('/', '-')}")
def test_every_size_is_delivered_exactly_and_asked_for_as_the_service_wishes(
    services: Services, tmp_path: Path, offer: Offer
) -> None:
    chain: dict[str, Any] = {offer.model: [{"provider": offer.provider, "model": offer.sold_as}]}
    market = Market(tmp_path, services, {"models": chain})
    result = asyncio.run(market.running(pictures(offer.model)))
    assert result.exit_code == 0, result.failures
    images = json.loads((tmp_path / "out/manifest.json").read_text())["images"]
    for width, height in sizes(offer.model):
        (line,) = (one for one in images if one["id"] == f"{width}x{height}")
        assert (line["width"], line["height"]) == (width, height)
        with Image.open(io.BytesIO((tmp_path / "out" / line["path"]).read_bytes())) as image:
            assert image.size == (width, height)
    assert result.spent.micros == services.bill.total
