"""Answers that are wrong in their wrapping, whatever is in them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace

from tests.services.wire import Answer

HTML = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
ERROR = b'{"error":{"message":"Something went wrong.","type":"server_error","param":null,"code":null}}'


def distort(answer: Answer, kind: str) -> Answer:
    """The answer with the lie told by its status, headers and content; unchanged where it is told otherwise."""
    if kind not in _LIES:
        return answer
    later = answer.later
    distorted = replace(_LIES[kind](answer), wait=answer.wait)
    return replace(distorted, later=lambda: distort(later(), kind)) if later else distorted


def written(answer: Answer, kind: str, date: str) -> bytes:
    """The bytes on the wire, with the lies that are told by the framing."""
    if kind == "two_lengths":
        length = f"{len(answer.content)}\r\nContent-Length: {len(answer.content) // 2}"
        return replace(answer, chunked=False).head(date, length) + answer.content
    if kind in _LENGTHS:
        plain = replace(answer, chunked=False)
        return plain.head(date, _LENGTHS[kind](len(answer.content))) + answer.content
    if kind == "no_length":
        head = replace(answer, chunked=False).head(date, "").replace(b"Content-Length: \r\n", b"")
        return head + answer.content
    if kind == "chunked_cut":
        half = answer.content[: len(answer.content) // 2]
        return replace(answer, chunked=True).head(date) + b"%x\r\n%b" % (len(answer.content), half)
    return answer.head(date) + answer.body()


def closes(kind: str) -> bool:
    """Whether the connection ends after the answer, without a word."""
    return kind in _LENGTHS or kind in {"two_lengths", "no_length", "chunked_cut", "hangs_up"}


def arrives(kind: str) -> bool:
    """Whether a client that reads by the rules gets a whole answer."""
    return kind not in {"endless", "chunked_cut", "length_huge", "length_negative", "two_lengths", "continues"}


_LENGTHS: dict[str, Callable[[int], str]] = {
    "length_short": lambda length: str(length // 2),
    "length_huge": lambda _: str(10**15),
    "length_negative": lambda _: "-1",
}

_LIES: dict[str, Callable[[Answer], Answer]] = {
    "html_200": lambda _: Answer(200, HTML, "text/html; charset=utf-8"),
    "empty_200": lambda answer: Answer(200, b"", answer.content_type),
    "json_error_200": lambda _: Answer(200, ERROR),
    "truncated_json": lambda answer: replace(answer, content=answer.content[: len(answer.content) * 2 // 3]),
    "nan_json": lambda answer: Answer(200, b'{"index":NaN,' + answer.content[1:]),
    "gzip": lambda answer: _squeezed(answer, "gzip"),
    "double_gzip": lambda answer: _squeezed(_squeezed(answer, "gzip"), "gzip, gzip"),
    "endless": lambda answer: replace(answer, chunked=True),
}


def _squeezed(answer: Answer, named: str) -> Answer:
    squeezed = replace(answer, content=gzip.compress(answer.content, compresslevel=1, mtime=0))
    return squeezed.with_headers({"Content-Encoding": named})
