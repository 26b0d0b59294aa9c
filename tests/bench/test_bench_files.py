from __future__ import annotations

import asyncio
from pathlib import Path

from assetgen.api import Project, RunOptions
from assetgen.dsl import checking
from assetgen.settings import Settings
from tests.bench.files import actions_yaml, pretend_made


def test_a_run_adopts_all_that_a_bench_pretends_was_made(tmp_path: Path) -> None:
    settings = Settings(draft=True, out=tmp_path / "out", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state")
    project = Project(settings, {})
    plan = project.plan(checking.parse(actions_yaml(20), project.rules))
    pretend_made(project, plan)
    counts = asyncio.run(project.run(plan, RunOptions())).counts
    assert counts.total == 18  # the two choices make nothing
    assert counts.cached == counts.total
