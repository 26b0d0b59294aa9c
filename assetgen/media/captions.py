"""Captions: what is said when, as WebVTT."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from assetgen.core.offers import TextLimit
from assetgen.media.listening import silences
from assetgen.media.sentences import sentences, split
from assetgen.media.waves import Sound

LINE = 42
"""Latin characters that are read with ease in one line; wide scripts take half of it."""
BREATH = 6
"""A sentence's pause, counted in characters of speech."""
DIGIT = 4
"""What a digit takes to say, counted in letters."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption of one or two lines, shown from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


def cues(text: str, sound: Sound) -> list[Cue]:
    """One caption per sentence, a long sentence in several; each begins where the sound really pauses before it,
    if it pauses near the time that the lengths of the sentences suggest."""
    captions = [part for sentence in sentences(text) for part in split(sentence, TextLimit(_line(sentence) * 2))]
    if not captions:
        return []
    quiet = silences(sound)
    start, end = _spoken(sound.duration, quiet)
    times = _times([_length(caption) for caption in captions], start, end, [pause for _, pause in quiet])
    return [
        Cue(begin, finish, _wrapped(caption))
        for caption, (begin, finish) in zip(captions, pairwise(times), strict=True)
    ]


def webvtt(cues: Sequence[Cue], note: str = "") -> str:
    """A WebVTT file; `note` is for those who open it, not shown to viewers."""
    blocks = ["WEBVTT"]
    if note.strip():
        blocks.append("NOTE\n" + _folded(note).replace("-->", "→"))
    blocks += [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{_escaped(_folded(cue.text))}" for cue in cues]
    return "\n\n".join(blocks) + "\n"


def _line(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return LINE // 2 if wide * 2 > len(text) else LINE


def _spoken(duration: float, quiet: list[tuple[float, float]]) -> tuple[float, float]:
    """Without the silence at both ends; all of it where there is nothing else."""
    start = quiet[0][1] if quiet and quiet[0][0] == 0 else 0.0
    return (start if start < duration else 0.0), duration


def _length(caption: str) -> int:
    """How long a caption takes to say, counted in letters."""
    return len(caption) + BREATH + (DIGIT - 1) * sum(map(str.isdigit, caption))


def _times(lengths: list[int], start: float, end: float, pauses: list[float]) -> list[float]:
    """When each caption begins, and when the last one ends.

    From one beginning to the next at the pace of what is left, and from there to the nearest end of a pause that
    is less than half a caption away.
    """
    times, left = [start], sum(lengths)
    for length in lengths[:-1]:
        span = (end - times[-1]) * length / left
        times.append(_nearest(pauses, times[-1] + span, span / 2))
        left -= length
    return [*times, end]


def _nearest(pauses: list[float], time: float, reach: float) -> float:
    """The pause that is nearest to a time and within reach, else the time itself; `pauses` are in order."""
    place = bisect_left(pauses, time)
    around = [pause for pause in pauses[max(0, place - 1) : place + 1] if abs(pause - time) < reach]
    return min(around, key=lambda pause: abs(pause - time), default=time)


def _wrapped(caption: str) -> str:
    """Two lines of about the same length where one would be too long."""
    flat = " ".join(caption.split())
    if len(flat) <= _line(flat):
        return flat
    middle = len(flat) / 2
    spaces = [match.start() for match in re.finditer(" ", flat)]
    if not spaces:
        return f"{flat[: round(middle)]}\n{flat[round(middle) :]}"
    at = min(spaces, key=lambda space: abs(space - middle))
    return f"{flat[:at]}\n{flat[at + 1 :]}"


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _folded(text: str) -> str:
    """Without control characters and blank lines: one of these would end the block."""
    lines = (_printable(line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _printable(line: str) -> str:
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in line)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
