"""The ten types of action, one model each: which fields there are, and what may stand in them.

What depends on the whole set or on configuration (ids, references, names of models, limits) is checked elsewhere.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, JsonValue, SkipValidation, TypeAdapter
from pydantic.dataclasses import dataclass, rebuild_dataclass

from assetgen.core.actions import SIZE_PATTERN

ANIMATION_ALIASES = {"static": "none", "zoom_in": "slow_zoom", "fade_in": "fade"}
"""Words of older writers, and what they mean."""

PATH_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"
NOT_BLANK = {"pattern": r"\S"}
LONGEST_ID = 128


def _current_name(animation: object) -> object:
    return ANIMATION_ALIASES.get(animation, animation) if isinstance(animation, str) else animation


Text = Annotated[str, Field(strict=True)]
Id = Annotated[Text, Field(json_schema_extra={"minLength": 1, "maxLength": LONGEST_ID})]
Size = Annotated[str, Field(strict=True, pattern=SIZE_PATTERN)]
Model = Text
Animation = Annotated[
    Literal["none", "slow_zoom", "pan_left", "pan_right", "fade"],
    BeforeValidator(_current_name),
]
DottedPath = Annotated[Text, Field(json_schema_extra={"pattern": PATH_PATTERN})]
Seconds = Annotated[float, Field(strict=True, gt=0)]
Data = dict[Text, SkipValidation[JsonValue]]

_model = dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))


@_model
class Reason:
    """A note of the author; never executed."""

    type: Literal["reason"]
    ephemeral_reasoning: Annotated[Text, Field(description="The note.")]
    id: Annotated[Id | None, Field(description="May be left out.")] = None


@_model
class AssetImage:
    """Generates one picture."""

    type: Literal["asset_image"]
    id: Annotated[Id, Field(description="Names the picture and its file; `/` makes folders.", examples=["harbour"])]
    prompt: Annotated[Text, Field(description="What the picture shows.", json_schema_extra=NOT_BLANK)]
    size: Annotated[
        Size | None,
        Field(description="WIDTHxHEIGHT in pixels; the configuration fills it in.", examples=["1024x768", "768x1024"]),
    ] = None
    model: Annotated[Model | None, Field(description="The name of a model; the configuration fills it in.")] = None
    seed: Annotated[int | None, Field(strict=True, description="Where the service has seeds.")] = None
    negative_prompt: Annotated[Text | None, Field(description="What to avoid, where the service can.")] = None


@_model
class AssetSubtitle:
    """Generates the narration of a text."""

    type: Literal["asset_subtitle"]
    id: Annotated[Id, Field(description="Names the narration and its file; `/` makes folders.", examples=["line_1"])]
    text: Annotated[Text, Field(description="What is spoken.", json_schema_extra=NOT_BLANK)]
    voice_tone: Annotated[
        Literal["epic", "mysterious", "calm", "urgent", "triumphant"] | None,
        Field(description="The configuration fills it in."),
    ] = None
    voice_gender: Annotated[
        Literal["neutral", "feminine", "masculine"] | None, Field(description="The configuration fills it in.")
    ] = None
    voice_pace: Annotated[
        Literal["slow", "normal", "fast"] | None, Field(description="The configuration fills it in.")
    ] = None
    model: Annotated[Model | None, Field(description="The name of a model; the configuration fills it in.")] = None


@_model
class CutsceneShot:
    """One picture, shown while one narration is heard."""

    image_id: Annotated[Id, Field(description="The id of an `asset_image`.")]
    subtitle_id: Annotated[Id, Field(description="The id of an `asset_subtitle`.")]
    duration: Annotated[Seconds, Field(description="Seconds.", examples=[5.5])]
    animation: Annotated[Animation, Field(description="How the picture moves.")]


@_model
class AssetCutscene:
    """Puts pictures and narration in order."""

    type: Literal["asset_cutscene"]
    id: Annotated[Id, Field(description="Names the cutscene and its file; `/` makes folders.", examples=["intro"])]
    shots: Annotated[tuple[CutsceneShot, ...], Field(min_length=1)]


@_model
class PlayCutscene:
    """The game plays a cutscene."""

    type: Literal["play_cutscene"]
    cutscene_id: Annotated[Id, Field(description="The id of an `asset_cutscene`.")]


@_model
class ShowModal:
    """The game shows a text, with a picture and a narration if it likes."""

    type: Literal["show_modal"]
    title: Text
    content: Text
    image_id: Annotated[Id | None, Field(description="The id of an `asset_image`, or null.")] = None
    subtitle_id: Annotated[Id | None, Field(description="The id of an `asset_subtitle`, or null.")] = None


@_model
class AddFeature:
    """The game gains a feature."""

    type: Literal["add_feature"]
    feature_type: Text
    feature_data: Annotated[Data, Field(description="Anything that the game understands.")]
    target: Annotated[DottedPath, Field(description="A dotted path.", examples=["world.harbour"])]


@_model
class RemoveFeature:
    """The game loses a feature."""

    type: Literal["remove_feature"]
    feature_type: Text
    target: Annotated[DottedPath, Field(description="A dotted path.", examples=["world.harbour"])]


@_model
class WhenThen:
    """The game does something if a condition holds."""

    type: Literal["when_then"]
    condition: Annotated[DottedPath, Field(description="A dotted path.", examples=["player.has_key"])]
    action: Annotated[Action, Field(description="What is done then.")]
    id: Annotated[Id | None, Field(description="May be left out.")] = None


@_model
class PlayerOption:
    """One thing that a player may choose, and what follows from it."""

    label: Text
    description: Text
    reactions: tuple[Action, ...]


@_model
class AddPlayerChoice:
    """The player chooses."""

    type: Literal["add_player_choice"]
    id: Id
    prompt: Annotated[Text, Field(description="What the player is asked.")]
    options: Annotated[tuple[PlayerOption, ...], Field(min_length=1)]


Action = Annotated[
    Reason
    | AssetImage
    | AssetSubtitle
    | AssetCutscene
    | PlayCutscene
    | ShowModal
    | AddFeature
    | RemoveFeature
    | WhenThen
    | AddPlayerChoice,
    Field(discriminator="type"),
]

TYPES: dict[str, type] = {
    "reason": Reason,
    "asset_image": AssetImage,
    "asset_subtitle": AssetSubtitle,
    "asset_cutscene": AssetCutscene,
    "play_cutscene": PlayCutscene,
    "show_modal": ShowModal,
    "add_feature": AddFeature,
    "remove_feature": RemoveFeature,
    "when_then": WhenThen,
    "add_player_choice": AddPlayerChoice,
}

for _recursive in (WhenThen, PlayerOption, AddPlayerChoice):
    rebuild_dataclass(_recursive, force=True)  # type: ignore[arg-type]

ACTION: TypeAdapter[Action] = TypeAdapter(Action)
"""Checks one action, with all that is nested in it."""
