"""`assetgen run`: check everything, then generate what is missing."""

from __future__ import annotations

import asyncio
import logging
import shlex
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli import estimate, plans, show, terminal
from assetgen.cli.consent import consent, require_budget
from assetgen.cli.ending import Ending, Lines, with_environment, write_metrics
from assetgen.cli.options import (
    CacheDir,
    Concurrency,
    Config,
    Costs,
    Draft,
    DryRun,
    Durations,
    Json,
    MaxCost,
    MetricsFile,
    Only,
    OnUnknownChoice,
    OnUnknownLimit,
    Out,
    Partial,
    PerhapsFiles,
    Quiet,
    Rebuy,
    StateDir,
    UpgradeDegraded,
    Verbose,
)
from assetgen.cli.project import load, open_as_asked
from assetgen.core.surveys import OnUnknown

if TYPE_CHECKING:
    from assetgen.api import Project, RunOptions
    from assetgen.core.events import Listener
    from assetgen.core.jobs import Plan
    from assetgen.core.results import RunResult
    from assetgen.reporting.metrics import Metrics

FEW = 3
"""Files that are named in a hint; with more it would be longer than it helps."""


def command(
    context: typer.Context,
    files: PerhapsFiles = None,
    out: Out = None,
    draft: Draft = False,
    max_cost: MaxCost = None,
    partial: Partial = False,
    plan: Annotated[
        Path | None, typer.Option("--plan", metavar="FILE", help="Run what `assetgen estimate --save` wrote, no more.")
    ] = None,
    concurrency: Concurrency = None,
    only: Only = None,
    force: Annotated[
        bool, typer.Option("--force", help="With --only: make exactly those again, paying again.")
    ] = False,
    rebuy: Rebuy = False,
    upgrade_degraded: UpgradeDegraded = False,
    on_unknown: OnUnknownChoice = OnUnknown.HOLD,
    on_unknown_limit: OnUnknownLimit = None,
    fail_fast: Annotated[bool, typer.Option("--fail-fast", help="Start no new work after the first failure.")] = False,
    frozen: Annotated[bool, typer.Option("--frozen", help="Buy nothing: everything must come from the cache.")] = False,
    dry_run: DryRun = False,
    json: Json = False,
    progress: Annotated[
        str | None,
        typer.Option(metavar="auto|tty|plain|json|none", help="How progress is shown. [env: ASSETGEN_PROGRESS]"),
    ] = None,
    metrics_file: MetricsFile = None,
    durations: Durations = 0,
    costs: Costs = 0,
    quiet: Quiet = False,
    verbose: Verbose = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Check everything, then generate what is missing.

    \b
      assetgen run actions.yaml --draft
      assetgen run chapters/*.yaml --max-cost 5 --only 'ch1/*'
    """
    from assetgen.api import RunOptions
    from assetgen.planning.saved import Choice
    from assetgen.reporting.metrics import Metrics

    approved = plans.read(plan, context) if plan else None
    choice = approved.choice if approved else Choice(tuple(only or ()), force, rebuy, upgrade_degraded)
    names = files or plans.files(approved)
    project = open_as_asked(context, names, draft=approved is not None and approved.draft)
    allowed = consent(choice, on_unknown, on_unknown_limit)
    if partial:
        require_budget(project.settings)
    if verbose:
        logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    document = load(project, names)
    if approved:
        plans.require_same_input(approved, project, document, names)
    planned = project.plan(document)
    if approved or dry_run:
        survey = project.survey(planned, choice.only, force=choice.force, consent=allowed)
    if approved:
        plans.require_no_more(approved, project, survey)
    if dry_run:
        line = estimate.run_instead({"--json", "--dry-run"})
        return estimate.show(project, survey, line, partial=partial, json=json, quiet=quiet)
    options = RunOptions(
        only=choice.only,
        force=choice.force,
        fail_fast=fail_fast,
        frozen=frozen,
        approve=(lambda survey: plans.require_no_more(approved, project, survey)) if approved else lambda survey: None,
        waiting=_say_waiting,
        recovering=_say_recovering,
        partial=partial,
        rebuy=choice.rebuy,
        on_unknown=on_unknown,
        on_unknown_limit=allowed.limit,
        upgrade_degraded=choice.upgrade,
    )
    metrics = Metrics(keep=max(durations, costs))
    folders = {"--config": config, "--out": out, "--cache-dir": cache_dir}
    lines = _lines(names, folders, draft=project.settings.draft)
    ending = Ending(metrics, durations, costs, lines, json=json, quiet=quiet)
    try:
        with _listening(project, quiet=quiet, metrics=metrics) as listeners:
            result = asyncio.run(_run(project, planned, replace(options, listeners=listeners)))
    finally:
        unwritten = write_metrics(metrics_file, metrics, project.settings)
    if unwritten:
        result = replace(result, exit_code=with_environment(result.exit_code))
    ending.tell(result, project.settings)
    return result.exit_code


async def _run(project: Project, plan: Plan, options: RunOptions) -> RunResult:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            loop.add_signal_handler(number, options.stop.request, number)
    return await project.run(plan, options)


@contextmanager
def _listening(project: Project, *, quiet: bool, metrics: Metrics) -> Iterator[tuple[Listener, ...]]:
    """The listeners of this run; the live view is closed before anything else is printed."""
    import os

    from assetgen.reporting import events, live, plain, theme

    how = project.settings.progress
    drawable = theme.animated(sys.stderr, os.environ)
    if how == "auto":
        how = "none" if quiet else "tty"
    if how == "tty" and not drawable:
        how = "plain"
    with ExitStack() as stack:
        shown: Listener | None = None
        match how:
            case "tty":
                console = terminal.err()
                shown = stack.enter_context(live.Live(console, symbols=terminal.symbols(console)))
            case "plain":
                shown = plain.Plain(sys.stderr, environment=os.environ)
            case "json":
                shown = events.Lines(sys.stderr)
        yield (metrics, shown) if shown else (metrics,)


def _lines(files: list[str], folders: Mapping[str, Path | None], *, draft: bool) -> Lines:
    """What may be typed next: as this run was typed, and for one of its assets.

    Args:
        folders: What was given of what both commands take.
    """
    typed = sys.argv[1:] or ["run", *files]
    # Only after an interruption is it known what was made again by now.
    others = [word for word in typed if word != "--force"]
    which = [] if files == [show.USUAL] else files
    given = (word for name, path in folders.items() if path is not None for word in (name, str(path)))
    how = [*given, *(["--draft"] if draft else [])]
    look = "" if "-" in files or len(files) > FEW else shlex.join(["assetgen", "show", "ID", *which, *how])
    return Lines(shlex.join(["assetgen", *others]), shlex.join(["assetgen", *typed]), look)


def _say_waiting(pid: int | None) -> None:
    who = f"process {pid}" if pid else "another process"
    sys.stderr.write(f"assetgen: waiting for {who}, which writes this folder\n")


def _say_recovering(attempts: int) -> None:
    noun = "attempt" if attempts == 1 else "attempts"
    sys.stderr.write(f"assetgen: {attempts} {noun} of an interrupted run first: bringing them to their end\n")
