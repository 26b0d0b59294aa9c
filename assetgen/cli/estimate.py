"""`assetgen estimate`: the plan without spending."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.options import CacheDir, Config, Draft, Files, Json, MaxCost, Only, Out, Quiet, StateDir
from assetgen.cli.project import load, open_project

if TYPE_CHECKING:
    from assetgen.api import Project

WORK_TO_DO = 10
OVER_BUDGET = 3


def command(
    files: Files,
    out: Out = None,
    draft: Draft = False,
    max_cost: MaxCost = None,
    only: Only = None,
    force: Annotated[bool, typer.Option("--force", help="With --only: as if those were made again.")] = False,
    check: Annotated[bool, typer.Option("--check", help="End with 10 when something would be bought or made.")] = False,
    all_actions: Annotated[bool, typer.Option("--all", help="A row for every asset.")] = False,
    json: Json = False,
    quiet: Quiet = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Say what is cached, new and changed, and what a run would cost. Nothing is spent.

    \b
      assetgen estimate actions.yaml
      assetgen estimate actions.yaml --max-cost 5 --check
    """
    project = open_project(
        files,
        config=config,
        out=out,
        draft=draft or None,
        max_cost=max_cost,
        cache_dir=cache_dir,
        state_dir=state_dir,
    )
    return show(
        project, files, tuple(only or ()), force=force, check=check, all_actions=all_actions, json=json, quiet=quiet
    )


def show(
    project: Project,
    files: list[str],
    only: tuple[str, ...],
    *,
    force: bool = False,
    check: bool = False,
    all_actions: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Print the estimate, and return the command's exit code."""
    from assetgen.catalog.prices import PRICES_CHECKED
    from assetgen.core.surveys import State
    from assetgen.reporting import estimate

    settings = project.settings
    survey = project.survey(project.plan(load(project, files)), only, force=force)
    if json:
        terminal.print_json(estimate.as_json(survey))
    elif quiet:
        terminal.write(f"{survey.total.min} {survey.total.max}")
    else:
        console = terminal.out()
        screen = estimate.screen(
            survey,
            budget=settings.max_cost,
            symbols=terminal.symbols(console),
            width=console.width,
            all_actions=all_actions,
            command=_command(files, draft=settings.draft),
            prices_date=PRICES_CHECKED,
        )
        terminal.show(console, screen)
    if settings.max_cost is not None and survey.total.min > settings.max_cost:
        return OVER_BUDGET
    if survey.counts.get(State.UNPRICED):
        return OVER_BUDGET
    return WORK_TO_DO if check and any(not one.present for one in survey.standings) else 0


def _command(files: list[str], *, draft: bool) -> str:
    """What makes it, in the words that it was estimated with."""
    words = [word for word in sys.argv[2:] if word not in {"--json", "--all", "--check", "--dry-run"}]
    return shlex.join(["assetgen", "run", *(words or [*files, *(["--draft"] if draft else [])])])
