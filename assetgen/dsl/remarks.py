"""What is to be said about an action before anybody knows the line: the action, the field, and the words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from assetgen.core.validation import Severity
from assetgen.dsl.problems import Mark, Problem
from assetgen.dsl.reading import Source, problem_at
from assetgen.dsl.trees import Path

WORDS = {
    "asset_image": "image",
    "asset_subtitle": "subtitle",
    "asset_cutscene": "cutscene",
    "add_player_choice": "choice",
}
"""How messages call the types whose own name isn't the plainest word."""

_PARTS = {"shots": "shot", "options": "option"}
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Owner:
    """One action as it was written, without its fields: where it stands, and what it calls itself.

    Attributes:
        index: Of the top-level action that it is, or is part of, within the whole set.
        type: None where it can't be read, as with `id`.
    """

    source: Source
    index: int
    path: Path
    type: str | None = None
    id: str | None = None

    def named(self, field: Path = ()) -> str:
        """How messages call it: `cutscene 'intro' (shot 1)`, or `an image` where it has no id."""
        kind = self.type or "action"
        name = f"{word(kind)} {quoted(self.id)}" if self.id else with_article(kind)
        return f"{name}{_part(field)}"


@dataclass(frozen=True, slots=True)
class Remark:
    """One problem of one action. `first` is another place which explains it: an owner and one of its fields."""

    owner: Owner
    code: str
    message: str
    field: Path = ()
    help: str = ""
    note: str = ""
    severity: Severity = Severity.ERROR
    on_key: bool = False
    first: tuple[Owner, Path] | None = None


def word(type_name: str) -> str:
    """How messages call a type."""
    return WORDS.get(type_name, shortened(type_name))


def with_article(type_name: str) -> str:
    called = word(type_name)
    return f"an {called}" if called[:1] in "aeiou" else f"a {called}"


def sentence(text: str) -> str:
    """A text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def quoted(text: str) -> str:
    """A user's word in a message; long ones are cut."""
    return f"'{shortened(text)}'"


def shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def placed(remark: Remark) -> Problem:
    """The remark as a problem, with its line."""
    owner, source = remark.owner, remark.owner.source
    return problem_at(
        source,
        source.span((*owner.path, *remark.field), remark.on_key),
        remark.code,
        remark.message,
        severity=remark.severity,
        index=owner.index,
        action_id=owner.id,
        help=remark.help,
        note=remark.note,
        related=None if remark.first is None else _first(*remark.first),
    )


def _first(owner: Owner, field: Path) -> Mark:
    return owner.source.mark(owner.source.span((*owner.path, *field)), "first used here")


def _part(field: Path) -> str:
    for name, index in pairwise(field):
        if name in _PARTS and isinstance(index, int):
            return f" ({_PARTS[str(name)]} {index + 1})"
    return ""
