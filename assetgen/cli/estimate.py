"""`assetgen estimate`: the plan without spending."""

from __future__ import annotations

import itertools
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli import plans, terminal
from assetgen.cli.consent import consent, require_budget
from assetgen.cli.options import (
    CacheDir,
    Config,
    Draft,
    Files,
    Json,
    MaxCost,
    Only,
    OnUnknownChoice,
    OnUnknownLimit,
    Out,
    Partial,
    Quiet,
    Rebuy,
    StateDir,
    UpgradeDegraded,
)
from assetgen.cli.project import load, open_as_asked
from assetgen.core.surveys import OnUnknown

if TYPE_CHECKING:
    from assetgen.api import Project
    from assetgen.core.money import Usd
    from assetgen.core.surveys import Survey

WORK_TO_DO = 10
OVER_BUDGET = 3
LEFT_OPEN = ("out", "max_cost", "partial", "on_unknown", "on_unknown_limit", "config", "cache_dir", "state_dir")
"""What a saved plan leaves to the command that runs it."""


def command(
    context: typer.Context,
    files: Files,
    out: Out = None,
    draft: Draft = False,
    max_cost: MaxCost = None,
    partial: Partial = False,
    only: Only = None,
    force: Annotated[bool, typer.Option("--force", help="With --only: as if those were made again.")] = False,
    rebuy: Rebuy = False,
    upgrade_degraded: UpgradeDegraded = False,
    on_unknown: OnUnknownChoice = OnUnknown.HOLD,
    on_unknown_limit: OnUnknownLimit = None,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save the plan, for `assetgen run --plan FILE`.")
    ] = None,
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
    from assetgen.planning.saved import Choice

    choice = Choice(tuple(only or ()), force, rebuy, upgrade_degraded)
    project = open_as_asked(context, files)
    allowed = consent(choice, on_unknown, on_unknown_limit)
    if partial:
        require_budget(project.settings)
    document = load(project, files)
    survey = project.survey(project.plan(document), choice.only, force=force, consent=allowed)
    if save is not None:
        plans.write(save, project, document, survey, files, choice)
    code = show(project, survey, _next(context, save), partial=partial, all_actions=all_actions, json=json, quiet=quiet)
    if save is not None and not quiet:
        sys.stderr.write(f"assetgen: the plan is saved in {save}\n")
    return WORK_TO_DO if check and not code and any(not one.present for one in survey.standings) else code


def show(
    project: Project,
    survey: Survey,
    command: str,
    *,
    partial: bool = False,
    all_actions: bool = False,
    json: bool = False,
    quiet: bool = False,
) -> int:
    """Print an estimate, and return the exit code: 3 where the budget or a price stands in the way.

    Args:
        command: The line that does what was estimated.
    """
    from assetgen.core.surveys import State
    from assetgen.reporting import estimate

    budget, spent = project.settings.max_cost, project.interrupted()
    if json:
        terminal.print_json(estimate.as_json(survey))
    elif quiet:
        terminal.write(f"{survey.total.min} {survey.total.max}")
    else:
        _draw(survey, budget, spent, command, partial=partial, all_actions=all_actions)
    short = budget is not None and spent + survey.total.min > budget
    return OVER_BUDGET if short or survey.counts.get(State.UNPRICED) else 0


def _draw(survey: Survey, budget: Usd | None, spent: Usd, command: str, *, partial: bool, all_actions: bool) -> None:
    from assetgen.catalog.prices import PRICES_CHECKED
    from assetgen.reporting import estimate

    console = terminal.out()
    screen = estimate.screen(
        survey,
        budget=budget,
        spent=spent,
        symbols=terminal.symbols(console),
        width=console.width,
        all_actions=all_actions,
        partial=partial,
        command=command,
        prices_date=PRICES_CHECKED,
    )
    terminal.show(console, screen)


def _next(context: typer.Context, save: Path | None) -> str:
    """The line that does what was estimated, in the words of the estimate, or that runs the plan that was saved."""
    if save is None:
        return run_instead({"--json", "--all", "--check"})
    given = [(f"--{name.replace('_', '-')}", context.params[name]) for name in LEFT_OPEN]
    words = [
        [option] if value is True else [option, str(value)]
        for option, value in given
        if value and value != OnUnknown.HOLD
    ]
    return shlex.join(["assetgen", "run", "--plan", str(save), *itertools.chain(*words)])


def run_instead(without: set[str]) -> str:
    """The words of this command line as those of `run`, but for some."""
    return shlex.join(["assetgen", "run", *(word for word in sys.argv[2:] if word not in without)])
