"""One draft picture, from a prompt to the bytes of a PNG."""

from __future__ import annotations

import hashlib
import io
from random import Random

from PIL import Image

from assetgen.providers.draft.canvas import Canvas, vignette
from assetgen.providers.draft.lettering import caption
from assetgen.providers.draft.staging import palette, scene, words_of

RUN_LENGTHS = 3
"""zlib's `Z_RLE`."""


def draw(prompt: str, width: int, height: int, variation: str = "") -> bytes:
    """A PNG of exactly this size; the same words, size and variation always give the same one."""
    buffer = io.BytesIO()
    # Run lengths alone: drawings need no more, and it is quicker and smaller than what finds repetitions.
    painted(prompt, width, height, variation).image.save(buffer, "PNG", compress_level=3, compress_type=RUN_LENGTHS)
    return buffer.getvalue()


def painted(prompt: str, width: int, height: int, variation: str) -> Canvas:
    """The picture itself: a scene and colours that suit the words, arranged by their hash."""
    chance = Random(hashlib.sha256(f"{variation}\0{prompt}".encode()).digest())  # noqa: S311 - it draws hills
    words = words_of(prompt)
    chosen = scene(words, chance)
    canvas = Canvas(Image.new("RGB", (width, height)), palette(words, chosen, chance), chance, frozenset(words))
    chosen(canvas)
    vignette(canvas)
    caption(canvas, prompt)
    return canvas
