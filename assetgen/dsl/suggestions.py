"""Did you mean: the nearest known word, found within a bound of work."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from assetgen.core.nearest import nearest

COMPARISONS = 100_000
"""How many words are compared in all, so that ten thousand wrong ids in a set of ten thousand stay quick."""


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words in a sentence: `a`, `b` and `c`."""
    *most, end = (f"`{word}`" for word in words)
    return f"{', '.join(most)} {last} {end}" if most else end


class Suggestions:
    """Finds the nearest of many words, again and again, until the bound is reached; then it finds none."""

    def __init__(self) -> None:
        self._left = COMPARISONS

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        self._left -= len(known)
        return nearest(word, known) if self._left >= 0 else None
