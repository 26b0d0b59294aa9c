"""What is written on a draft: its prompt, and that it is one."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import cast

from PIL import Image, ImageDraw, ImageFont

from assetgen.providers.draft.canvas import Canvas, cover
from assetgen.providers.draft.palettes import mix

LABEL = "DRAFT"
INK = (8, 9, 14)
SMALLEST = 160
"""Pixels of the shorter side below which nothing could be read."""
LINES = 2
LONGEST = 600
"""Characters of a prompt that are looked at: more are never shown."""
NO_CHARACTER = "\U0010fffd"
UNDRAWABLE = "·"
REPLACEMENTS = {"—": "-", "–": "-", "‐": "-", "ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae"}
"""What Unicode itself doesn't take apart."""


def caption(canvas: Canvas, prompt: str) -> None:
    """The prompt in a dark band at the bottom, and the label in a corner; nothing where it would be too small."""
    if min(canvas.image.size) < SMALLEST:
        return
    size = max(11, round(canvas.unit / 52))
    _prompt(canvas, prompt, size)
    _label(canvas, max(10, round(size * 0.8)))


def _prompt(canvas: Canvas, prompt: str, size: int) -> None:
    font, margin = _font(size), round(size * 1.3)
    text = printable(prompt[:LONGEST], font)
    if text.count(UNDRAWABLE) * 2 > len(text):
        return
    lines = wrapped(text, font, canvas.width - 2 * margin, LINES)
    height = round(size * (1.1 + 1.45 * len(lines)))
    top = canvas.height - height
    cover(canvas, INK, (0, top), Image.new("L", (canvas.width, height), 175))
    draw = ImageDraw.Draw(canvas.image)
    draw.line(
        (0, top, canvas.width, top), fill=mix(canvas.palette.light, canvas.palette.near, 0.4), width=max(1, size // 12)
    )
    for index, line in enumerate(lines):
        draw.text((margin, top + size * (0.45 + 1.45 * index)), line, font=font, fill=(238, 238, 242))


def _label(canvas: Canvas, size: int) -> None:
    """A small plate in the upper right corner, where captions and faces never are."""
    font = _font(size)
    width, height = font.getlength(LABEL) + size * 1.2, size * 1.7
    left, top = canvas.width - width - size, size
    plate = Image.new("L", (round(width), round(height)))
    ImageDraw.Draw(plate).rounded_rectangle((0, 0, plate.width - 1, plate.height - 1), size * 0.4, fill=150)
    cover(canvas, INK, (round(left), round(top)), plate)
    ImageDraw.Draw(canvas.image).text(
        (left + width / 2, top + height / 2), LABEL, font=font, fill=(255, 255, 255), anchor="mm"
    )


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """The text in lines that fit, at most so many of them; "..." stands for what is cut off."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        elif len(lines) == most:
            return [*lines[:-1], _shortened(f"{lines[-1]} ...", font, width)]
        else:
            lines.append(word)
    return [_shortened(line, font, width) for line in lines]


def printable(text: str, font: ImageFont.FreeTypeFont) -> str:
    """The text with what the font lacks replaced: by its like, by its base letter, or by a dot."""
    # A font draws the same box for everything that it lacks.
    box = _drawn(font, NO_CHARACTER)
    lacking = {character for character in set(text) if _drawn(font, character) == box or not character.isprintable()}
    return "".join(_like(character, lacking) if character in lacking else character for character in text)


def _like(character: str, lacking: set[str]) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character)[0] in "MC":
        return ""
    like = REPLACEMENTS.get(character, unicodedata.normalize("NFKD", character)[0])
    return UNDRAWABLE if like in lacking or not like.isascii() else like


def _drawn(font: ImageFont.FreeTypeFont, character: str) -> bytes:
    return bytes(font.getmask(character))


def _font(size: int) -> ImageFont.FreeTypeFont:
    return cast("ImageFont.FreeTypeFont", ImageFont.load_default(size))


def _shortened(line: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if font.getlength(line) <= width:
        return line
    kept = line.removesuffix(" ...")
    lengths = range(len(kept) + 1)
    too_long = bisect_right(lengths, width, key=lambda length: font.getlength(f"{kept[:length]}..."))
    return f"{kept[: max(0, too_long - 1)].rstrip()}..."
