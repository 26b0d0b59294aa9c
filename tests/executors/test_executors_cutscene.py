from __future__ import annotations

import json

from assetgen.core.results import AssetResult, OutputFile
from assetgen.executors.cutscene import CutsceneExecutor
from tests.executors.makers import declared, execute


def shot(duration: float, animation: str = "fade") -> dict[str, object]:
    return {"image_id": "pier", "subtitle_id": "line", "duration": duration, "animation": animation}


def made() -> dict[str, AssetResult]:
    files = (OutputFile("a", "audio/l%C3%AFne.mp3", "", 0, ""), OutputFile("c", "captions/line.vtt", "", 0, ""))
    return {
        "pier": AssetResult("pier", "images/pier.png", {"width": 64, "height": 48}),
        "line": AssetResult("line", "audio/l%C3%AFne.mp3", {"text": "Hm."}, duration=4.5, files=files),
    }


def run(*shots: dict[str, object]) -> tuple[AssetResult, dict[str, object]]:
    executor = CutsceneExecutor()
    action = executor.prepare(declared("asset_cutscene", id="scene", shots=list(shots)))
    result, storage = execute(executor, action, [], made())
    return result, json.loads(storage.read("cutscenes/scene.json"))


def test_a_shot_has_its_five_keys_first_and_then_what_else_is_known() -> None:
    _, definition = run(shot(5, "zoom_in"))
    assert list(definition) == ["id", "shots"]
    assert definition["shots"] == [
        {
            "imageUrl": "images/pier.png",
            "audioUrl": "audio/l%C3%AFne.mp3",
            "duration": 5,
            "animation": "slow_zoom",
            "audioDuration": 4.5,
            "text": "Hm.",
            "captionsUrl": "captions/line.vtt",
            "width": 64,
            "height": 48,
            "imageId": "pier",
            "subtitleId": "line",
        }
    ]


def test_its_duration_is_the_sum_of_its_shots() -> None:
    result, _ = run(shot(5), shot(6.5))
    assert (result.duration, result.metadata["duration"], result.metadata["shots"]) == (11.5, 11.5, 2)


def test_narration_that_does_not_fit_is_a_warning_with_both_figures() -> None:
    result, _ = run(shot(4), shot(5), shot(9.5))
    assert [(one.code, one.field[:2]) for one in result.warnings] == [
        ("timing_cut", ("shots", 0)),
        ("timing_short", ("shots", 2)),
    ]
    assert "4.5" in result.warnings[0].message
    assert "4" in result.warnings[0].message


def test_it_needs_each_thing_once() -> None:
    executor = CutsceneExecutor()
    action = executor.prepare(declared("asset_cutscene", id="scene", shots=[shot(5), shot(5)]))
    assert executor.needs(action) == ("pier", "line")
