"""What the models refuse, in words: which field, what stands there, and what to write instead."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import ValidationError

from assetgen.core.nearest import did_you_mean
from assetgen.dsl.actions import TYPES, CutsceneShot, PlayerOption
from assetgen.dsl.remarks import Owner, Remark, shortened, with_article
from assetgen.dsl.scalars import Unclear
from assetgen.dsl.suggestions import listed
from assetgen.dsl.trees import Path, Value

TEXT = "text"
_PART_MODELS: dict[str, type] = {"shots": CutsceneShot, "options": PlayerOption}
_WANTED = {
    "string_type": TEXT,
    "literal_error": TEXT,
    "float_type": "a number",
    "int_type": "a whole number",
    "finite_number": "a finite number",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "dataclass_type": "a mapping",
    "model_attributes_type": "a mapping with a `type`",
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Refusal:
    """One error of the models, found again in what was written."""

    owner: Owner
    value: Value
    field: Path
    details: dict[str, Any]

    @property
    def name(self) -> str:
        named = [str(step) for step in self.field if isinstance(step, str)]
        return named[-1] if named else "action"

    @property
    def where(self) -> str:
        return self.owner.named(self.field)


def remarks(owners: dict[Path, Owner], root: Path, value: Value, error: ValidationError) -> Iterator[Remark]:
    """Say what the models refuse in one top-level action.

    Args:
        owners: Every action in it, by its path.
        root: The path of the top-level action itself.
    """
    for details in error.errors(include_url=False, include_context=True, include_input=False):
        refusal = _found(owners, root, value, dict(details))
        if not _is_echo(refusal):
            yield _SAYINGS.get(details["type"], _other)(refusal)


def _found(owners: dict[Path, Owner], root: Path, value: Value, details: dict[str, Any]) -> _Refusal:
    """Follow an error's location, which names the type of each action on the way beside the keys and indices."""
    path, owner, named = root, owners[root], False
    for step in details["loc"]:
        if not named and path == owner.path and owner.type == step:
            named = True
            continue
        path = (*path, step)
        value = _step(value, step)
        if path in owners:
            owner, named = owners[path], False
    return _Refusal(owner, value, path[len(owner.path) :], details)


def _step(value: Value, step: str | int) -> Value:
    if isinstance(value, dict):
        return value.get(str(step))
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _is_echo(refusal: _Refusal) -> bool:
    """A list of refused items counts as too short, although it is not."""
    return refusal.details["type"] == "too_short" and bool(refusal.value)


def _missing(refusal: _Refusal) -> Remark:
    model = _model(refusal)
    field = refusal.field[:-1] or ("type",)
    needed = [name for name, required in _fields(model).items() if required]
    message = f"`{refusal.name}` is missing in {refusal.where}"
    return Remark(refusal.owner, "schema", message, field, f"{_called(refusal)} needs {listed(needed)}")


def _unknown(refusal: _Refusal) -> Remark:
    known = list(_fields(_model(refusal)))
    advice = did_you_mean(refusal.name, known) or f"{_called(refusal)} has the fields {listed(known)}"
    message = f"Unknown field `{shortened(refusal.name)}` in {refusal.where}"
    return Remark(refusal.owner, "schema", message, refusal.field, advice, on_key=True)


def _no_type(refusal: _Refusal) -> Remark:
    return Remark(
        refusal.owner, "schema", "`type` is missing in an action", refusal.field, f"types are {listed(TYPES)}"
    )


def _unknown_type(refusal: _Refusal) -> Remark:
    field = (*refusal.field, "type")
    written = refusal.value.get("type") if isinstance(refusal.value, dict) else None
    if not isinstance(written, str):
        return _wrong_type(dataclasses.replace(refusal, field=field, value=written, details={"type": "literal_error"}))
    advice = did_you_mean(written, TYPES) or f"types are {listed(TYPES)}"
    return Remark(refusal.owner, "schema", f"`{shortened(written)}` is not a type of action", field, advice)


def _not_a_choice(refusal: _Refusal) -> Remark:
    words = [part.strip("' ") for part in refusal.details["ctx"]["expected"].replace(" or ", ",").split(",")]
    written = refusal.value if isinstance(refusal.value, str) else _source_text(refusal)
    if not isinstance(refusal.value, str | int | float) or (refusal.value != written and written in {"", *words}):
        return _wrong_type(refusal)
    message = f"`{shortened(written)}` is not a known `{refusal.name}`, in {refusal.where}"
    advice = did_you_mean(written, words)
    return Remark(refusal.owner, "schema", message, refusal.field, advice, f"expected {listed(words, 'or')}")


