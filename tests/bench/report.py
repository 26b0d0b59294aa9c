"""Figures, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured beside its floor, in seconds, and the ratio that must not be passed."""

    what: str
    seconds: float
    floor: str
    floor_seconds: float
    most: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor_seconds

    @property
    def held(self) -> bool:
        return self.ratio <= self.most


def median(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def table(figures: Sequence[Figure]) -> str:
    """As Markdown, for a terminal and for a page."""
    rows = ["| what | time | beside | its time | ratio | at most | |", "| --- | --: | --- | --: | --: | --: | --- |"]
    for one in figures:
        verdict = "held" if one.held else "MISSED"
        times = f"{_time(one.seconds)} | {one.floor} | {_time(one.floor_seconds)}"
        rows.append(f"| {one.what} | {times} | {one.ratio:.2f} | {one.most:.2f} | {verdict} |")
    return "\n".join(rows)


def _time(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:.1f} µs"
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
