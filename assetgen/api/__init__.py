"""The public functions, and the one room where the parts of the house are chosen and put together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assetgen.api.examining import examine
from assetgen.api.project import Project, open_project
from assetgen.api.running import RunOptions
from assetgen.core.jobs import Plan
from assetgen.core.results import RunResult
from assetgen.core.surveys import Survey
from assetgen.dsl import checking
from assetgen.dsl.checking import Document
from assetgen.dsl.schema import json_schema
from assetgen.settings import Settings

__all__ = ["Project", "RunOptions", "examine", "load", "open_project", "plan", "run", "run_sync", "schema", "survey"]


def load(source: str | Path | Mapping[str, Any] | Sequence[Any], settings: Settings | None = None) -> Document:
    """Read actions from a file, from text, or from a value that is already read.

    A single line of text, or a path, names a file; everything else is the actions themselves. Problems are in the
    document; planning it raises them.
    """
    project = Project(settings or Settings())
    if isinstance(source, Path) or (
        isinstance(source, str) and "\n" not in source and not source.lstrip().startswith("{")
    ):
        return project.load([source])
    return checking.parse(source, project.rules)


def plan(document: Document, settings: Settings | None = None) -> Plan:
    """Jobs, their order, purchases with their keys, and prices. Pure. Raises InvalidFilesError."""
    return Project(settings or Settings()).plan(document)


def survey(plan: Plan, settings: Settings | None = None) -> Survey:
    """The plan beside the cache and the output folder: what is cached, new or changed, and why."""
    return Project(settings or Settings()).survey(plan)


async def run(plan: Plan, settings: Settings | None = None, options: RunOptions | None = None) -> RunResult:
    """Generate what is missing, and report how every asset ended. See `Project.run` for what it raises."""
    return await Project(settings or Settings()).run(plan, options or RunOptions())


def run_sync(plan: Plan, settings: Settings | None = None, options: RunOptions | None = None) -> RunResult:
    """`run`, where no event loop runs."""
    return asyncio.run(run(plan, settings, options))


def schema(settings: Settings) -> dict[str, Any]:
    """The JSON Schema (draft-07) of an actions file."""
    return json_schema(Project(settings).rules)
