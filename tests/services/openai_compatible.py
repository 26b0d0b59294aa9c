"""Servers that copied OpenAI's API, each with what it does differently, and strict in it: small imitations."""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from assetgen.core.actions import JSON
from tests.services.pictures import Painting, Pictures
from tests.services.sounds import RATE, Sounds, wav

BREAKS = "[breaks]"
"""A text with this in it makes a server fail in the middle of its work."""
Made = tuple[int, str, bytes]
"""Status, content type and content of an answer."""


@dataclass(slots=True)
class Asked:
    """One request; `host` is what it was sent to."""

    path: str
    host: str
    body: dict[str, Any]


Behaviour = Callable[[Asked], Made]


@dataclass(slots=True)
class Server:
    """An imitation at `origin`, and all that it was asked."""

    origin: str
    asked: list[Asked] = field(default_factory=list)

    def environment(self, path: str = "/v1") -> dict[str, str]:
        """Most of these servers want no key and take any."""
        return {"OPENAI_BASE_URL": self.origin + path, "OPENAI_API_KEY": "no-key-is-needed"}


@contextmanager
def imitating(behaviour: Behaviour) -> Iterator[Server]:
    """A server that behaves so, for as long as the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            found.asked.append(Asked(self.path, self.headers["Host"], body))
            self._send(*behaviour(found.asked[-1]))

        def do_GET(self) -> None:
            found.asked.append(Asked(self.path, self.headers["Host"], {}))
            self._send(*behaviour(found.asked[-1]))

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the library's
            """Tests are quiet."""

        def _send(self, status: int, kind: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        found = Server(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


def kokoro(asked: Asked) -> Made:
    """Kokoro-FastAPI: it streams unless it is told not to, and what it streams just ends where it fails."""
    body = asked.body
    if body["model"] not in {"tts-1", "tts-1-hd", "kokoro"}:
        return _detail(400, "invalid_model", f"Unsupported model: {body['model']}")
    if not re.fullmatch(r"[a-z]{2}_[a-z]+(\(\d\))?(\+[a-z]{2}_[a-z]+(\(\d\))?)*", body.get("voice", "af_heart")):
        return _detail(400, "validation_error", f"Voice '{body['voice']}' not found.")
    breaks = BREAKS in body["input"]
    if breaks and body.get("stream", True) is False:
        return _detail(500, "processing_error", "Failed to process the text")
    kind, content = _spoken(body, "mp3")
    return 200, kind, content[: len(content) // 20 * 2] if breaks else content


def speaches(asked: Asked) -> Made:
    """speaches: full model ids only, FastAPI's complaints, and neither emoji nor markdown is spoken."""
    body = asked.body
    if "/" not in body["model"]:
        return _json(404, {"detail": f"Model '{body['model']}' is not installed locally."})
    if "voice" not in body or not 0.25 <= body.get("speed", 1.0) <= 4.0:
        name = "speed" if "voice" in body else "voice"
        return _json(422, {"detail": [{"type": "value_error", "loc": ["body", name], "msg": f"{name} is not valid"}]})
    plain = re.sub(r"[*_#`]|[\U0001f300-\U0001faff]", "", body["input"])
    return 200, *_spoken({**body, "input": plain}, "mp3")


def localai(asked: Asked) -> Made:
    """LocalAI: WAV unless it is told otherwise, and pictures at an address of its own."""
    if asked.path.endswith("/audio/speech"):
        return 200, *_spoken(asked.body, "wav")
    if asked.path.startswith("/generated-images/"):
        size = asked.path.removeprefix("/generated-images/").removesuffix(".png")
        return 200, "image/png", _picture(*_size({"size": size}))
    width, height = _size(asked.body)
    if asked.body.get("response_format") == "b64_json":
        return _json(200, {"data": [{"b64_json": _painted(width, height)}]})
    return _json(200, {"data": [{"url": f"http://{asked.host}/generated-images/{width}x{height}.png"}]})


def stable_diffusion(asked: Asked) -> Made:
    """The server of stable-diffusion.cpp: its errors are a text."""
    if not asked.body.get("prompt") or BREAKS in asked.body["prompt"]:
        return _json(400, {"error": "invalid params, prompt required"})
    width, height = _size(asked.body)
    picture: JSON = {"b64_json": _painted(width, height)}
    return _json(200, {"created": 1, "output_format": asked.body["output_format"], "data": [picture]})


def gateway(asked: Asked) -> Made:
    """A gateway in front of OpenAI, below a long path, with errors of its own."""
    if not asked.path.startswith("/v1/account/games/openai/"):
        return _json(404, {"success": False, "errors": [{"code": 7003, "message": "Could not route"}]})
    if BREAKS in asked.body["input"]:
        return 502, "text/html", b"<html><h1>502 Bad Gateway</h1></html>"
    if asked.body.keys() - {"model", "input", "voice", "response_format", "speed"}:
        return _json(400, {"error": {"message": "Unknown parameter.", "type": "invalid_request_error"}})
    return 200, *_spoken(asked.body, "mp3")


def _spoken(body: dict[str, Any], usual: str) -> tuple[str, bytes]:
    sounds = Sounds()
    samples = sounds.speech(body["input"], body.get("voice", ""), speed=body.get("speed", 1.0))
    match body.get("response_format", usual):
        case "pcm":
            return "audio/pcm", samples
        case "wav":
            return "audio/wav", wav(samples, RATE, streamed=True)
        case _:
            return "audio/mpeg", sounds.mp3(samples, RATE, 64)


def _size(body: dict[str, Any]) -> tuple[int, int]:
    width, by, height = cast("str", body.get("size", "")).partition("x")
    return (int(width), int(height)) if by else (512, 512)


def _picture(width: int, height: int) -> bytes:
    return Pictures().file(Painting(width, height, "png", "pier"))


def _painted(width: int, height: int) -> str:
    return b64encode(_picture(width, height)).decode()


def _detail(status: int, error: str, message: str) -> Made:
    return _json(status, {"detail": {"error": error, "message": message, "type": "invalid_request_error"}})


def _json(status: int, value: JSON) -> Made:
    return status, "application/json", json.dumps(value).encode()
