"""The cost of one action as the plan grows: the same at 1,000 and at 50,000."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assetgen.api import Project, RunOptions
from assetgen.dsl import checking
from assetgen.settings import Settings
from tests.bench.files import actions_yaml, pretend_made
from tests.bench.report import Figure, median

SMALL, LARGE = 1_000, 50_000


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        small = _per_action(Path(folder) / "small", SMALL, repeats=15)
        large = _per_action(Path(folder) / "large", LARGE, repeats=3)
    beside = f"the same at {SMALL} actions"
    return [Figure(f"{what}, per action at {LARGE}", large[what], beside, small[what], 1.3) for what in small]


def _per_action(folder: Path, actions: int, repeats: int) -> dict[str, float]:
    """Median CPU seconds for one action of each step, in a folder where all of it was made before."""
    settings = Settings(draft=True, out=folder / "out", cache_dir=folder / "cache", state_dir=folder / "state")
    project = Project(settings, {})
    document = checking.parse(actions_yaml(actions), project.rules)
    plan = project.plan(document)
    pretend_made(project, plan)
    steps: dict[str, Callable[[], Any]] = {
        "plan": lambda: project.plan(document),
        "survey": lambda: project.survey(plan),
        "cached rerun": lambda: _rerun(project, actions),
    }
    return {what: median([_cpu(step) for _ in range(repeats)]) / actions for what, step in steps.items()}


def _rerun(project: Project, actions: int) -> None:
    """The whole second run: read, plan, survey, adopt everything, write the manifest."""
    plan = project.plan(checking.parse(actions_yaml(actions), project.rules))
    result = asyncio.run(project.run(plan, RunOptions()))
    assert result.counts.cached == result.counts.total, result.counts


def _cpu(step: Callable[[], Any]) -> float:
    gc.collect()
    began = time.process_time()
    step()
    return time.process_time() - began
