"""HTTP/1.1 on the wire: requests read from bytes, answers written as bytes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from http import HTTPStatus
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote

from assetgen.core.actions import JSON

LONGEST_HEAD = 65_536
LONGEST_BODY = 64_000_000
NONE: Mapping[str, str] = MappingProxyType({})


class MalformedError(Exception):
    """What came is no HTTP request; `status` is what a server says to it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; header names in lower case, `path` decoded and without the query."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back.

    Attributes:
        chunked: In chunks, without a length, as services send what they stream.
        wait: Seconds until it goes out.
        later: Makes the answer that goes out then, in place of this one.
    """

    status: int
    content: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=lambda: NONE)
    chunked: bool = False
    wait: float = 0.0
    later: Callable[[], Answer] | None = None

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        return replace(self, headers={**self.headers, **headers})

    def head(self, date: str, length: str | None = None) -> bytes:
        """Status line and headers; `length` in place of the true one."""
        lines = [f"HTTP/1.1 {self.status} {_reason(self.status)}", f"Date: {date}"]
        if self.content or self.status == HTTPStatus.OK:
            lines.append(f"Content-Type: {self.content_type}")
        if self.chunked:
            lines.append("Transfer-Encoding: chunked")
        elif self.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {len(self.content) if length is None else length}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def body(self) -> bytes:
        """The content as it stands on the wire."""
        if not self.chunked:
            return self.content
        return b"%x\r\n%b\r\n0\r\n\r\n" % (len(self.content), self.content) if self.content else b"0\r\n\r\n"


def json_answer(status: int, value: JSON, headers: Mapping[str, str] = NONE) -> Answer:
    return Answer(status, json.dumps(value, separators=(",", ":")).encode(), headers=headers)


def http_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)


def take(buffer: bytearray) -> Request | None:
    """Take the first whole request out of what has arrived; None while it isn't whole.

    Raises:
        MalformedError: It never will be.
    """
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        if len(buffer) > LONGEST_HEAD:
            raise MalformedError(431, "The headers are too long.")
        return None
    line, *rest = buffer[:end].decode("latin-1").split("\r\n")
    headers = dict(_header(one) for one in rest)
    stop = end + 4 + _length(headers)
    if len(buffer) < stop:
        return None
    content = bytes(buffer[end + 4 : stop])
    del buffer[:stop]
    return _request(line, headers, content)


def _request(line: str, headers: Mapping[str, str], content: bytes) -> Request:
    parts = line.split(" ")
    if len(parts) != 3 or parts[2] not in {"HTTP/1.1", "HTTP/1.0"}:
        raise MalformedError(400, f"{line!r} is no request line.")
    method, target, _ = parts
    path, _, query = target.partition("?")
    pairs = dict(parse_qsl(query, keep_blank_values=True)) if query else NONE
    return Request(method, target, unquote(path) if "%" in path else path, pairs, headers, content)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or name != name.strip() or not name:
        raise MalformedError(400, f"{line!r} is no header.")
    return name.lower(), value.strip()


def _length(headers: Mapping[str, str]) -> int:
    if "transfer-encoding" in headers:
        raise MalformedError(411, "A request has a Content-Length here.")
    text = headers.get("content-length", "0")
    if not text.isdecimal() or int(text) > LONGEST_BODY:
        raise MalformedError(413 if text.isdecimal() else 400, f"{text!r} is no usable Content-Length.")
    return int(text)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
