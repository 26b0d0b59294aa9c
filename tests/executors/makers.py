"""Executors with one seller, and a context in which what was bought is given."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import Awaitable, Mapping
from typing import Any

from assetgen.core.actions import Kind
from assetgen.core.context import ExecutionContext
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.offers import Offer, Seller, Sizes, TextLimit, Voice
from assetgen.core.outcomes import Content
from assetgen.core.requests import ImageRequest, Request
from assetgen.core.results import AssetResult, Generated
from assetgen.dsl.actions import ACTION
from assetgen.execution.limiter import SlotLimiter
from assetgen.execution.publishing import Publisher
from assetgen.planning.records import LastRun
from assetgen.reporting.tracker import Costs
from assetgen.storage.memory import MemoryStorage
from tests.fakes.memory_cache import MemoryCache

TODAY = dt.date(2026, 11, 22)


def image_offer(sizes: Sizes | None = None, takes: frozenset[str] = frozenset()) -> Offer:
    return Offer("one", "flux-schnell", "flux", Kind.IMAGE, "https://example.com", TODAY, sizes=sizes, takes=takes)


def speech_offer(voice: Voice, *, limit: TextLimit | None = None, takes: tuple[str, ...] = ("speed", "pitch")) -> Offer:
    pairs = [f"{gender}-{tone}" for gender in ("neutral", "feminine") for tone in ("calm", "epic")]
    voices = dict.fromkeys(pairs, voice)
    return Offer(
        "one",
        "openai-tts",
        "tts-1",
        Kind.SUBTITLE,
        "https://example.com",
        TODAY,
        text_limit=limit,
        voices=voices,
        takes=frozenset(takes),
    )


def declared(kind: str, **fields: Any) -> Any:
    """A checked action as a file says it."""
    return ACTION.validate_python({"type": kind, **fields})


def sells(offer: Offer) -> Any:
    return lambda model: (Seller(offer),)


def execute(
    executor: Any, action: Any, contents: list[Content], results: Mapping[str, AssetResult] | None = None
) -> Any:
    """The result, and the storage that it was published to."""
    storage = MemoryStorage()

    async def produce() -> tuple[Generated, ...]:
        return tuple(_generated(content) for content in contents)

    def publish(make: Any, *arguments: Any) -> Awaitable[Any]:
        return asyncio.to_thread(Publisher(storage, storage, LastRun(), None).make, action.id, make, *arguments)

    context = ExecutionContext({}, storage, MemoryCache(), SlotLimiter(1, {}), Costs(), produce, publish, results or {})
    return asyncio.run(executor.execute(action, context)), storage


def _generated(content: Content, request: Request | None = None) -> Generated:
    asked = request or ImageRequest("flux", "a pier", 64, 64)
    purchase = Purchase("key", "one", "flux-schnell", asked, Usd(5))
    return Generated(purchase, content, hashlib.sha256(content.data).hexdigest(), Usd(5), fresh=True)
