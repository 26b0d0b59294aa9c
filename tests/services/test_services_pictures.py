"""Canned pictures: real ones, of the size asked for, different for different words, and nearly free."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from assetgen.media import pictures
from tests.services.pictures import Painting, Pictures

KINDS = ("png", "jpeg", "webp")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1024, 768), (17, 33), (256, 256)])
def test_a_picture_is_whole_and_of_its_size(kind: str, size: tuple[int, int]) -> None:
    data = Pictures().file(Painting(*size, kind, "a knight"))
    assert pictures.verify(data) == pictures.Picture(f"image/{kind}", *size)


@pytest.mark.parametrize("kind", KINDS)
def test_no_colour_is_the_only_one(kind: str) -> None:
    store = Pictures()
    for number in range(20):
        with Image.open(io.BytesIO(store.file(Painting(64, 48, kind, f"{number}")))) as image:
            assert all(high - low > 20 for low, high in image.convert("RGB").getextrema())  # type: ignore[misc]


@pytest.mark.parametrize("kind", KINDS)
def test_words_decide_the_bytes(kind: str) -> None:
    found = {Pictures().file(Painting(64, 48, kind, f"{number}")) for number in range(50)}
    assert len(found) == 50
    assert Pictures().file(Painting(64, 48, kind, "7")) in found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(64, 48), (65, 48), (127, 31)])
def test_base64_says_the_same(kind: str, size: tuple[int, int]) -> None:
    store, painting = Pictures(), Painting(*size, kind, "a knight")
    assert base64.b64decode(store.base64(painting), validate=True) == store.file(painting)


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_can_be_as_large_as_real_ones(kind: str) -> None:
    data = Pictures(200_000).file(Painting(1024, 768, kind, "a knight"))
    assert 195_000 < len(data) < 260_000
    assert pictures.verify(data).width == 1024
