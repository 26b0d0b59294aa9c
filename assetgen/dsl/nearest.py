"""Did you mean: the nearest known word, found within a bound of work."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

COMPARISONS = 100_000
"""How many words are compared in all, so that ten thousand wrong ids in a set of ten thousand stay quick."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like another one, if any is like it."""
    close = difflib.get_close_matches(word[:200], known, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The advice, or nothing."""
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found else ""


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
