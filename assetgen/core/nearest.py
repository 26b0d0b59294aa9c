"""The known word that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 200
"""Characters of a word that are compared; more say nothing about a slip of the finger, and take long."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like another one, if any is like it."""
    close = difflib.get_close_matches(word[:LONGEST], known, n=1, cutoff=0.6)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The advice, or nothing."""
    found = nearest(word, known)
    return f"did you mean `{found}`?" if found else ""


def advice(word: str, known: Iterable[str]) -> str:
    """What leads on in any case: the nearest known word, else all of them."""
    words = sorted(set(known))
    known_words = f"known: {', '.join(f'`{each}`' for each in words)}" if words else "none is known"
    return did_you_mean(word, words) or known_words
