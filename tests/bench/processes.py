"""Timing whole processes, in turns, so that a slow moment of the machine meets both."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

from tests.bench.report import median


def paired(one: Sequence[str], other: Sequence[str], runs: int) -> tuple[float, float]:
    """The median wall seconds of two Python command lines, after one warm-up of each."""
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(runs + 1):
        for command, kept in zip((one, other), times, strict=True):
            took = _time(command)
            if number:
                kept.append(took)
    return median(times[0]), median(times[1])


def _time(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
