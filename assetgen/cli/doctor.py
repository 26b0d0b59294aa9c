"""`assetgen doctor`: what works, and what to do about what doesn't."""

from __future__ import annotations

import asyncio
import os
import shlex
from typing import Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.options import CacheDir, Config, Json, Out, StateDir
from assetgen.cli.project import load, open_as_asked


def command(
    context: typer.Context,
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...]", help="Actions files: only the services that they need are looked at."),
    ] = None,
    out: Out = None,
    json: Json = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Look at keys, services, prices, folders and versions. Nothing is spent, and no key is shown.

    \b
      assetgen doctor
      assetgen doctor actions.yaml
    """
    from assetgen import api
    from assetgen.reporting import doctor

    project = open_as_asked(context, files or ())
    document = load(project, files) if files else None
    found = asyncio.run(api.examine(project, document, os.environ))
    if json:
        terminal.print_json(doctor.as_json(found))
    else:
        console = terminal.out()
        draft = shlex.join(["assetgen", "run", *(files or ["actions.yaml"]), "--draft"])
        signs = terminal.symbols(console)
        terminal.show(console, doctor.screen(found, draft=draft, symbols=signs, width=console.width))
    return found.exit_code
