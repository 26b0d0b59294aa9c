"""How narration is asked for: tones, genders, paces, and what they mean in figures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TONES = ("epic", "mysterious", "calm", "urgent", "triumphant")
GENDERS = ("neutral", "feminine", "masculine")
PACES = ("slow", "normal", "fast")

SPEED_BY_PACE: Mapping[str, float] = MappingProxyType({"slow": 0.85, "normal": 1.0, "fast": 1.2})
"""Factors on the voice's own speed. All within what every service takes (0.25 to 2)."""

PITCH_BY_TONE: Mapping[str, float] = MappingProxyType(
    {"epic": -2.0, "mysterious": -3.0, "calm": 0.0, "urgent": 1.0, "triumphant": 2.0}
)
"""Semitones from the voice's own pitch, for voices that take one. Beyond 3 or 4 a voice sounds like a machine."""


def voice_key(gender: str, tone: str) -> str:
    """The name of a gender-tone pair in every map of voices, such as `neutral-epic`."""
    return f"{gender}-{tone}"


PAIRS = tuple(voice_key(gender, tone) for gender in GENDERS for tone in TONES)
"""All 15 pairs: what every speech offer has a voice for."""
