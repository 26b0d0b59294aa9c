"""`assetgen show`: one asset, and why it would or would not be made again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from assetgen.cli import terminal
from assetgen.cli.options import CacheDir, Config, Draft, Json, Out
from assetgen.cli.project import load, open_project

if TYPE_CHECKING:
    from assetgen.core.records import Record
    from assetgen.reporting.asset import Made

USUAL = "actions.yaml"
"""The file that is meant where none is named."""


def command(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="The asset's id.")],
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE...]", help="Actions files. [default: actions.yaml]")
    ] = None,
    out: Out = None,
    draft: Draft = False,
    json: Json = False,
    config: Config = None,
    cache_dir: CacheDir = None,
) -> int:
    """Show one asset: file, prompt, model, price, and why it would or would not be made again.

    \b
      assetgen show harbour_night
      assetgen show ch1/raven chapter.yaml --draft
    """
    from assetgen.reporting import asset

    names = files or [USUAL]
    project = open_project(names, config=config, out=out, draft=draft or None, cache_dir=cache_dir)
    standing = project.standing(project.plan(load(project, names)), identifier)
    record = project.last_run().records.get(identifier)
    made = _made(record) if record and standing.present else None
    if json:
        terminal.print_json(asset.as_json(standing, made))
    else:
        console = terminal.out()
        screen = asset.screen(standing, made, symbols=terminal.symbols(console), draft=project.settings.draft)
        terminal.show(console, screen)
    return 0


def _made(record: Record) -> Made:
    from assetgen.core.money import Usd
    from assetgen.reporting.asset import Made

    line: dict[str, Any] = dict(record.entry)
    known = {
        name: line[name]
        for name in ("provider", "model", "width", "height", "duration", "voice", "degraded")
        if line.get(name) is not None
    }
    return Made(line["path"], line["bytes"], cost=Usd.parse(line.get("cost_usd", "0")), **known)
