"""Pictures that cost next to nothing: each size, format and colour is encoded once, and then only marked."""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

COLOURS = (
    ((26, 42, 108), (253, 187, 45)),
    ((15, 32, 39), (120, 180, 200)),
    ((60, 16, 83), (240, 120, 140)),
    ((19, 78, 94), (200, 240, 150)),
    ((66, 39, 90), (250, 200, 120)),
    ((12, 12, 40), (90, 140, 250)),
    ((83, 20, 20), (250, 220, 190)),
    ((20, 60, 30), (240, 240, 160)),
)
"""From the zenith to the horizon."""
MARK = 64
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><script>alert(1)</script></svg>'
MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}


@dataclass(frozen=True, slots=True)
class Painting:
    """A picture to make; `format` is `png`, `jpeg` or `webp`, and equal `words` give equal bytes."""

    width: int
    height: int
    format: str
    words: str

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.format]


@dataclass(frozen=True, slots=True)
class _Canned:
    """A finished file that is open at one place for a mark.

    Where `text_after` is there, what follows the mark starts at a whole group of base64, and is encoded already.
    """

    before: bytes
    after: bytes
    wrap: Callable[[bytes], bytes]
    text_after: bytes | None = None

    def filled(self, mark: bytes) -> bytes:
        return self.before + self.wrap(mark) + self.after

    def base64(self, mark: bytes) -> bytes:
        if self.text_after is None:
            return b64encode(self.filled(mark))
        return b64encode(self.before + self.wrap(mark)) + self.text_after


class Pictures:
    """A store of canned pictures.

    Args:
        size: Bytes that a picture should have at least, as noise; 0 for as few as it takes.
    """

    def __init__(self, size: int = 0) -> None:
        self._size = size
        self._canned: dict[tuple[int, int, str, int], _Canned] = {}

    def file(self, painting: Painting, lie: str = "") -> bytes:
        """The file's bytes, or what a lie makes of them."""
        if lie in _LIES:
            return _LIES[lie](self, painting)
        canned, mark = self._find(painting)
        return canned.filled(mark)

    def base64(self, painting: Painting, lie: str = "") -> bytes:
        """The same in base64."""
        if lie in _LIES:
            return b64encode(_LIES[lie](self, painting))
        canned, mark = self._find(painting)
        return canned.base64(mark)

    def _find(self, painting: Painting) -> tuple[_Canned, bytes]:
        mark = hashlib.sha256(painting.words.encode()).hexdigest().encode()
        key = (painting.width, painting.height, painting.format, int(mark[:4], 16) % len(COLOURS))
        canned = self._canned.get(key)
        if canned is None:
            canned = self._canned[key] = _CANNING[painting.format](_drawn(*key[:2], key[3], self._size), self._size)
        return canned, mark


def _drawn(width: int, height: int, colour: int, noise: int) -> Image.Image:
    """A sky with a sun and its water, and, for size, a band of noise at the bottom."""
    top, bottom = COLOURS[colour]
    image = Image.composite(
        Image.new("RGB", (width, height), bottom),
        Image.new("RGB", (width, height), top),
        Image.linear_gradient("L").resize((width, height)),
    )
    pen = ImageDraw.Draw(image)
    radius = min(width, height) // 8
    middle = (width * (2 + colour) // 12, height // 2)
    pen.circle(middle, radius, fill=(255, 250, 220))
    pen.rectangle((0, height * 5 // 8, width, height), fill=tuple(value // 2 for value in top))
    pen.line((middle[0], height * 5 // 8, middle[0], height), fill=bottom, width=max(1, radius // 2))
    rows = min(height, -(-noise // (width * 3)))
    if rows:
        pixels = random.Random(colour).randbytes(width * rows * 3)  # noqa: S311 - noise, the same in every process
        image.paste(Image.frombytes("RGB", (width, rows), pixels), (0, height - rows))
    return image


def _can_png(image: Image.Image, _size: int) -> _Canned:
    data = _saved(image, "PNG", compress_level=3)
    return _canned(data[:33], data[33:], lambda text: _chunk(b"tEXt", b"Comment\0" + text))


def _can_jpeg(image: Image.Image, size: int) -> _Canned:
    data = _saved(image, "JPEG", quality=85)
    padding = random.Random(0).randbytes(max(0, size - len(data)))  # noqa: S311 - noise, the same in every process
    parts = (padding[start : start + 60_000] for start in range(0, len(padding), 60_000))
    return _canned(data[:20], b"".join(map(_comment, parts)) + data[20:], _comment)


def _can_webp(image: Image.Image, _size: int) -> _Canned:
    hole = b"#" * MARK
    data = _saved(image, "WEBP", quality=80, method=0, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0" + hole)
    before, after = data.split(hole)
    return _Canned(before, after, lambda mark: mark)


_CANNING: dict[str, Callable[[Image.Image, int], _Canned]] = {"png": _can_png, "jpeg": _can_jpeg, "webp": _can_webp}


def _canned(before: bytes, after: bytes, wrap: Callable[[bytes], bytes]) -> _Canned:
    short = -(len(before) + len(wrap(b"#" * MARK))) % 3
    return _Canned(before, after, lambda mark: wrap(mark + b" " * short), b64encode(after))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _comment(content: bytes) -> bytes:
    return b"\xff\xfe" + struct.pack(">H", len(content) + 2) + content


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _other_size(store: Pictures, painting: Painting) -> bytes:
    return store.file(replace(painting, width=max(16, painting.width // 2)))


def _half(store: Pictures, painting: Painting) -> bytes:
    whole = store.file(replace(painting, format="jpeg"))
    return whole[: len(whole) // 2]


def _blank(_: Pictures, painting: Painting) -> bytes:
    kinds = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
    return _saved(Image.new("RGB", (painting.width, painting.height)), kinds[painting.format])


def _bomb(_store: Pictures, _painting: Painting) -> bytes:
    layout = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", layout) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


_LIES: dict[str, Callable[[Pictures, Painting], bytes]] = {
    "jpeg_as_png": lambda store, painting: store.file(replace(painting, format="jpeg")),
    "wrong_size": _other_size,
    "half_jpeg": _half,
    "png_without_end": lambda store, painting: store.file(replace(painting, format="png"))[:-12],
    "blank": _blank,
    "svg": lambda _store, _painting: SVG,
    "bomb": _bomb,
}
