"""Assets as they were asked for: an action's fields after defaults and style, ready to be planned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

JSON = dict[str, "JSON"] | list["JSON"] | str | int | float | bool | None
"""What JSON can say."""
SIZE_PATTERN = r"^[1-9][0-9]{0,4}x[1-9][0-9]{0,4}$"
"""How the size of a picture is written: WIDTHxHEIGHT, in pixels."""


class Kind(StrEnum):
    """The three types of action that make a file."""

    IMAGE = "asset_image"
    SUBTITLE = "asset_subtitle"
    CUTSCENE = "asset_cutscene"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an action stands in the user's files: `file:line:column`, both counted from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class ImageAction:
    """One picture. `prompt` is the author's, `enhanced_prompt` has the style's suffix."""

    id: str
    prompt: str
    enhanced_prompt: str
    width: int
    height: int
    model: str
    seed: int | None = None
    negative_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class SubtitleAction:
    """One narration."""

    id: str
    text: str
    voice_tone: str
    voice_gender: str
    voice_pace: str
    model: str


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot of a cutscene; `duration` in seconds."""

    image_id: str
    subtitle_id: str
    duration: float
    animation: str


@dataclass(frozen=True, slots=True)
class CutsceneAction:
    """Pictures and narration put in order."""

    id: str
    shots: tuple[Shot, ...]


AssetAction = ImageAction | SubtitleAction | CutsceneAction


def kind_of(action: AssetAction) -> Kind:
    match action:
        case ImageAction():
            return Kind.IMAGE
        case SubtitleAction():
            return Kind.SUBTITLE
        case CutsceneAction():
            return Kind.CUTSCENE
