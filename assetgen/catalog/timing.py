"""The timing of a cutscene: what makes a shot too short, too long, or cut off its narration.

All of these are warnings: an author may want a breathless cut or a long silence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from assetgen.core.validation import Finding, Severity

SMALLEST_SHARE = 0.5
"""Narration under this share of its shot leaves the viewer waiting."""
SHORTEST_SHOT = 2.0
LONGEST_SHOT = 15.0
SHORTEST_AVERAGE = 3.0
LONGEST_AVERAGE = 10.0


def timing_findings(shots: Sequence[tuple[float, float | None]]) -> list[Finding]:
    """Look at each shot, then at the pace of the whole.

    Args:
        shots: For each shot its duration and that of its narration, in seconds; None where there is no narration yet.

    Returns:
        Warnings in the order of the shots. `field` counts shots from 0, the message from 1, as people do.
    """
    findings: list[Finding] = []
    for index, (duration, audio_duration) in enumerate(shots):
        findings += _length(index, duration)
        if audio_duration is not None:
            findings += _narration(index, duration, audio_duration)
    findings += _pace([duration for duration, _ in shots])
    return findings


def _length(index: int, duration: float) -> Iterator[Finding]:
    lasts = f"Shot {index + 1} lasts {_seconds(duration)}"
    if duration < SHORTEST_SHOT:
        yield _warning(
            "shot_short",
            f"{lasts}, under {_seconds(SHORTEST_SHOT)}",
            index,
            "Give it more time, or join it to a neighbour.",
        )
    if duration > LONGEST_SHOT:
        yield _warning(
            "shot_long",
            f"{lasts}, over {_seconds(LONGEST_SHOT)}",
            index,
            "Divide it into two shots with a picture each.",
        )


def _narration(index: int, duration: float, audio_duration: float) -> Iterator[Finding]:
    lasts = f"Shot {index + 1} lasts {_seconds(duration)}"
    if audio_duration > duration:
        yield _warning(
            "timing_cut",
            f"{lasts}, but its narration takes {_seconds(audio_duration)} and would be cut off",
            index,
            f"Set `duration` to {math.ceil(audio_duration * 10) / 10:g} or more, or shorten the text.",
        )
    elif audio_duration < SMALLEST_SHARE * duration:
        yield _warning(
            "timing_short",
            f"{lasts}, but its narration only {_seconds(audio_duration)}, less than half of it",
            index,
            f"Set `duration` to {math.floor(audio_duration / SMALLEST_SHARE * 10) / 10:g} or less, or say more.",
        )


def _pace(durations: Sequence[float]) -> Iterator[Finding]:
    if not durations:
        return
    average = sum(durations) / len(durations)
    lasts = f"A shot lasts {_seconds(average)} on average"
    if average < SHORTEST_AVERAGE:
        yield _warning(
            "pacing_fast", f"{lasts}, under {_seconds(SHORTEST_AVERAGE)}", None, "Use fewer shots, or longer ones."
        )
    if average > LONGEST_AVERAGE:
        yield _warning(
            "pacing_slow", f"{lasts}, over {_seconds(LONGEST_AVERAGE)}", None, "Use more shots, or shorter ones."
        )


def _warning(code: str, message: str, shot: int | None, advice: str) -> Finding:
    field = ("shots",) if shot is None else ("shots", shot, "duration")
    return Finding(code, message, field, Severity.WARNING, advice)


def _seconds(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + " s"
