"""Sounds: everything that is done with them, under one name."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from assetgen.media.listening import Level, check_speech, level, silences
from assetgen.media.mp3 import encode_mp3, mp3_duration
from assetgen.media.problems import MediaError
from assetgen.media.waves import Sound, read_pcm, read_wav, write_wav

__all__ = [
    "Level",
    "Sound",
    "check_speech",
    "encode_mp3",
    "join",
    "level",
    "mp3_duration",
    "read_pcm",
    "read_wav",
    "silences",
    "write_wav",
]

FADE = 0.003
"""Seconds: long enough to hide a step at a joint, too short to be heard."""


def join(sounds: Sequence[Sound]) -> Sound:
    """One sound after the other, with nothing between them.

    Raises:
        MediaError: There are none, or their rates differ.
    """
    rates = {sound.rate for sound in sounds}
    if len(rates) != 1:
        raise MediaError(f"Sounds of one rate can be joined, not of {sorted(rates)}.")
    last = len(sounds) - 1
    parts = [_faded(sound, first=index > 0, final=index < last) for index, sound in enumerate(sounds)]
    return Sound(b"".join(parts), rates.pop())


def _faded(sound: Sound, *, first: bool, final: bool) -> bytes:
    """The samples, rising from nothing at a joint before them and falling to nothing at one after them."""
    values = sound.values()
    length = min(round(FADE * sound.rate), len(values) // 2)
    if first:
        _ramp(values, range(length))
    if final:
        _ramp(values, range(len(values) - 1, len(values) - 1 - length, -1))
    return values.tobytes()


def _ramp(values: array[int], positions: range) -> None:
    for step, position in enumerate(positions):
        values[position] = values[position] * step // len(positions)
