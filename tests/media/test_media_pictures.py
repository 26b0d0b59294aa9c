"""Checking pictures for content, and bringing them to size."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageCms

from assetgen.media.pictures import fit, verify
from assetgen.media.problems import MediaError

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def thirds(width: int = 90, height: int = 30) -> Image.Image:
    """Red, green and blue from left to right."""
    image = Image.new("RGB", (width, height), GREEN)
    image.paste(RED, (0, 0, width // 3, height))
    image.paste(BLUE, (width * 2 // 3, 0, width, height))
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_of_one_colour_is_refused_unless_it_is_allowed(kind: str) -> None:
    data = encoded(Image.new("RGB", (512, 512), (12, 40, 90)), kind)
    with pytest.raises(MediaError, match="blank"):
        verify(data)
    assert verify(data, reject_blank=False).width == 512


def test_a_picture_of_which_nothing_can_be_seen_is_blank() -> None:
    image = thirds().convert("RGBA")
    image.putalpha(0)
    with pytest.raises(MediaError, match="blank"):
        verify(encoded(image))


def test_one_pixel_of_another_colour_makes_it_a_picture() -> None:
    image = Image.new("RGB", (512, 512))
    image.putpixel((400, 3), RED)
    assert verify(encoded(image)).height == 512


def test_the_very_same_bytes_come_back_when_nothing_has_to_change() -> None:
    data = encoded(thirds())
    assert fit(data, 90, 30, None) is data
    assert fit(data, 90, 30, "image/png") is data


@pytest.mark.parametrize("size", [(30, 30), (30, 90), (200, 31), (1, 1), (91, 30)])
def test_the_size_is_exact(size: tuple[int, int]) -> None:
    assert opened(fit(encoded(thirds()), *size)).size == size


def test_the_middle_is_kept_and_the_sides_are_cropped() -> None:
    square = opened(fit(encoded(thirds()), 30, 30))
    assert [square.getpixel((x, 15)) for x in (4, 15, 25)] == [GREEN] * 3


def test_it_covers_the_whole_size_without_borders() -> None:
    tall = opened(fit(encoded(Image.new("RGB", (50, 20), RED)), 40, 120))
    assert tall.getcolors() == [(40 * 120, RED)]


@pytest.mark.parametrize(("media_type", "kind"), [("image/png", "PNG"), ("image/jpeg", "JPEG"), ("image/webp", "WEBP")])
def test_the_format_is_kept_or_changed_as_asked(media_type: str, kind: str) -> None:
    data = encoded(thirds(), "JPEG")
    assert opened(fit(data, 45, 15)).format == "JPEG"
    assert opened(fit(data, 90, 30, media_type)).format == kind


def test_a_picture_that_lies_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter to the right
    upright = opened(fit(encoded(thirds(), exif=exif), 30, 90))
    assert [upright.getpixel((15, y)) for y in (5, 45, 85)] == [RED, GREEN, BLUE]
    assert upright.getexif().get(0x0112, 1) == 1


def test_transparency_is_kept_where_the_format_knows_it_and_lies_on_white_elsewhere() -> None:
    image = Image.new("RGBA", (40, 40), (*RED, 0))
    image.paste((*BLUE, 255), (0, 0, 20, 40))
    data = encoded(image)
    assert opened(fit(data, 20, 20)).getpixel((18, 10))[3] == 0  # type: ignore[index]
    white = opened(fit(data, 20, 20, "image/jpeg")).getpixel((18, 10))
    assert min(white) > 250  # type: ignore[arg-type]


def test_palettes_and_grey_pictures_become_colours() -> None:
    assert opened(fit(encoded(thirds().convert("P")), 45, 15)).mode == "RGB"
    assert opened(fit(encoded(thirds().convert("L")), 45, 15)).mode == "RGB"
    assert opened(fit(encoded(thirds().convert("CMYK"), "JPEG"), 45, 15, "image/png")).mode == "RGB"


def test_a_colour_profile_is_applied_and_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for embedded in (srgb, profile, b"no profile at all"):
        result = opened(fit(encoded(thirds(), icc_profile=embedded), 45, 15))
        assert "icc_profile" not in result.info
        assert result.getpixel((22, 7)) == pytest.approx(GREEN, abs=3)


def test_what_cannot_be_decoded_or_written_is_a_problem_with_the_picture() -> None:
    with pytest.raises(MediaError):
        fit(encoded(thirds(), "JPEG")[:300], 10, 10)
    with pytest.raises(MediaError, match="image/gif"):
        fit(encoded(thirds()), 10, 10, "image/gif")
