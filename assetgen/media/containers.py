"""Picture files from the outside: their type, their size in pixels, and whether they are there whole.

Everything here reads headers and checksums only, so that nothing is decoded, or allocated, before its size is known.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.media.problems import MediaError

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
WEBP_ANIMATION = 0x02


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself; sizes in pixels."""

    width: int
    height: int
    animated: bool = False


def sniff(data: bytes) -> str:
    """The media type of a picture: PNG, JPEG or WebP.

    Raises:
        MediaError: It is none of them.
    """
    if data.startswith(PNG_SIGNATURE):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    raise MediaError(f"The bytes are no PNG, JPEG or WebP picture: {_described(data)}.")


def header(data: bytes) -> Header:
    """Size and kind of a picture whose bytes are all there.

    Raises:
        MediaError: It is no picture, it ends early, or a checksum is wrong.
    """
    readers = {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}
    try:
        return readers[sniff(data)](data)
    except (struct.error, IndexError):
        raise MediaError("The picture's header is damaged.") from None


def notes(data: bytes) -> bytes:
    """All of a whole PNG but its pixels."""
    return b"".join(data[start - 4 : start + length] for kind, start, length in _chunks(data) if kind != b"IDAT")


def _described(data: bytes) -> str:
    if not data:
        return "there are none"
    start = data.lstrip()[:64].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "they are an HTML page"
    if b"<svg" in start:
        return "they are an SVG drawing"
    if start.startswith(b"gif8"):
        return "they are a GIF"
    return f"they begin with {data[:8]!r}"


def _png(data: bytes) -> Header:
    kinds: set[bytes] = set()
    for kind, start, length in _chunks(data):
        if not kinds and kind != b"IHDR":
            break
        if zlib.crc32(memoryview(data)[start - 4 : start + length]) != int.from_bytes(
            data[start + length :][:4], "big"
        ):
            raise MediaError(f"The PNG is damaged: the checksum of its {kind.decode('latin-1')} chunk is wrong.")
        kinds.add(kind)
    if not {b"IHDR", b"IDAT", b"IEND"} <= kinds:
        raise MediaError("The PNG is cut off: it has no complete picture.")
    width, height = struct.unpack_from(">II", data, 16)
    return Header(width, height, animated=b"acTL" in kinds)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, offset and length of every chunk's content, through `IEND`."""
    offset = len(PNG_SIGNATURE)
    kind = b""
    while kind != b"IEND" and offset + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, offset)
        if offset + 12 + length > len(data):
            raise MediaError("The PNG is cut off.")
        yield kind, offset + 8, length
        offset += 12 + length


def _jpeg(data: bytes) -> Header:
    if data.rfind(b"\xff\xd9") <= data.rfind(b"\xff\xda"):
        raise MediaError("The JPEG is cut off.")
    offset = 2
    while (marker := data[offset + 1]) not in JPEG_FRAMES:
        if data[offset] != 0xFF or marker == 0xDA:
            raise MediaError("The JPEG has no size.")
        # Any number of 0xFF may stand before a marker.
        offset += 1 if marker == 0xFF else 2 + int(struct.unpack_from(">H", data, offset + 2)[0])
    height, width = struct.unpack_from(">HH", data, offset + 5)
    return Header(width, height)


def _webp(data: bytes) -> Header:
    if struct.unpack_from("<I", data, 4)[0] + 8 > len(data):
        raise MediaError("The WebP is cut off.")
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(data[at : at + 3], "little") for at in (24, 27))
        return Header(width, height, animated=bool(data[20] & WEBP_ANIMATION))
    if kind == b"VP8L":
        bits = int(struct.unpack_from("<I", data, 21)[0])
        return Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", data, 26)
    return Header(width & 0x3FFF, height & 0x3FFF)
