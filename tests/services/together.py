"""Together AI: pictures at once, as base64 or at an address, and speech. Reads and answers as its API does."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import cached_property
from http import HTTPStatus
from typing import cast

from assetgen.core.actions import JSON
from assetgen.core.requests import canonical
from tests.services import together_speech
from tests.services.fields import Complaint, first_complaint
from tests.services.gateway import gateway
from tests.services.pictures import Painting
from tests.services.together_rules import DEDICATED, FAILURES, FIELDS, MODELS, unsuitable
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import HOUR, Ask, Executed, File, World


class Together:
    """The service. Its answers name neither a cost nor the seed that was used."""

    name = "together"

    def __init__(self, world: World) -> None:
        self._world = world

    def where(self, method: str, path: str) -> str:
        known = {
            ("POST", "/images/generations"): "create",
            ("POST", "/audio/speech"): "create",
            ("GET", "/models"): "list",
            ("GET", "/voices"): "list",
        }
        return known.get((method, path), "")

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
        match ask.path:
            case "/models":
                pictures, speech = (*MODELS, *DEDICATED), together_speech.SPEAKERS
                listed = [_listed(name, "image") for name in pictures] + [_listed(name, "audio") for name in speech]
                return Executed(json_answer(200, listed))
            case "/voices":
                return Executed(json_answer(200, {"data": [_voices(name) for name in together_speech.SPEAKERS]}))
            case "/audio/speech":
                return self._speech(ask)
            case _:
                return self._pictures(ask)

    def _speech(self, ask: Ask) -> Executed:
        refusal = _complained(together_speech.complaint(ask.body)) or _unserved(ask.body, together_speech.SPEAKERS)
        if refusal:
            return Executed(refusal)
        entry = self._world.book(ask, self.name, cast("str", ask.body["model"]), together_speech.price(ask.body))
        content = together_speech.sound(ask.body, self._world.sounds, ask.lie)
        content = b"<html>Not found</html>" if ask.lie == "html_sound" else content
        kind = together_speech.MEDIA_TYPES[cast("str", ask.body.get("response_format", "wav"))]
        return Executed(Answer(200, content, kind, chunked=True, wait=self._world.latency), entry)

    def _pictures(self, ask: Ask) -> Executed:
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
    refusal = _complained(first_complaint(body, FIELDS)) or _unserved(body, MODELS)
    return refusal or _complained(unsuitable(body, MODELS[cast("str", body["model"])]))


def _complained(complaint: Complaint | None) -> Answer | None:
    if complaint is None:
        return None
    return _refused(400, f"{complaint.field} {complaint.message}", parameter=complaint.field)


def _unserved(body: Mapping[str, JSON], sold: Collection[str]) -> Answer | None:
    name = cast("str", body["model"])
    if name in DEDICATED:
        return _refused(
            400,
            f"Unable to access non-serverless model {name}. Please visit https://api.together.ai/models/{name} to "
            "create and start a new dedicated endpoint for the model.",
            code="model_not_available",
        )
    return None if name in sold else _refused(404, f"Unable to access model {name}.", code="model_not_found")


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


def _voices(name: str) -> JSON:
    return {"model": name, "voices": [{"name": voice} for voice in together_speech.SPEAKERS[name].voices]}


def _listed(name: str, kind: str) -> JSON:
    return {
        "id": name,
        "object": "model",
        "created": 1722470400,
        "type": kind,
        "organization": name.partition("/")[0],
    }
