"""The known word that somebody may have meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def advice(word: str, known: Iterable[str]) -> str:
    """One sentence that leads on: the nearest known word, else all of them."""
    words = sorted(set(known))
    close = difflib.get_close_matches(word, words, n=1)
    if close:
        return f"Did you mean `{close[0]}`?"
    return f"Known: {', '.join(f'`{each}`' for each in words)}." if words else "None is known."
