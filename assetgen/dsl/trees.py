"""What the readers of YAML and JSON hand on: values, where the actions begin, and what was wrong with the text."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from assetgen.dsl.scalars import Scalar

Value = dict[str, "Value"] | list["Value"] | Scalar
"""A value as it was written. Values that YAML shares by aliases are shared here too, so nobody may change one."""

Path = tuple[str | int, ...]
"""Keys and indices from the root of a tree."""

DEEPEST = 400
"""How deep values may nest: 64 nested actions take four levels each, and the rest is for their data."""

ACTIONS = "actions"
"""The key of the list of actions, where the file is a mapping."""


class Span(NamedTuple):
    """Where something is written: offsets in characters, the end not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the text itself."""

    code: str
    message: str
    span: Span
    help: str = ""
    note: str = ""
    first: Span | None = None


class UnreadableError(Exception):
    """The text can't be read any further."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


@dataclass(slots=True)
class Tree:
    """A text that was read: its root, and the offset of every item of the list of actions.

    Attributes:
        complete: Whether no action had to be left out.
    """

    root: Value = None
    starts: array[int] = field(default_factory=lambda: array("Q"))
    faults: list[Fault] = field(default_factory=list)
    complete: bool = True


def too_deep(start: int) -> UnreadableError:
    return UnreadableError(Fault("limit", f"Values nest more than {DEEPEST} levels deep", Span(start, start + 1)))


def repeated(key: str, first: Span, second: Span) -> Fault:
    return Fault(
        "syntax",
        f"The key `{key[:60]}` stands twice in one mapping",
        second,
        "remove one of the two: which one counts would be a guess",
        "used again here",
        first,
    )
