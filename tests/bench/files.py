"""Actions files of any size, and output folders in which all of it was made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from assetgen.api import Project
from assetgen.core.actions import JSON
from assetgen.core.jobs import Job, Plan
from assetgen.core.records import Record, RecordedFile
from assetgen.planning.records import PLAN, dump

GROUP = 10
"""Actions of one scene: six pictures, two narrations, a cutscene and a choice that refers to them."""


def actions_yaml(actions: int) -> str:
    """A file of about this many actions, in block style, as people write it."""
    return "actions:\n" + "".join(_scene(number) for number in range(actions // GROUP))


def _scene(number: int) -> str:
    return "".join([*_images(number), *_narrations(number), _cutscene(number), _choice(number)])


def _images(number: int) -> Iterator[str]:
    for shot in range(6):
        yield (
            f"  - type: asset_image\n    id: scene{number}/picture{shot}\n"
            f"    prompt: The quay of the drowned town in scene {number}, seen from step {shot}, lanterns and rain, "
            "people in long coats who wait for a ship that does not come\n"
            "    size: 1024x768\n    model: flux-schnell\n"
        )


def _narrations(number: int) -> Iterator[str]:
    for line in range(2):
        yield (
            f"  - type: asset_subtitle\n    id: scene{number}/line{line}\n"
            f"    text: In the year of tide {number}, hour {line}, they counted the boats and were one short.\n"
            "    voice_tone: mysterious\n    voice_gender: feminine\n    voice_pace: slow\n    model: openai-tts\n"
        )


def _cutscene(number: int) -> str:
    shots = "".join(
        f"      - image_id: scene{number}/picture{shot}\n        subtitle_id: scene{number}/line{shot}\n"
        "        duration: 9\n        animation: slow_zoom\n"
        for shot in range(2)
    )
    return f"  - type: asset_cutscene\n    id: scene{number}/film\n    shots:\n{shots}"


def _choice(number: int) -> str:
    return (
        f"  - type: add_player_choice\n    id: choice{number}\n    prompt: Do you count again?\n    options:\n"
        f"      - label: Count again\n        description: The tide does not wait.\n        reactions:\n"
        f"          - type: play_cutscene\n            cutscene_id: scene{number}/film\n"
    )


def pretend_made(project: Project, plan: Plan) -> None:
    """Fill the output folder as if all of a plan had been made; the files are small, the records are true."""
    records = [_made(project, job) for job in plan.jobs]
    path = project.settings.out_folder / PLAN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dump(records))


def _made(project: Project, job: Job) -> Record:
    paths = project.executors[job.kind.value].outputs(job.action)
    files = tuple(_file(project, path, job.id) for path in paths)
    entry: dict[str, JSON] = {
        "id": job.id,
        "path": files[0].path,
        "url": files[0].path,
        "sha256": files[0].sha256,
        "bytes": files[0].stamp.bytes,
        "media_type": "image/png",
        "width": 1024,
        "height": 768,
        "duration": 4.0,
        "text": "",
        "cost_usd": "0",
    }
    return Record(job.id, job.kind, job.key, job.fields, entry, files)


def _file(project: Project, path: str, text: str) -> RecordedFile:
    full = project.settings.out_folder / path
    full.parent.mkdir(parents=True, exist_ok=True)
    full.write_text(text)
    stamp = project.storage.stat(path)
    assert stamp is not None
    return RecordedFile(path, hashlib.sha256(text.encode()).hexdigest(), stamp)
