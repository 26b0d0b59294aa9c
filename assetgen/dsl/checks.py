"""What one action must keep beyond its model's fields: ids, paths, limits, names of models, words that are not blank.

Everything is read from what was written: an action whose model refuses one field is still checked in the others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assetgen.core.nearest import did_you_mean
from assetgen.core.validation import Severity
from assetgen.dsl import identifiers
from assetgen.dsl.actions import ANIMATION_ALIASES, PATH_PATTERN
from assetgen.dsl.remarks import Owner, Remark, sentence, shortened
from assetgen.dsl.scalars import Unclear
from assetgen.dsl.shapes import unclear
from assetgen.dsl.suggestions import listed
from assetgen.dsl.trees import Path, Value

Fields = dict[str, Value]

_PATH = re.compile(PATH_PATTERN.removesuffix("$") + r"\Z", re.ASCII)
_RAISED = "it can be raised in `limits_of_input` of assetgen.yaml"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration says about actions: the names of models, and limits; lengths in characters and seconds."""

    image_models: tuple[str, ...]
    speech_models: tuple[str, ...]
    prompt_characters: int = 4000
    shot_seconds: float = 60.0
    cutscene_shots: int = 50
    cutscene_seconds: float = 300.0


def check(owner: Owner, fields: Fields, rules: Rules) -> Iterator[Remark]:
    """All remarks about one action; those inside of it have their own turn."""
    if owner.id is not None:
        yield from _id(owner, owner.id)
    match owner.type:
        case "asset_image":
            yield from _image(owner, fields, rules)
        case "asset_subtitle":
            yield from _blank(owner, fields, "text")
            yield from _model(owner, fields, rules.speech_models)
        case "asset_cutscene":
            yield from _cutscene(owner, fields, rules)
        case "when_then":
            yield from _path(owner, fields, "condition", "invalid_condition")
        case "add_feature":
            yield from _path(owner, fields, "target", "invalid_target")
            yield from _data(owner, fields.get("feature_data"))
        case "remove_feature":
            yield from _path(owner, fields, "target", "invalid_target")


def _id(owner: Owner, identifier: str) -> Iterator[Remark]:
    if not identifier:
        yield Remark(owner, "invalid_id", f"The id of {owner.named()} is empty", ("id",), "give it a name")
    elif (too_long := identifiers.length_fault(identifier)) is not None:
        yield Remark(owner, "limit", f"The id of {owner.named()} {too_long}", ("id",), "shorten it")
    elif (owner.type or "").startswith("asset_") and (fault := identifiers.fault(identifier)) is not None:
        advice = "ids of assets become file names: letters, digits, `_`, `-`, `.`, spaces inside, and `/` for folders"
        yield Remark(owner, "invalid_id", f"The id of {owner.named()} {fault}", ("id",), advice)


def _image(owner: Owner, fields: Fields, rules: Rules) -> Iterator[Remark]:
    yield from _blank(owner, fields, "prompt")
    yield from _model(owner, fields, rules.image_models)
    prompt, most = fields.get("prompt"), rules.prompt_characters
    if isinstance(prompt, str) and len(prompt) > most:
        message = f"The prompt of {owner.named()} has {len(prompt):,} characters; the most is {most:,}"
        yield Remark(owner, "limit", message, ("prompt",), f"shorten it; {_RAISED} (`prompt_characters`)")


def _blank(owner: Owner, fields: Fields, name: str) -> Iterator[Remark]:
    text = fields.get(name)
    if isinstance(text, str) and not text.strip():
        yield Remark(owner, "schema", f"The {name} of {owner.named()} is blank", (name,), "write what it is to be")


def _model(owner: Owner, fields: Fields, known: tuple[str, ...]) -> Iterator[Remark]:
    model = fields.get("model")
    if isinstance(model, str) and model not in known:
        message = f"Unknown model `{shortened(model)}` in {owner.named()}"
        advice = did_you_mean(model, known)
        yield Remark(owner, "schema", message, ("model",), advice, f"expected {listed(known, 'or')}" if known else "")


def _path(owner: Owner, fields: Fields, name: str, code: str) -> Iterator[Remark]:
    path = fields.get(name)
    if isinstance(path, str) and not _PATH.match(path):
        message = f"`{shortened(path)}` is not a dotted path, in {owner.named()}"
        advice = "join identifiers by single dots: `player.has_key`"
        yield Remark(owner, code, message, (name,), advice, "letters, digits and `_`; no digit first")


def _cutscene(owner: Owner, fields: Fields, rules: Rules) -> Iterator[Remark]:
    shots = fields.get("shots")
    if not isinstance(shots, list):
        return
    if len(shots) > rules.cutscene_shots:
        message = f"{sentence(owner.named())} has {len(shots):,} shots; the most is {rules.cutscene_shots}"
        yield Remark(owner, "limit", message, ("shots",), f"split it; {_RAISED} (`cutscene_shots`)")
    for number, shot in enumerate(shots):
        if isinstance(shot, dict):
            yield from _shot(owner, shot, ("shots", number), rules)
    yield from _length(owner, shots, rules)


def _shot(owner: Owner, shot: Fields, field: Path, rules: Rules) -> Iterator[Remark]:
    animation, duration = shot.get("animation"), _seconds(shot)
    if duration > rules.shot_seconds:
        message = f"A shot of {duration:g} s in {owner.named(field)}; the most is {rules.shot_seconds:g} s"
        yield Remark(owner, "limit", message, (*field, "duration"), f"shorten it; {_RAISED} (`shot_seconds`)")
    if isinstance(animation, str) and animation in ANIMATION_ALIASES:
        current = ANIMATION_ALIASES[animation]
        message = f"`{animation}` is an old word for `{current}`, in {owner.named(field)}"
        place = (*field, "animation")
        yield Remark(owner, "alias", message, place, f"write `{current}`", severity=Severity.WARNING)


def _length(owner: Owner, shots: list[Value], rules: Rules) -> Iterator[Remark]:
    total = math.fsum(_seconds(shot) for shot in shots if isinstance(shot, dict))
    if total > rules.cutscene_seconds:
        message = f"{sentence(owner.named())} takes {total:g} s; the most is {rules.cutscene_seconds:g} s"
        yield Remark(owner, "limit", message, ("shots",), f"shorten or split it; {_RAISED} (`cutscene_seconds`)")


def _seconds(shot: Fields) -> float:
    duration = shot.get("duration")
    return duration if isinstance(duration, int | float) and duration > 0 else 0.0


def _data(owner: Owner, data: Value) -> Iterator[Remark]:
    """Free data may hold anything that is clear."""
    waiting: list[tuple[Path, Value]] = [(("feature_data",), data)]
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, Unclear) and len(field) > 1:
            yield unclear(owner, field, value, "anything clear")
        elif isinstance(value, dict):
            waiting += [((*field, key), inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*field, index), inner) for index, inner in enumerate(value)]
