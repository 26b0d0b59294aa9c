"""One cutscene: pictures and narration put in order, in the definition that a player reads. It costs nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping

from assetgen.catalog.timing import timing_findings
from assetgen.core.actions import JSON, CutsceneAction, Kind, Shot
from assetgen.core.context import ExecutionContext
from assetgen.core.costs import CostEstimate
from assetgen.core.offers import Offer, Seller
from assetgen.core.requests import Request
from assetgen.core.results import AssetResult, MadeFile, Making
from assetgen.core.validation import ValidationResult
from assetgen.dsl.actions import ANIMATION_ALIASES, AssetCutscene


class CutsceneExecutor:
    """Makes `asset_cutscene` actions.

    Args:
        public_url: What the addresses in a definition begin with; None where they are relative.
    """

    kind = Kind.CUTSCENE

    def __init__(self, public_url: str | None = None) -> None:
        self._public_url = public_url

    def prepare(self, declared: AssetCutscene) -> CutsceneAction:
        shots = tuple(
            Shot(
                shot.image_id,
                shot.subtitle_id,
                float(shot.duration),
                ANIMATION_ALIASES.get(shot.animation, shot.animation),
            )
            for shot in declared.shots
        )
        return CutsceneAction(declared.id, shots)

    def fields(self, action: CutsceneAction) -> dict[str, JSON]:
        shots: list[JSON] = [[shot.image_id, shot.subtitle_id, shot.duration, shot.animation] for shot in action.shots]
        return {"shots": shots} if self._public_url is None else {"shots": shots, "public_url": self._public_url}

    def outputs(self, action: CutsceneAction) -> tuple[str, ...]:
        return (_path(action.id),)

    def needs(self, action: CutsceneAction) -> tuple[str, ...]:
        ids = (name for shot in action.shots for name in (shot.image_id, shot.subtitle_id))
        return tuple(dict.fromkeys(ids))

    def validate(self, action: CutsceneAction) -> ValidationResult:
        return ValidationResult(tuple(timing_findings([(shot.duration, None) for shot in action.shots])))

    def sellers(self, action: CutsceneAction) -> tuple[Seller, ...]:
        return ()

    def requests(self, action: CutsceneAction, offer: Offer) -> tuple[Request, ...]:
        return ()

    def estimate_cost(self, action: CutsceneAction) -> CostEstimate:
        return CostEstimate()

    async def execute(self, action: CutsceneAction, context: ExecutionContext) -> AssetResult:
        shots: list[JSON] = [_shot(shot, context.results) for shot in action.shots]
        definition: dict[str, JSON] = {"id": action.id, "shots": shots}
        _, (file,) = await context.publish(_made, definition)
        findings = timing_findings(
            [(shot.duration, context.results[shot.subtitle_id].duration) for shot in action.shots]
        )
        duration = round(sum(shot.duration for shot in action.shots), 6)
        metadata: dict[str, JSON] = {
            "duration": duration,
            "shots": len(action.shots),
            "warnings": [{"code": finding.code, "message": finding.message} for finding in findings],
        }
        return AssetResult(action.id, file.url, metadata, duration=duration, files=(file,), warnings=tuple(findings))


def _shot(shot: Shot, results: Mapping[str, AssetResult]) -> dict[str, JSON]:
    """One shot of the definition: the five keys that players read, then what else is worth knowing."""
    image, narration = results[shot.image_id], results[shot.subtitle_id]
    return {
        "imageUrl": image.url,
        "audioUrl": narration.url,
        "duration": shot.duration,
        "animation": shot.animation,
        "audioDuration": narration.duration,
        "text": narration.metadata["text"],
        "captionsUrl": narration.files[1].url,
        "width": image.metadata["width"],
        "height": image.metadata["height"],
        "imageId": shot.image_id,
        "subtitleId": shot.subtitle_id,
    }


def _made(definition: dict[str, JSON]) -> Making[None]:
    text = json.dumps(definition, ensure_ascii=False, indent=2) + "\n"
    return Making((MadeFile(_path(str(definition["id"])), text.encode(), "application/json"),), None)


def _path(identifier: str) -> str:
    return f"cutscenes/{identifier}.json"
