"""Together AI: pictures at once, as base64 or at an address. Reads and answers as https://api.together.ai/v1 does."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from http import HTTPStatus
from typing import cast

from assetgen.core.actions import JSON
from assetgen.core.requests import canonical
from tests.services.fields import Complaint, Field, Wrong, first_complaint
from tests.services.gateway import gateway
from tests.services.pictures import Painting
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import HOUR, Ask, Executed, File, World

SCHNELL = "black-forest-labs/FLUX.1-schnell"
FLUX_2 = "black-forest-labs/FLUX.2-dev"
DEDICATED = ("black-forest-labs/FLUX.1-schnell-Free", "stabilityai/stable-diffusion-xl-base-1.0")
"""Listed, and refused to whoever has no endpoint of their own."""


@dataclass(frozen=True, slots=True)
class Model:
    """What one model takes. `price` is micro-dollars for a megapixel at `steps` steps."""

    price: int
    steps: int
    most_steps: int
    honours_format: bool


MODELS = {SCHNELL: Model(2700, 4, 4, honours_format=False), FLUX_2: Model(15_400, 28, 50, honours_format=True)}
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:2")
SIDE = Field(int, least=256, most=1792, step=16)
FIELDS: Mapping[str, Field] = {
    "prompt": Field(str, required=True, shortest=1),
    "model": Field(str, required=True),
    "steps": Field(int, least=1, most=50),
    "width": SIDE,
    "height": SIDE,
    "n": Field(int, least=1, most=4),
    "seed": Field(int),
    "negative_prompt": Field(str),
    "response_format": Field(str, choices=("base64", "url")),
    "output_format": Field(str, choices=("jpeg", "png")),
    "guidance_scale": Field(float, least=0, most=100),
    "disable_safety_checker": Field(bool),
    "image_url": Field(str),
    "reference_images": Field(list),
    "image_loras": Field(list),
    "aspect_ratio": Field(str, choices=RATIOS),
}
NOT_FOR_SCHNELL = ("guidance_scale", "image_url", "reference_images")
FAILURES: Mapping[int, tuple[str, str, str | None]] = {
    400: ("The request is invalid.", "invalid_request_error", None),
    401: (
        "Invalid API key provided. You can find your API key at https://api.together.ai/settings/api-keys.",
        "invalid_request_error",
        "invalid_api_key",
    ),
    402: (
        (
            "Credit limit exceeded, please [add credits](https://api.together.ai/settings/billing). If you've already "
            "made a payment, please wait up to 5 minutes for it to be processed."
        ),
        "credit_limit",
        None,
    ),
    403: ("You do not have access to this model.", "forbidden", None),
    404: ("The endpoint or the model was not found.", "invalid_request_error", "not_found"),
    422: ("The prompt was refused: safety checker violation.", "invalid_request_error", "safety_violation"),
    429: (
        (
            f"You have reached the rate limit specific to this model {SCHNELL}. The maximum rate limit for this model "
            "is 60 queries per minute."
        ),
        "model_rate_limit",
        None,
    ),
    500: ("The server had an error while processing your request.", "server_error", None),
    503: ("The engine is currently overloaded, please try again later.", "service_unavailable", None),
}


class Together:
    """The service. Its answers name neither a cost nor the seed that was used."""

    name = "together"

    def __init__(self, world: World) -> None:
        self._world = world

    def where(self, method: str, path: str) -> str:
        return {("POST", "/images/generations"): "create", ("GET", "/models"): "list"}.get((method, path), "")

    def key_of(self, request: Request) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return key if scheme == "Bearer" else ""

    def denied(self, key: str) -> Answer:
        return self.failure(401)

    def unreadable(self, message: str) -> Answer:
        return _refused(400, message)

    def failure(self, status: int) -> Answer:
        if status not in FAILURES:
            return gateway(status)
        message, kind, code = FAILURES[status]
        answer = _refused(status, message, kind=kind, code=code)
        limits = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0.25"}
        return answer.with_headers(limits) if status == HTTPStatus.TOO_MANY_REQUESTS else answer

    def advance(self) -> None:
        """Nothing here depends on the time."""

    def clear(self) -> None:
        """Nothing is kept here."""

    def answer(self, ask: Ask) -> Executed:
        if ask.path == "/models":
            return Executed(json_answer(200, [_listed(name) for name in (*MODELS, *DEDICATED)]))
        refusal = _refusal(ask.body)
        if refusal:
            return Executed(refusal)
        order = Order(ask.body)
        entry = self._world.book(ask, self.name, order.model_name, order.price)
        return Executed(self._drawn(order, ask), entry)

    def _drawn(self, order: Order, ask: Ask) -> Answer:
        count = {"no_data": 0, "two_data": 2}.get(ask.lie, order.count)
        in_place = order.in_place and ask.lie != "url_for_base64"
        items = b",".join(self._item(order, index, ask.lie, in_place=in_place) for index in range(count))
        head = f'{{"id":"{order.id}","model":{json.dumps(order.model_name)},"object":"list","data":['
        return Answer(200, head.encode() + items + b"]}", wait=self._world.latency)

    def _item(self, order: Order, index: int, lie: str, *, in_place: bool) -> bytes:
        painting = order.painting(index)
        if in_place:
            text = b"@@not base64@@" if lie == "base64_garbage" else self._world.pictures.base64(painting, lie)
            return b'{"index":%d,"type":"b64_json","b64_json":"%b"}' % (index, text)
        file = File(
            lambda told: self._world.pictures.file(painting, told or lie),
            painting.media_type,
            self._world.now() + HOUR,
            lie,
        )
        name = f"{self.name}/{order.id}/{index}.{painting.format}"
        url = self._world.shelve(name, file)
        return b'{"index":%d,"type":"url","url":%b}' % (index, json.dumps(url).encode())


class Order:
    """A request that was found good."""

    def __init__(self, body: Mapping[str, JSON]) -> None:
        self._body = body
        self.model_name = cast("str", body["model"])
        self.count = cast("int", body.get("n", 1))
        self.in_place = body.get("response_format", "url") == "base64"

    @property
    def size(self) -> tuple[int, int]:
        return cast("int", self._body.get("width", 1024)), cast("int", self._body.get("height", 1024))

    @property
    def price(self) -> int:
        """Megapixels times steps over the model's usual steps, in micro-dollars, rounded up."""
        model = MODELS[self.model_name]
        width, height = self.size
        steps = Fraction(cast("int", self._body.get("steps", 20)), model.steps)
        return math.ceil(Fraction(width * height, 1_000_000) * model.price * steps) * self.count

    @cached_property
    def id(self) -> str:
        return "o" + hashlib.sha256(canonical(dict(self._body))).hexdigest()[:24]

    def painting(self, index: int) -> Painting:
        honoured = MODELS[self.model_name].honours_format and self._body.get("output_format") == "png"
        words = f"{self._body['prompt']}\n{self._body.get('seed')}\n{self._body.get('negative_prompt')}\n{index}"
        return Painting(*self.size, "png" if honoured else "jpeg", words)


