"""Things to buy, as tests need them."""

from __future__ import annotations

import datetime as dt
import hashlib

from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content
from assetgen.core.requests import ImageRequest, SpeechRequest

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def key_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def picture(name: str = "castle", provider: str = "together") -> Purchase:
    request = ImageRequest("flux-schnell", f"a {name} at dawn, 漢字", 1024, 768, seed=7)
    return Purchase(key_of(name), provider, "flux-schnell", request, Usd(2700))


def speech(name: str = "welcome") -> Purchase:
    return Purchase(key_of(name), "openai", "tts-1", SpeechRequest("tts-1", "Welcome.", "onyx"), Usd(120))


def png(data: bytes = b"\x89PNG picture") -> Content:
    return Content(data, "image/png", width=1024, height=768)


def pcm(data: bytes = b"\0\1" * 50) -> Content:
    return Content(data, "audio/pcm", duration=1.5, sample_rate=24_000)
