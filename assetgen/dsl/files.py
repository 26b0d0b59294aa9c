"""The bytes of an actions file or of standard input, never more than is allowed, and never waiting for a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from assetgen.dsl.trees import Fault, Span, UnreadableError

LARGEST = 256 * 1024 * 1024
"""Bytes of the largest input."""

_CHUNK = 1 << 20
_MARKS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x00\x00\xfe\xff": "UTF-32"}


def read(path: str | Path) -> bytes:
    """Read a regular file whole.

    Raises:
        UnreadableError: It is missing, no regular file, too large, or may not be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _unreadable(_reason(error), "look at the path, from the folder that you are in") from None
    try:
        _check_kind(os.fstat(descriptor).st_mode)
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return read_stream(file)
    except OSError as error:
        raise _unreadable(_reason(error), "") from None
    finally:
        os.close(descriptor)


def read_stream(stream: BinaryIO) -> bytes:
    """Read an open stream to its end.

    Raises:
        UnreadableError: There is more than is allowed.
    """
    parts: list[bytes] = []
    left = LARGEST + 1
    while left > 0 and (part := stream.read(min(left, _CHUNK))):
        parts.append(part)
        left -= len(part)
    if left <= 0:
        advice = "split it into several files: they may be given together and form one set"
        raise UnreadableError(Fault("limit", f"The input is larger than {LARGEST >> 20} MB", Span(0, 1), advice))
    return b"".join(parts)


def decode(data: bytes) -> str:
    """Text from UTF-8, with or without a byte-order mark.

    Raises:
        UnreadableError: It is another encoding, or holds a NUL; the message has the byte's offset.
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise _unreadable(f"The text is {name}, not UTF-8 (byte offset 0)", "save it as UTF-8")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = len(data[: error.start].decode("utf-8"))
        message = f"The text is not UTF-8: byte 0x{data[error.start]:02X} at byte offset {error.start}"
        raise UnreadableError(Fault("syntax", message, Span(place, place + 1), "save it as UTF-8")) from None
    if "\0" in text:
        place = text.index("\0")
        message = f"The text holds a NUL character at byte offset {len(text[:place].encode())}"
        raise UnreadableError(Fault("syntax", message, Span(place, place + 1), "remove it, or save the text as UTF-8"))
    return text.removeprefix("\ufeff")


def _check_kind(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kinds = ((stat.S_ISDIR, "a folder"), (stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
    kind = next((name for test, name in kinds if test(mode)), "a device")
    advice = "name the files in it" if kind == "a folder" else "name a regular file, or `-` for standard input"
    raise _unreadable(f"This is {kind}, not a file", advice)


def _reason(error: Exception) -> str:
    match error:
        case FileNotFoundError():
            return "There is no such file"
        case PermissionError():
            return "The file may not be read"
        case OSError():
            return f"The file can't be read: {error.strerror}"
    return "The file's name is not a path"


def _unreadable(message: str, advice: str) -> UnreadableError:
    return UnreadableError(Fault("syntax", message, Span(0, 1), advice))
