"""The language as a JSON Schema (draft-07), made from the models, for editors and for whoever writes actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assetgen.dsl.actions import ACTION, ANIMATION_ALIASES
from assetgen.dsl.checks import Rules
from assetgen.dsl.trees import ACTIONS

Schema = dict[str, Any]

_ACTION_REFERENCE = {"$ref": "#/definitions/Action"}
_EXAMPLE = {ACTIONS: [{"type": "asset_image", "id": "harbour", "prompt": "A drowned harbour under a green moon"}]}


def json_schema(rules: Rules) -> Schema:
    """The schema of a set of actions. What spans several fields, such as ids and references, is beyond it."""
    generated = ACTION.json_schema(ref_template="#/definitions/{model}")
    definitions = {name: _simplified(model) for name, model in sorted(generated["$defs"].items())}
    definitions["Action"] = {"oneOf": generated["oneOf"], "description": "One action; its `type` says which."}
    for name, apply in _RULED.items():
        apply(definitions[name]["properties"], rules)
    actions = {"type": "array", "items": _ACTION_REFERENCE, "description": "The actions, in any order."}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Actions of assetgen",
        "description": "Pictures, narration and cutscenes to be generated, and the game's actions that use them.",
        "examples": [_EXAMPLE],
        "oneOf": [_envelope(actions), actions],
        "definitions": definitions,
    }


def _envelope(actions: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {ACTIONS: actions, "$schema": {"description": "Where this schema is, for editors."}},
        "required": [ACTIONS],
        "additionalProperties": False,
    }


def _simplified(part: Any) -> Any:
    """Without what draft-07 doesn't know, and without titles that only repeat a field's name."""
    if isinstance(part, list):
        return [_simplified(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "discriminator" in part:
        described = {"description": part["description"]} if "description" in part else {}
        return {"allOf": [_ACTION_REFERENCE], **described}
    return {key: _simplified(value) for key, value in part.items() if key != "title" or not isinstance(value, str)}


def _rule_image(fields: Schema, rules: Rules) -> None:
    fields["prompt"]["maxLength"] = rules.prompt_characters
    _name_models(fields["model"], rules.image_models)


def _rule_subtitle(fields: Schema, rules: Rules) -> None:
    _name_models(fields["model"], rules.speech_models)


def _rule_shot(fields: Schema, rules: Rules) -> None:
    fields["duration"]["maximum"] = rules.shot_seconds
    fields["animation"]["enum"] += list(ANIMATION_ALIASES)


def _rule_cutscene(fields: Schema, rules: Rules) -> None:
    fields["shots"]["maxItems"] = rules.cutscene_shots


def _name_models(field: Schema, names: tuple[str, ...]) -> None:
    field["anyOf"] = [{"enum": list(names)}, {"type": "null"}]


_RULED: dict[str, Callable[[Schema, Rules], None]] = {
    "AssetImage": _rule_image,
    "AssetSubtitle": _rule_subtitle,
    "CutsceneShot": _rule_shot,
    "AssetCutscene": _rule_cutscene,
}
