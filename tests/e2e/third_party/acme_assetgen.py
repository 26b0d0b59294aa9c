"""A provider as another package brings it: a service, what it sells, and how it is called."""

from __future__ import annotations

import colorsys
import datetime as dt
import hashlib
from collections.abc import Mapping
from decimal import Decimal
from io import BytesIO

from PIL import Image

from assetgen.core.actions import Kind
from assetgen.core.money import Per, Price
from assetgen.core.offers import Offer, Service, Sizes
from assetgen.core.outcomes import Content, Outcome, OutcomeClass, good
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Call, ImageRequest, Request

PRICES = "https://acme.example/prices"
CHECKED = dt.date(2026, 11, 22)

SERVICE = Service("acme", keys=("ACME_KEY",), account="https://acme.example/keys", concurrency=2)

OFFERS = tuple(
    Offer(
        provider="acme",
        model=model,
        sold_as="acme-1",
        kind=Kind.IMAGE,
        source=PRICES,
        checked=CHECKED,
        price=Price(price, Per.IMAGE, PRICES, CHECKED),
        sizes=Sizes(fixed=((512, 512), (512, 384))),
        takes=frozenset({"seed"}),
    )
    for model, price in (("flux-schnell", Decimal(0)), ("acme-gold", Decimal("0.05")))
)


class Acme:
    """Paints two colours that follow from the prompt."""

    name = "acme"

    def __init__(self, key: str) -> None:
        self._key = key

    def build(self, request: Request) -> Call:
        assert isinstance(request, ImageRequest)
        return Call(
            "pictures", {"prompt": request.prompt, "size": [request.width, request.height], "seed": request.seed}
        )

    async def call(self, call: Call) -> Answer:
        if self._key != "open sesame":
            return Answer(401, b"wrong key")
        prompt, size = call.body["prompt"], call.body["size"]
        assert isinstance(prompt, str)
        assert isinstance(size, list)
        if "a lost answer" in prompt:
            raise AttemptError(Outcome(OutcomeClass.UNKNOWN, "timeout", "no answer came back"))
        if "a bug" in prompt:
            raise ZeroDivisionError("half a pixel")
        hue = hashlib.sha256(prompt.encode()).digest()[0] / 256
        picture = Image.new("RGB", (int(str(size[0])), int(str(size[1]))), _colour(hue))
        picture.paste(_colour(hue + 0.5), (0, 0, picture.width, picture.height // 2))
        buffer = BytesIO()
        picture.save(buffer, "PNG")
        return Answer(200, buffer.getvalue(), {"content-type": "image/png"})

    def read(self, answer: Answer, request: Request) -> Outcome:
        if answer.status == 401:
            return Outcome(OutcomeClass.REFUSED, "auth", "the key was refused", 401)
        with Image.open(BytesIO(answer.body)) as picture:
            return good(Content(answer.body, "image/png", picture.width, picture.height))

    async def close(self) -> None:
        """Nothing is held open."""


def _colour(hue: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.6, 0.9)
    return round(255 * red), round(255 * green), round(255 * blue)


def connect(environment: Mapping[str, str], timeout: float) -> Acme:
    return Acme(environment.get("ACME_KEY", ""))