def _not_a_size(refusal: _Refusal) -> Remark:
    message = f"`{refusal.name}` must be WIDTHxHEIGHT in pixels, in {refusal.where}"
    return Remark(refusal.owner, "schema", message, refusal.field, "write it like `1024x768`")


def _not_positive(refusal: _Refusal) -> Remark:
    message = f"`{refusal.name}` must be greater than 0, in {refusal.where}"
    return Remark(refusal.owner, "schema", message, refusal.field, "write a number of seconds, such as `5.5`")


def _empty(refusal: _Refusal) -> Remark:
    one = {"shots": "one shot", "options": "one option"}.get(refusal.name, "one item")
    message = f"`{refusal.name}` is empty in {refusal.owner.named()}"
    return Remark(refusal.owner, "schema", message, refusal.field, f"add at least {one}")


def _wrong_type(refusal: _Refusal) -> Remark:
    wanted = _WANTED[refusal.details["type"]]
    if refusal.name == "size" and isinstance(refusal.value, int | float) and not isinstance(refusal.value, bool):
        return _not_a_size(refusal)
    if isinstance(refusal.value, Unclear):
        return unclear(refusal.owner, refusal.field, refusal.value, wanted)
    place = f" in {refusal.where}" if refusal.field else ""
    message = f"{_subject(refusal)} must be {wanted}{place}, {_written(refusal)}"
    return Remark(refusal.owner, "schema", message, refusal.field, _advice(refusal, wanted))


def _other(refusal: _Refusal) -> Remark:
    message = f"`{refusal.name}` can't be taken in {refusal.where}"
    return Remark(refusal.owner, "schema", message, refusal.field, str(refusal.details["msg"]))


def unclear(owner: Owner, field: Path, value: Unclear, wanted: str) -> Remark:
    """A value that no field takes as it stands."""
    text = shortened(value.text)
    quotes, plain = f'put it in quotes: `"{text}"`', "write a plain decimal number"
    advice = value.advice or (quotes if wanted == TEXT else plain if "number" in wanted else f"{plain}, or {quotes}")
    return Remark(owner, "schema", f"`{text}` is {value.reading}, in {owner.named(field)}", field, advice)


def _subject(refusal: _Refusal) -> str:
    if not refusal.field:
        return "An action"
    return f"`{refusal.name}`" if isinstance(refusal.field[-1], str) else f"An item of `{refusal.name}`"


def _written(refusal: _Refusal) -> str:
    """What stands there instead; YAML's words for true, false and nothing are named, since they look like text."""
    kind = _kind(refusal.value)
    written = _source_text(refusal)
    is_word = refusal.value is None or isinstance(refusal.value, bool)
    return f"and `{written}` is read as {kind}" if is_word and written not in {"", kind} else f"not {kind}"


def _kind(value: Value) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
    return "a mapping"


def _advice(refusal: _Refusal, wanted: str) -> str:
    written = _source_text(refusal)
    if wanted == TEXT and written and isinstance(refusal.value, bool | int | float):
        return f'put it in quotes: `"{written}"`'
    if "number" in wanted and isinstance(refusal.value, str):
        return "write the number without quotes, such as `5`"
    return ""


def _source_text(refusal: _Refusal) -> str:
    return shortened(refusal.owner.source.written((*refusal.owner.path, *refusal.field)).strip())


def _model(refusal: _Refusal) -> type:
    part = refusal.field[0] if len(refusal.field) == 3 else None
    return _PART_MODELS.get(str(part)) or TYPES[refusal.owner.type or ""]


def _called(refusal: _Refusal) -> str:
    names: dict[type, str] = {CutsceneShot: "a shot", PlayerOption: "an option"}
    return names.get(_model(refusal)) or with_article(refusal.owner.type or "")


def _fields(model: type) -> dict[str, bool]:
    """The fields of a model, and whether each is required."""
    return {field.name: field.default is dataclasses.MISSING for field in dataclasses.fields(model)}


_SAYINGS: dict[str, Callable[[_Refusal], Remark]] = {
    **dict.fromkeys(_WANTED, _wrong_type),
    "missing": _missing,
    "unexpected_keyword_argument": _unknown,
    "union_tag_not_found": _no_type,
    "union_tag_invalid": _unknown_type,
    "literal_error": _not_a_choice,
    "string_pattern_mismatch": _not_a_size,
    "greater_than": _not_positive,
    "too_short": _empty,
}
