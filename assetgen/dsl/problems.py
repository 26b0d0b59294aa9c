"""A problem of an actions file: what is wrong, where exactly, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.core.validation import Severity

LISTED = 1_000
"""How many problems are kept; further ones are only counted."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A second place that explains the first. Line and column count from 1, `width` in characters of `text`."""

    file: str
    line: int
    column: int
    width: int
    note: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem in its place.

    Attributes:
        code: A stable word such as `unknown_reference`.
        message: One sentence without the advice, but for references, whose sentence ends with the nearest id.
        line: Counted from 1, as is `column`; both are 1 where there is no text to point at.
        action_index: Index of the top-level action within the whole set, from 0.
        help: What to write instead; may be empty.
        lines: The excerpt: line numbers and texts, in order; empty where there is no text.
        width: Length of the caret, in characters of the source.
        note: What stands beside the caret; may be empty.
        related: A second place, such as the first use of an id.
    """

    code: str
    message: str
    severity: Severity
    file: str
    line: int = 1
    column: int = 1
    action_index: int | None = None
    action_id: str | None = None
    help: str = ""
    lines: tuple[tuple[int, str], ...] = ()
    width: int = 1
    note: str = ""
    related: Mark | None = None
