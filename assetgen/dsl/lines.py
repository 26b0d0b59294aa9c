"""The lines of a text, and which of them a character stands on."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from functools import cached_property

_BREAK = re.compile(r"\r\n?|\n")


class Lines:
    """A text by lines. Lines and columns count from 1, offsets are in characters from 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._cut: dict[int, str] = {}

    @cached_property
    def _starts(self) -> array[int]:
        return array("Q", [0, *(match.end() for match in _BREAK.finditer(self.text))])

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of a character."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """One line without its end. Problems on one line share one string, however long it is."""
        if number not in self._cut:
            end = self._starts[number] if number < len(self._starts) else len(self.text)
            self._cut[number] = self.text[self._starts[number - 1] : end].rstrip("\r\n")
        return self._cut[number]
