"""The way through actions that hold actions, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from assetgen.dsl.actions import Action, AddPlayerChoice, WhenThen
from assetgen.dsl.reading import Source
from assetgen.dsl.remarks import Owner
from assetgen.dsl.trees import Path, Value

DEEPEST_ACTION = 64
"""How many actions may stand inside each other, below the top-level one."""


class Written(NamedTuple):
    """An action as it was written, and how many actions it stands in."""

    owner: Owner
    value: Value
    depth: int

    @property
    def too_deep(self) -> bool:
        return self.depth > DEEPEST_ACTION


def written(source: Source, index: int, path: Path, value: Value) -> Iterator[Written]:
    """An action and all that are nested in it, outer ones first. What is too deep is named, not entered."""
    waiting: list[tuple[Path, Value, int]] = [(path, value, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        found = Written(_owner(source, index, path, value), value, depth)
        yield found
        if isinstance(value, dict) and not found.too_deep:
            nested = [((*path, *step), inner, depth + 1) for step, inner in _nested_values(value)]
            waiting += reversed(nested)


def modelled(action: Action, path: Path) -> Iterator[tuple[Path, Action]]:
    """A checked action and all that are nested in it, in the same order."""
    waiting = [(path, action)]
    while waiting:
        path, action = waiting.pop()
        yield path, action
        if isinstance(action, WhenThen):
            waiting.append(((*path, "action"), action.action))
        elif isinstance(action, AddPlayerChoice):
            reactions = [
                ((*path, "options", number, "reactions", step), reaction)
                for number, option in enumerate(action.options)
                for step, reaction in enumerate(option.reactions)
            ]
            waiting += reversed(reactions)


def _owner(source: Source, index: int, path: Path, value: Value) -> Owner:
    if not isinstance(value, dict):
        return Owner(source, index, path)
    kind, identifier = value.get("type"), value.get("id")
    return Owner(
        source,
        index,
        path,
        kind if isinstance(kind, str) else None,
        identifier if isinstance(identifier, str) else None,
    )


def _nested_values(value: dict[str, Value]) -> Iterator[tuple[Path, Value]]:
    if value.get("type") == "when_then" and "action" in value:
        yield ("action",), value["action"]
    if value.get("type") == "add_player_choice":
        for number, option in enumerate(_list(value.get("options"))):
            if isinstance(option, dict):
                for step, reaction in enumerate(_list(option.get("reactions"))):
                    yield ("options", number, "reactions", step), reaction


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
