"""OpenAI: speech as raw bytes, pictures as base64. Reads and answers as https://api.openai.com/v1 does."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import cast

from assetgen.core.actions import JSON
from tests.services.gateway import gateway
from tests.services.openai_rules import (
    FAILURES,
    IMAGE_MODELS,
    MEDIA_TYPES,
    SPEECH_MODELS,
    image_price,
    refused,
    refused_images,
    refused_speech,
    size,
    speech_price,
)
from tests.services.pictures import Painting
from tests.services.sounds import RATE, wav
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import Ask, Executed, World


class OpenAI:
    """The service. Speech has no seed: but here the same text sounds the same."""

    name = "openai"

    def __init__(self, world: World) -> None:
        self._world = world

    def where(self, method: str, path: str) -> str:
        known = {
            ("POST", "/audio/speech"): "create",
            ("POST", "/images/generations"): "create",
            ("GET", "/models"): "list",
        }
        return known.get((method, path), "")

    def key_of(self, request: Request) -> str:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        return key if scheme == "Bearer" else ""

    def denied(self, key: str) -> Answer:
        if key:
            return self.failure(401)
        return refused(401, "You didn't provide an API key.", code=None)

    def unreadable(self, message: str) -> Answer:
        return refused(400, message)

    def failure(self, status: int) -> Answer:
        if status not in FAILURES:
            return gateway(status)
        message, kind, code = FAILURES[status]
        answer = refused(status, message, kind=kind, code=code).with_headers({"x-request-id": "req_5e1f0c"})
        if status != HTTPStatus.TOO_MANY_REQUESTS:
            return answer
        limits = {"x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "0"}
        return answer.with_headers({"Retry-After": "1", "x-ratelimit-reset-requests": "1s", **limits})

    def advance(self) -> None:
        """Nothing here depends on the time."""

    def clear(self) -> None:
        """Nothing is kept here."""

    def answer(self, ask: Ask) -> Executed:
        match ask.path:
            case "/models":
                models: list[JSON] = [_listed(name) for name in (*SPEECH_MODELS, *IMAGE_MODELS)]
                return Executed(json_answer(200, {"object": "list", "data": models}))
            case "/audio/speech":
                return self._speech(ask)
            case _:
                return self._images(ask)

    def _speech(self, ask: Ask) -> Executed:
        body = ask.body
        refusal = refused_speech(body)
        if refusal:
            return Executed(refusal)
        text, voice = cast("str", body["input"]), cast("str", body["voice"])
        speed, kind = cast("float", body.get("speed", 1)), cast("str", body.get("response_format", "mp3"))
        samples = self._world.sounds.speech(text, voice, speed=speed, lie=ask.lie)
        model = cast("str", body["model"])
        entry = self._world.book(ask, self.name, model, speech_price(model, len(text), len(samples)))
        content = b"<html>Not found</html>" if ask.lie == "html_sound" else self._encoded(samples, kind)
        headers = {"x-request-id": "req_5e1f0c", "openai-processing-ms": str(round(self._world.latency * 1000))}
        return Executed(Answer(200, content, MEDIA_TYPES[kind], headers, chunked=True, wait=self._world.latency), entry)

    def _encoded(self, samples: bytes, kind: str) -> bytes:
        if kind == "mp3":
            return self._world.sounds.mp3(samples, RATE, 64)
        return wav(samples, RATE, streamed=True) if kind == "wav" else samples

    def _images(self, ask: Ask) -> Executed:
        body = ask.body
        refusal = refused_images(body)
        if refusal:
            return Executed(refusal)
        kind, quality = cast("str", body.get("output_format", "png")), cast("str", body.get("quality", "auto"))
        width, height = size(body)
        count = cast("int", body.get("n", 1))
        price = image_price(quality, width, height) * count
        entry = self._world.book(ask, self.name, cast("str", body["model"]), price)
        count = {"no_data": 0, "two_data": 2}.get(ask.lie, count)
        items = b",".join(
            self._item(Painting(width, height, kind, f"{body['prompt']}\n{n}"), ask.lie) for n in range(count)
        )
        facts = {"created": int(self._world.now()), "background": "opaque", "output_format": kind, "quality": quality}
        head = json.dumps({**facts, "size": f"{width}x{height}", "usage": _usage(cast("str", body["prompt"]))})
        return Executed(Answer(200, head[:-1].encode() + b',"data":[' + items + b"]}", wait=self._world.latency), entry)

    def _item(self, painting: Painting, lie: str) -> bytes:
        if lie == "url_for_base64":
            return b'{"url":"%b/picture.png"}' % self._world.other.encode()
        text = b"@@not base64@@" if lie == "base64_garbage" else self._world.pictures.base64(painting, lie)
        return b'{"b64_json":"%b"}' % text


def _usage(prompt: str) -> JSON:
    words, tokens = len(prompt.split()), 272
    parts: JSON = {"text_tokens": words, "image_tokens": 0}
    return {
        "total_tokens": words + tokens,
        "input_tokens": words,
        "output_tokens": tokens,
        "input_tokens_details": parts,
    }


def _listed(name: str) -> JSON:
    shutdown = "2027-01-06" if name in SPEECH_MODELS else None
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "openai", "shutdown_date": shutdown}
