"""What can be heard in a sound, measured."""

from __future__ import annotations

import math
import operator
from array import array
from dataclasses import dataclass

from assetgen.media.problems import MediaError
from assetgen.media.waves import Sound

FULL_SCALE = 32768
WINDOW = 0.01
INAUDIBLE = -55.0
QUICKEST = 0.02
SLOWEST = 1.0
EDGES = 1.0
"""Seconds of quiet around the words that say nothing about their pace."""
ABSURD = 10


@dataclass(frozen=True, slots=True)
class Level:
    """Loudness in dBFS: 0 is the loudest that there is, silence is minus infinity."""

    peak: float
    rms: float


def level(sound: Sound) -> Level:
    """How loud a sound is at its loudest, and on the whole."""
    values = sound.values()
    power = sum(map(operator.mul, values, values)) / len(values) if values else 0.0
    return Level(_decibels(_peak(values)), _decibels(math.sqrt(power)))


def silences(sound: Sound, threshold: float = -45.0, shortest: float = 0.12) -> list[tuple[float, float]]:
    """Start and end, in seconds, of every stretch below `threshold` dBFS that lasts for `shortest` seconds or more."""
    values = sound.values()
    step = max(1, round(sound.rate * WINDOW))
    limit = FULL_SCALE * 10 ** (threshold / 20)
    found: list[tuple[float, float]] = []
    start: int | None = None
    for offset in range(0, len(values) + step, step):
        window = values[offset : offset + step]
        if window and _peak(window) < limit:
            start = offset if start is None else start
        elif start is not None:
            found.append((start / sound.rate, min(offset, len(values)) / sound.rate))
            start = None
    return [(begin, end) for begin, end in found if end - begin >= shortest]


def check_speech(sound: Sound, text: str) -> str | None:
    """Whether a sound can be this text, spoken. Returns a warning where its pace is implausible.

    Raises:
        MediaError: It is silent, or ten times longer than the slowest speaker would need.
    """
    characters = max(1, len("".join(text.split())))
    slowest = characters * SLOWEST + EDGES
    if sound.duration > slowest * ABSURD:
        raise MediaError(f"The sound is far too long for its text: {sound.duration:.1f} s, {characters} characters.")
    if _decibels(_peak(sound.values())) < INAUDIBLE:
        raise MediaError("The sound is silent.")
    if characters * QUICKEST <= sound.duration <= slowest:
        return None
    manner = "slow" if sound.duration > slowest else "fast"
    return f"The narration is implausibly {manner}: {sound.duration:.1f} s for {characters} characters."


def _peak(values: array[int]) -> int:
    bounds = (max(values), -min(values)) if values else (0,)
    return max(bounds)


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(amplitude / FULL_SCALE) if amplitude else -math.inf
