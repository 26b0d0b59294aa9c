"""One JSON file beside the blobs for each purchase: what was bought, from whom, for how much, and which bytes it is."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetgen.cache.fan import Fan
from assetgen.core.actions import JSON, Kind
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content
from assetgen.core.ports import CacheEntry

SCHEMA = "assetgen/purchase@1"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[0-9A-Za-z_-]{2,128}")


def dump(entry: CacheEntry, content: Content) -> bytes:
    """The text of a sidecar: one line of JSON, sorted; of the content's facts, those that are known."""
    facts = {
        "width": content.width,
        "height": content.height,
        "duration": content.duration,
        "sample_rate": content.sample_rate,
    }
    fields: dict[str, JSON] = {
        "schema": SCHEMA,
        "key": entry.key,
        "digest": entry.digest,
        "bytes": entry.bytes,
        "media_type": entry.media_type,
        "provider": entry.provider,
        "model": entry.model,
        "kind": entry.kind.value,
        "paid_usd": str(entry.paid),
        "stored": entry.stored.isoformat(),
        "attempt": entry.attempt,
        "request": dict(entry.request),
        "content": {name: value for name, value in facts.items() if value is not None},
    }
    # On one line: with an indent, Python's own encoder is at work, at ten times the cost.
    return (json.dumps(fields, sort_keys=True, ensure_ascii=False) + "\n").encode()


def parse(data: bytes, key: str) -> CacheEntry:
    """The entry of one purchase.

    Raises:
        ValueError: The text is no sidecar, or that of another purchase; the message completes "its sidecar …".
    """
    try:
        entry = _build(json.loads(data))
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("is no whole JSON document of its kind") from error
    if entry.key != key:
        raise ValueError("is that of another purchase")
    return entry


def _build(fields: dict[str, Any]) -> CacheEntry:
    stored = dt.datetime.fromisoformat(fields["stored"])
    if fields["schema"] != SCHEMA or not _DIGEST.fullmatch(fields["digest"]) or stored.tzinfo is None:
        raise ValueError
    return CacheEntry(
        key=fields["key"],
        digest=fields["digest"],
        bytes=int(fields["bytes"]),
        media_type=fields["media_type"],
        provider=fields["provider"],
        model=fields["model"],
        kind=Kind(fields["kind"]),
        paid=Usd.parse(fields["paid_usd"]),
        stored=stored,
        request=dict(fields["request"]),
        sample_rate=fields["content"].get("sample_rate"),
        attempt=str(fields.get("attempt", "")),
    )


def checked(key: str) -> str:
    """The key itself, which becomes a file's name. Raises ValueError where it can't."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of a purchase")
    return key


class Sidecars:
    """Files `ab/<key>.json` below a folder. Every method may raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fan = Fan(folder)

    def path(self, key: str) -> Path:
        return Path(self._name(key))

    def exists(self, key: str) -> bool:
        try:
            os.lstat(self._name(key))
        except FileNotFoundError:
            return False
        return True

    def read(self, key: str) -> CacheEntry | None:
        """The entry of a purchase, None where there is none. Raises ValueError where the sidecar is damaged."""
        try:
            data = self._bytes(key)
        except FileNotFoundError:
            return None
        return parse(data, key)

    def expect(self, sidecars: int) -> None:
        """Be ready for so many new ones."""
        self._fan.expect(sidecars)

    def write(self, entry: CacheEntry, content: Content) -> None:
        self._fan.write(f"{checked(entry.key)}.json", dump(entry, content), 0o600)

    def remove(self, key: str) -> None:
        self.path(key).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        """The keys of all purchases."""
        for folder in sorted(self.folder.glob("??")):
            for name in sorted(os.listdir(folder)):  # noqa: PTH208 - a Path for each of 100,000 names costs more
                if name.endswith(".json"):
                    yield name.removesuffix(".json")

    def _name(self, key: str) -> str:
        return self._fan.name(f"{checked(key)}.json")

    def _bytes(self, key: str) -> bytes:
        descriptor = os.open(self._name(key), os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
