"""One request to one service, and what comes back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assetgen.core.actions import JSON
from assetgen.core.money import Units


def canonical(value: JSON) -> bytes:
    """The one JSON text of a value: sorted keys, no white space, UTF-8. What keys are hashed from."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fingerprint(tag: str, value: JSON) -> str:
    """SHA-256 of a value under a tag with its version, so that kinds and versions never collide."""
    return hashlib.sha256(tag.encode() + b"\0" + canonical(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """One picture of exactly this size, from a model by the name that its service gives it.

    Attributes:
        blank: A picture of one single colour is good too. Nothing of this is sent.
    """

    model: str
    prompt: str
    width: int
    height: int
    seed: int | None = None
    negative_prompt: str | None = None
    blank: bool = False

    @property
    def units(self) -> Units:
        return Units(images=1, pixels=self.width * self.height)


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """One piece of speech. `speed` is a factor (1 is normal), `pitch` is in semitones (0 is the voice's own)."""

    model: str
    text: str
    voice: str
    speed: float = 1.0
    pitch: float = 0.0

    @property
    def units(self) -> Units:
        return Units(characters=len(self.text))


Request = ImageRequest | SpeechRequest


@dataclass(frozen=True, slots=True)
class Call:
    """A request in the words of its service: the path below the base URL and every parameter that is sent.

    Attributes:
        token: Names one attempt, for services and gateways that know a repeated request by it. It is no part of
            what is bought.
    """

    path: str
    body: Mapping[str, JSON]
    token: str = field(default="", compare=False)

    def key(self, service: str, host: str) -> str:
        """The purchase's key; `host` is the class of the address, `real` or `loopback`, never the address."""
        return fingerprint("purchase@1", {"service": service, "host": host, "path": self.path, "body": dict(self.body)})


class Source(StrEnum):
    """Which question an answer belongs to."""

    CALL = "call"
    """The one that pays."""
    JOB = "job"
    """How a job is getting on."""
    FILE = "file"
    """What lies at an address that an earlier answer named."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service sent back, as it came; header names in lower case."""

    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    source: Source = Source.CALL
