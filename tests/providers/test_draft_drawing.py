"""Draft pictures: exact, repeatable, and of what the words say."""

from __future__ import annotations

import io
import statistics
from random import Random

import pytest
from PIL import Image, ImageFont

from assetgen.media.pictures import verify
from assetgen.providers.draft.drawing import draw, painted
from assetgen.providers.draft.lettering import printable, wrapped
from assetgen.providers.draft.palettes import MOODS
from assetgen.providers.draft.staging import MOOD_WORDS, SCENES, palette, scene, words_of

SUFFIX = ", high quality, detailed, cinematic lighting"


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - it arranges hills


def scene_of(prompt: str) -> str:
    return scene(words_of(prompt), chance(0)).__name__


def font() -> ImageFont.FreeTypeFont:
    loaded = ImageFont.load_default(20)
    assert isinstance(loaded, ImageFont.FreeTypeFont)
    return loaded


@pytest.mark.parametrize(
    "size", [(16, 16), (17, 31), (300, 16), (16, 900), (200, 160), (1024, 768), (768, 1024), (4096, 1024)]
)
def test_a_picture_has_exactly_its_size(size: tuple[int, int]) -> None:
    picture = verify(draw("A village by the sea", *size))
    assert (picture.media_type, picture.width, picture.height) == ("image/png", *size)


@pytest.mark.parametrize("chosen", SCENES, ids=lambda chosen: chosen.__name__)
@pytest.mark.parametrize("size", [(16, 16), (96, 40), (40, 96), (320, 240)])
def test_every_scene_can_be_drawn_at_every_shape(chosen: object, size: tuple[int, int]) -> None:
    words = next(words for known, words in SCENES.items() if known is chosen)
    for variation in range(3):
        assert painted(words.split()[0], *size, str(variation)).image.size == size


def test_the_same_request_gives_the_same_bytes() -> None:
    assert draw("Ship in the fog", 320, 240, "1") == draw("Ship in the fog", 320, 240, "1")


def test_other_words_sizes_or_seeds_give_another_picture() -> None:
    pictures = {
        draw("Ship in the fog", 320, 240, "1"),
        draw("Ship in the fog", 320, 240, "2"),
        draw("Ships in the fog", 320, 240, "1"),
        draw("Ship in the fog", 240, 320, "1"),
    }
    assert len(pictures) == 4


def test_a_chapter_of_pictures_is_varied() -> None:
    scenes = {scene_of(words) for words in SCENES.values()}
    assert scenes == {chosen.__name__ for chosen in SCENES}
    unspecific = {scene(words_of(""), chance(seed)).__name__ for seed in range(40)}
    assert len(unspecific) >= 4


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("An old lighthouse on a cliff at dusk", "sea"),
        ("Close-up portrait of the harbour master, weathered face", "portrait"),
        ("Ancient library with floating candles", "hall"),
        ("Neon city in the rain", "city"),
        ("Two ringed planets above a red moon", "space"),
        ("Dunes at sunset", "desert"),
        ("A quiet village in the hills", "village"),
    ],
)
def test_the_words_choose_the_scene(prompt: str, expected: str) -> None:
    assert scene_of(prompt + SUFFIX) == expected


@pytest.mark.parametrize("mood", MOODS)
def test_the_words_choose_the_colours(mood: str) -> None:
    assert palette(MOOD_WORDS[mood].split()[:1], next(iter(SCENES)), chance(0)) in MOODS[mood]


def test_night_is_darker_than_day() -> None:
    def brightness(prompt: str) -> float:
        grey = painted(prompt, 64, 48, "").image.convert("L")
        return statistics.mean(grey.tobytes())

    assert brightness("Mountains at midnight") < brightness("Mountains at noon") - 40


def test_the_caption_shows_the_prompt_and_small_pictures_have_none() -> None:
    def band(prompt: str, width: int, height: int) -> bytes:
        image = painted(prompt, width, height, "").image
        return image.crop((0, height - 12, width, height)).tobytes()

    # One palette and one arrangement: the hash is of the prompt, so only the band's darkness is compared.
    assert statistics.mean(band("Mountains at noon", 640, 480)) < 90
    assert statistics.mean(band("Mountains at noon", 100, 80)) > 40


def test_drafts_are_labelled() -> None:
    corner = painted("Mountains at midnight", 640, 480, "").image.convert("L").crop((560, 0, 640, 40))
    bright = sum(value > 200 for value in corner.tobytes())
    assert 20 < bright < 400


def test_long_prompts_are_wrapped_and_cut() -> None:
    lines = wrapped("word " * 200, font(), 400, 2)
    assert len(lines) == 2
    assert lines[1].endswith("...")
    assert all(font().getlength(line) <= 400 for line in lines)
    assert wrapped("w" * 300, font(), 400, 2)[0].endswith("...")
    assert wrapped("", font(), 400, 2) == [""]


def test_what_the_font_lacks_is_replaced() -> None:
    assert printable("Été — straße…", font()).isascii() is False
    assert printable("Crème brûlée – naïve", font()) == "Creme brulee - naive"
    assert printable("日本 castle\n\x07", font()) == "·· castle "


@pytest.mark.parametrize("prompt", ["", "日本語" * 50, "🦄", "\x00\x1b[31m", "é" * 4000, "مرحبا"])
def test_any_text_can_be_drawn(prompt: str) -> None:
    image = Image.open(io.BytesIO(draw(prompt, 200, 200)))
    assert image.size == (200, 200)
