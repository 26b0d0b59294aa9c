"""A plain client for tests of the server itself: one request, one answer, whatever it is."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from assetgen.core.actions import JSON
from tests.services.keys import example
from tests.services.server import Services

SCHNELL: dict[str, JSON] = {
    "model": "black-forest-labs/FLUX.1-schnell",
    "prompt": "pixel art knight",
    "width": 512,
    "height": 256,
    "steps": 4,
    "n": 1,
    "seed": 42,
    "response_format": "base64",
}
FLUX: dict[str, JSON] = {"input": {"prompt": "pixel art knight", "aspect_ratio": "16:9", "output_format": "png"}}
SPEECH: dict[str, JSON] = {
    "model": "tts-1",
    "voice": "onyx",
    "input": "Welcome, traveller. Sit down.",
    "response_format": "pcm",
}
SYNTHESIS: dict[str, JSON] = {
    "input": {"text": "Welcome, traveller. Sit down."},
    "voice": {"languageCode": "en-US", "name": "en-US-Neural2-D"},
    "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": 24000},
}
CREATES: Mapping[str, tuple[str, dict[str, JSON]]] = {
    "together": ("/images/generations", SCHNELL),
    "replicate": ("/models/black-forest-labs/flux-schnell/predictions", FLUX),
    "openai": ("/audio/speech", SPEECH),
    "google": ("/text:synthesize", SYNTHESIS),
}
"""A good request to each service."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def key_header(service: str, key: str | None = None) -> dict[str, str]:
    """The header that carries a key, in the service's own manner; a valid one by default."""
    shown = example(service) if key is None else key
    return {"X-Goog-Api-Key": shown} if service == "google" else {"Authorization": f"Bearer {shown}"}


def ask(
    services: Services,
    service: str,
    path: str = "",
    body: JSON | bytes = None,
    *,
    method: str = "",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Ask a service; by default for what `CREATES` has for it, with its key."""
    default, example_body = CREATES[service]
    sent = example_body if body is None and not path else body
    data = sent if isinstance(sent, bytes) else json.dumps(sent).encode() if sent is not None else None
    typed = {"Content-Type": "application/json"} if data is not None else {}
    everything = {**key_header(service), **typed, **(headers or {})}
    address = f"{services.origin}/{service}/v1{path or default}"
    return fetch(address, data, method=method, headers=everything)


def fetch(url: str, data: bytes | None = None, *, method: str = "", headers: Mapping[str, str] | None = None) -> Reply:
    """Ask for an address, without a key, following nothing."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method or ("GET" if data is None else "POST"), target, data, dict(headers or {}))
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)


def raw_request(service: str, body: JSON = None) -> bytes:
    """A good request, as bytes for a socket."""
    path, example_body = CREATES[service]
    content = json.dumps(body or example_body).encode()
    name, value = next(iter(key_header(service).items()))
    head = f"POST /{service}/v1{path} HTTP/1.1\r\nHost: here\r\n{name}: {value}\r\nContent-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content


def connected(services: Services, timeout: float = 5.0) -> socket.socket:
    """A raw connection to the services."""
    parts = urlsplit(services.origin)
    return socket.create_connection((parts.hostname, parts.port), timeout)