def _refusal(body: Mapping[str, JSON]) -> Answer | None:
    complaint = first_complaint(body, FIELDS)
    if complaint:
        return _refused(400, f"{complaint.field} {complaint.message}", parameter=complaint.field)
    name = cast("str", body["model"])
    if name in DEDICATED:
        return _refused(
            400,
            f"Unable to access non-serverless model {name}. Please visit https://api.together.ai/models/{name} to "
            "create and start a new dedicated endpoint for the model.",
            code="model_not_available",
        )
    if name not in MODELS:
        return _refused(404, f"Unable to access model {name}.", code="model_not_found")
    complaint = _unsuitable(body, MODELS[name])
    return _refused(400, f"{complaint.field} {complaint.message}", parameter=complaint.field) if complaint else None


def _unsuitable(body: Mapping[str, JSON], model: Model) -> Complaint | None:
    """What this very model doesn't take. The specification's default for `steps` is 20, for every model."""
    if not 1 <= cast("int", body.get("steps", 20)) <= model.most_steps:
        return Complaint("steps", Wrong.RANGE, f"must be between 1 and {model.most_steps}")
    foreign = [name for name in NOT_FOR_SCHNELL if name in body and not model.honours_format]
    return Complaint(foreign[0], Wrong.UNKNOWN, "is not supported by this model") if foreign else None


def _refused(
    status: int,
    message: str,
    *,
    kind: str = "invalid_request_error",
    parameter: str | None = None,
    code: str | None = None,
) -> Answer:
    error: JSON = {"message": message, "type": kind, "param": parameter, "code": code}
    return json_answer(status, {"id": "oyGk652-4Yz6bd-9b1c2d3e4f5a6b7c", "error": error})


def _listed(name: str) -> JSON:
    return {
        "id": name,
        "object": "model",
        "created": 1722470400,
        "type": "image",
        "organization": name.partition("/")[0],
    }
