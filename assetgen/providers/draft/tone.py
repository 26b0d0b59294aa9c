"""A hum in place of a voice: as long as the text takes to say, a soft swell for every word."""

from __future__ import annotations

import math
import re
from array import array

from assetgen.media.sounds import Sound

RATE = 22050
"""Samples a second, as eSpeak NG has it, so that a hum can be joined to its speech."""
LOUDNESS = 2600
NOTES = (0, 3, 5, 7, 5, 3)
"""Semitones above the lowest note, word after word: a phrase, not an alarm."""
LOWEST = 147.0
NORMAL_RATE = 175
PAUSES = {",": 0.15, ";": 0.2, ":": 0.2, ".": 0.35, "!": 0.35, "?": 0.35, "…": 0.4}
SHORTEST = 0.4


def hum(text: str, rate: int, pitch: int) -> Sound:
    """A sound for `text` at `rate` words a minute; `pitch` from 0 to 100 is an octave down to an octave up."""
    words = re.findall(r"\S+", text) or ["…"]
    pace = NORMAL_RATE / rate
    samples: array[int] = array("h")
    for index, word in enumerate(words):
        note = NOTES[index % len(NOTES)] + (pitch - 50) * 12 / 50
        samples.extend(_swell(LOWEST * 2 ** (note / 12), _seconds(word) * pace))
        samples.extend(_silence(PAUSES.get(word[-1], 0.03) * pace))
    return Sound(samples.tobytes(), RATE)


def _seconds(word: str) -> float:
    letters = sum(map(str.isalnum, word))
    return max(0.06 * letters + 0.05, 0.12) if letters else SHORTEST


def _swell(frequency: float, seconds: float) -> array[int]:
    """One note that comes and goes like a breath, with a faint octave above it."""
    count = round(seconds * RATE)
    turn = 2 * math.pi * frequency / RATE
    return array("h", (round(_height(step * turn) * math.sin(math.pi * step / count) ** 2) for step in range(count)))


def _height(angle: float) -> float:
    return LOUDNESS * (0.85 * math.sin(angle) + 0.15 * math.sin(2 * angle))


def _silence(seconds: float) -> array[int]:
    return array("h", bytes(2 * round(seconds * RATE)))
