"""A set of actions over all files: its ids, its references, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError

from assetgen.dsl import identifiers, shapes
from assetgen.dsl.actions import ACTION, Action
from assetgen.dsl.checks import Rules, check
from assetgen.dsl.reading import Source
from assetgen.dsl.references import Reference, check_cycles, check_references, references
from assetgen.dsl.remarks import Owner, Remark, quoted
from assetgen.dsl.trees import Path, Value
from assetgen.dsl.walking import DEEPEST_ACTION, Written, modelled, written


@dataclass(frozen=True, slots=True)
class Entry:
    """One action in its place.

    Attributes:
        index: Of the top-level action that it is, or is nested in, within the whole set.
        path: From the root of its source.
    """

    action: Action
    index: int
    source: Source
    path: Path


@dataclass(slots=True)
class ActionSet:
    """What is gathered over all files before references can be checked.

    Attributes:
        size: How many top-level actions there are.
        complete: Whether everything could be read, so that it is known what is not defined.
    """

    rules: Rules
    complete: bool = True
    size: int = 0
    entries: list[Entry] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    ids: dict[str, Owner] = field(default_factory=dict)
    keys: dict[str, Owner] = field(default_factory=dict)
    foldered: list[Owner] = field(default_factory=list)
    used: list[Reference] = field(default_factory=list)

    def add_all(self, source: Source, items: list[Value]) -> None:
        """Check the actions of one input; each is let go of as soon as its model stands."""
        items.reverse()
        for position in range(len(items)):
            self.add(source, self.size, (*source.prefix, position), items.pop())
            self.size += 1

    def add(self, source: Source, index: int, path: Path, value: Value) -> None:
        """Check one top-level action with all that is nested in it."""
        found = list(written(source, index, path, value))
        if any(each.too_deep for each in found):
            self.remarks += [_too_deep(each.owner) for each in found if each.too_deep]
            self.complete = False
        else:
            self._model(found)
        for owner, fields, _ in found:
            if isinstance(fields, dict):
                self._check(owner, fields)

    def _model(self, found: list[Written]) -> None:
        outer = found[0].owner
        try:
            action = ACTION.validate_python(found[0].value)
        except ValidationError as error:
            owners = {each.owner.path: each.owner for each in found}
            self.remarks += shapes.remarks(owners, outer.path, found[0].value, error)
            return
        for path, each in modelled(action, outer.path):
            self.entries.append(Entry(each, outer.index, outer.source, path))

    def _check(self, owner: Owner, fields: dict[str, Value]) -> None:
        self.remarks += check(owner, fields, self.rules)
        self.used += references(owner, fields)
        if owner.id:
            self._register(owner, owner.id)

    def _register(self, owner: Owner, identifier: str) -> None:
        self.ids.setdefault(identifier, owner)
        first = self.keys.setdefault(identifiers.collision_key(identifier), owner)
        if first is not owner:
            self.remarks.append(_duplicate(owner, first))
        elif "/" in identifier:
            self.foldered.append(owner)

    def finish(self) -> None:
        """Check what takes the whole set."""
        for owner in self.foldered:
            other = identifiers.shared_folder(owner.id or "", self.keys)
            if other is not None:
                self.remarks.append(_shared_folder(owner, self.keys[other]))
        self.remarks += check_references(self.used, self.ids, self.complete)
        self.remarks += check_cycles(self.used, self.ids)


def _too_deep(owner: Owner) -> Remark:
    advice = "let a choice or condition lead to fewer others, and continue in another top-level action"
    return Remark(owner, "limit", f"Actions nest more than {DEEPEST_ACTION} levels deep", (), advice)


def _duplicate(owner: Owner, first: Owner) -> Remark:
    message = f"The id {quoted(owner.id or '')} is used twice"
    if owner.id != first.id:
        message = f"The ids {quoted(first.id or '')} and {quoted(owner.id or '')} differ only in case or Unicode form"
    advice = "ids name output files, so each must be unique over all files of a set"
    return Remark(owner, "duplicate_id", message, ("id",), advice, "used again here", first=(first, ("id",)))


def _shared_folder(owner: Owner, other: Owner) -> Remark:
    message = f"A folder of the id {quoted(owner.id or '')} would have the name of the file of {quoted(other.id or '')}"
    advice = "rename one of them"
    return Remark(owner, "duplicate_id", message, ("id",), advice, "a folder", first=(other, ("id",)))
