"""Hostile and damaged picture files."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from assetgen.media.containers import Header, header, sniff
from assetgen.media.pictures import Picture, verify
from assetgen.media.problems import MediaError


def picture(kind: str, size: tuple[int, int] = (64, 48), **options: object) -> bytes:
    ramp = Image.radial_gradient("L").resize(size)
    buffer = io.BytesIO()
    Image.merge("RGB", (ramp, ramp.transpose(Image.Transpose.FLIP_LEFT_RIGHT), ramp)).save(buffer, kind, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of_size(width: int, height: int) -> bytes:
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return start + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def animated(kind: str) -> bytes:
    first, second = (Image.open(io.BytesIO(picture("PNG"))).rotate(turn) for turn in (0, 90))
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=[second])
    return buffer.getvalue()


def with_flipped_bit(data: bytes, offset: int) -> bytes:
    return data[:offset] + bytes([data[offset] ^ 1]) + data[offset + 1 :]


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
def test_each_format_is_known_by_its_first_bytes_and_measured(kind: str, media_type: str) -> None:
    data = picture(kind)
    assert sniff(data) == media_type
    assert header(data) == Header(64, 48)
    assert verify(data) == Picture(media_type, 64, 48)


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}])
def test_every_flavour_of_webp_is_measured(options: dict[str, object]) -> None:
    assert verify(picture("WEBP", (301, 57), **options)) == Picture("image/webp", 301, 57)


def test_progressive_jpegs_and_those_with_extra_bytes_are_accepted() -> None:
    data = picture("JPEG", progressive=True, comment=b"made by a machine")
    assert verify(data + b"\0\0").width == 64


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89",
        b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'{"error": {"message": "no"}}',
        picture("GIF"),
        picture("BMP"),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\xff\xd9",
        b"RIFF\x04\0\0\0WEBP",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        picture("PNG")[:-12],
        picture("PNG")[:-1],
        picture("PNG")[: len(picture("PNG")) // 2],
        picture("JPEG")[: len(picture("JPEG")) // 2],
        picture("JPEG")[:-2],
        picture("WEBP")[: len(picture("WEBP")) // 2],
        animated("PNG"),
        animated("WEBP"),
        png_of_size(60_000, 60_000),
        png_of_size(0, 7),
        b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
    ],
)
def test_what_is_not_one_whole_still_picture_is_refused(data: bytes) -> None:
    with pytest.raises(MediaError):
        verify(data)


def test_a_flipped_bit_anywhere_in_a_png_is_found() -> None:
    data = picture("PNG")
    for offset in range(8, len(data), 7):
        with pytest.raises(MediaError):
            verify(with_flipped_bit(data, offset))


def test_a_huge_size_is_refused_for_what_it_says_before_anything_is_decoded() -> None:
    with pytest.raises(MediaError, match="60000x60000"):
        verify(png_of_size(60_000, 60_000))


def test_the_message_says_what_came_instead_of_a_picture() -> None:
    with pytest.raises(MediaError, match="HTML"):
        sniff(b"  <html>")
    with pytest.raises(MediaError, match="there are none"):
        sniff(b"")
