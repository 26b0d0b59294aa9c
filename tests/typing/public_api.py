"""The public door as a type checker sees it: checked with the tests, never run."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

import assetgen
from assetgen.core.jobs import Plan
from assetgen.core.results import RunResult
from assetgen.core.surveys import Survey
from assetgen.dsl.checking import Document


async def whole_way() -> None:
    settings = assetgen.Settings(draft=True, out=Path("out"))
    document = assetgen.load({"actions": []}, settings)
    assert_type(document, Document)
    plan = assetgen.plan(document, settings)
    assert_type(plan, Plan)
    assert_type(assetgen.survey(plan, settings), Survey)
    assert_type(await assetgen.run(plan, settings, assetgen.RunOptions(only=("a",))), RunResult)
    assert_type(assetgen.run_sync(plan), RunResult)
