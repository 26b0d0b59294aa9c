"""Small projects in memory, planned by the real executors and sold by the draft provider."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assetgen.api import Project
from assetgen.core.jobs import Plan
from assetgen.dsl import checking
from assetgen.settings import Settings

IMAGE: dict[str, Any] = {"type": "asset_image", "id": "pier", "prompt": "a pier", "size": "64x64"}
LINE: dict[str, Any] = {"type": "asset_subtitle", "id": "line", "text": "Nobody said a word."}
SCENE: dict[str, Any] = {
    "type": "asset_cutscene",
    "id": "scene",
    "shots": [{"image_id": "pier", "subtitle_id": "line", "duration": 5, "animation": "fade"}],
}


def project(folder: Path | None = None, environment: Mapping[str, str] | None = None, **settings: Any) -> Project:
    where: dict[str, Any] = {"draft": True}
    if folder is not None:
        where |= {"out": folder / "out", "cache_dir": folder / "cache", "state_dir": folder / "state"}
    return Project(Settings(**{**where, **settings}), environment or {})


def plan_of(around: Project, *actions: Mapping[str, Any]) -> Plan:
    return around.plan(checking.parse(list(actions), around.rules))
