"""References between actions: who needs what, and whether it is there, of the right kind, and not in a circle."""

from __future__ import annotations

import graphlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assetgen.dsl.actions import TYPES
from assetgen.dsl.remarks import Owner, Remark, quoted, sentence, with_article, word
from assetgen.dsl.suggestions import Suggestions
from assetgen.dsl.trees import Path, Value

_KINDS = {"image_id": "asset_image", "subtitle_id": "asset_subtitle", "cutscene_id": "asset_cutscene"}
_FIELDS = {"play_cutscene": ("cutscene_id",), "show_modal": ("image_id", "subtitle_id")}


@dataclass(frozen=True, slots=True)
class Reference:
    """One use of another action's id. `type` is the type that it must have."""

    owner: Owner
    field: Path
    id: str
    type: str


def references(owner: Owner, value: dict[str, Value]) -> Iterator[Reference]:
    """Every reference of one action that can be read, whatever else is wrong with the action."""
    for name in _FIELDS.get(owner.type or "", ()):
        yield from _reference(owner, value, (name,))
    shots = value.get("shots")
    if owner.type == "asset_cutscene" and isinstance(shots, list):
        for number, shot in enumerate(shots):
            if isinstance(shot, dict):
                yield from _reference(owner, shot, ("shots", number, "image_id"))
                yield from _reference(owner, shot, ("shots", number, "subtitle_id"))


def check_references(used: Iterable[Reference], ids: Mapping[str, Owner], complete: bool) -> Iterator[Remark]:
    """What is wrong with references.

    Args:
        ids: Every action that has an id, by its id.
        complete: Whether all inputs could be read; if not, an unknown id may be defined in what could not.
    """
    by_type = _by_type(ids)
    suggestions = Suggestions()
    for reference in used:
        target = ids.get(reference.id)
        if target is None and complete:
            near = suggestions.nearest(reference.id, by_type.get(reference.type, ()))
            yield _unknown(reference, near)
        elif target is not None and target.type in TYPES and target.type != reference.type:
            yield _wrong_kind(reference, target)


def cycle(needs: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """The ids of one circle in a mapping of id to needed ids, the first one again at the end; None if there is none."""
    inner = {name: [needed for needed in wanted if needed in needs] for name, wanted in needs.items()}
    try:
        graphlib.TopologicalSorter({name: wanted for name, wanted in inner.items() if wanted}).prepare()
    except graphlib.CycleError as error:
        return tuple(reversed(error.args[1]))
    return None


def check_cycles(used: Iterable[Reference], ids: Mapping[str, Owner]) -> Iterator[Remark]:
    """Assets that need themselves. References of the wrong kind are a problem of their own."""
    needs: dict[str, list[str]] = {}
    for reference in used:
        target, owner = ids.get(reference.id), reference.owner
        if owner.id and (owner.type or "").startswith("asset_") and target and target.type == reference.type:
            needs.setdefault(owner.id, []).append(reference.id)
    circle = cycle(needs)
    if circle:
        owner = ids[circle[0]]
        message = f"{sentence(owner.named())} needs itself: {' → '.join(map(quoted, circle))}"
        yield Remark(owner, "circular_dependency", message, ("id",), "remove one of these references")


def _reference(owner: Owner, holder: dict[str, Value], field: Path) -> Iterator[Reference]:
    name = str(field[-1])
    identifier = holder.get(name)
    if isinstance(identifier, str):
        yield Reference(owner, field, identifier, _KINDS[name])


def _by_type(ids: Mapping[str, Owner]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for identifier, owner in ids.items():
        found.setdefault(owner.type or "", []).append(identifier)
    return found


def _unknown(reference: Reference, near: str | None) -> Remark:
    message = f"Unknown {word(reference.type)} {quoted(reference.id)} in {reference.owner.named(reference.field)}"
    message += f". Did you mean {quoted(near)}?" if near else ""
    advice = f"use the id of an `{reference.type}` of this set, or add one with this id"
    return Remark(reference.owner, "unknown_reference", message, reference.field, advice)


def _wrong_kind(reference: Reference, target: Owner) -> Remark:
    found, wanted = with_article(target.type or "action"), with_article(reference.type)
    message = f"{quoted(reference.id)} in {reference.owner.named(reference.field)} is {found}, not {wanted}"
    advice = f"`{reference.field[-1]}` takes the id of an `{reference.type}`"
    return Remark(reference.owner, "wrong_reference_kind", message, reference.field, advice, f"not {wanted}")
