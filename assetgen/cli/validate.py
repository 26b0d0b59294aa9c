"""`assetgen validate`: every problem of the files, with place and help."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.options import Config, Files, Json, Quiet
from assetgen.cli.project import load, open_project


class Format(StrEnum):
    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    GITHUB = "github"


def command(
    files: Files,
    output: Annotated[Format | None, typer.Option("--format", help="How problems are written.")] = None,
    json: Json = False,
    quiet: Quiet = False,
    config: Config = None,
) -> int:
    """Check actions files: no network, no key, no cost.

    \b
      assetgen validate actions.yaml
      assetgen validate chapters/*.yaml --format github
    """
    from assetgen.core.validation import Severity
    from assetgen.reporting import problems

    project = open_project(files, config=config)
    document = load(project, files)
    found = project.problems(document)
    chosen = Format.JSON if json else output or Format.TEXT
    console = terminal.out()
    match chosen:
        case Format.JSON:
            terminal.print_json(problems.as_json(found))
        case Format.CONCISE:
            _lines(problems.concise(found))
        case Format.GITHUB:
            _lines(problems.github(found, os.environ.get("GITHUB_WORKSPACE", "")))
        case Format.TEXT if found:
            terminal.show(console, problems.text(found), wrapped=False)
        case Format.TEXT if not quiet:
            _say_well(console, len(document.entries), files)
    return 2 if any(problem.severity is Severity.ERROR for problem in found) else 0


def _lines(text: str) -> None:
    if text:
        terminal.write(text.rstrip("\n"))


def _say_well(console: object, actions: int, files: list[str]) -> None:
    from assetgen.reporting.theme import plural, safe

    signs = terminal.symbols(console)  # type: ignore[arg-type]
    names = ", ".join(safe(name) for name in files)
    terminal.write(f"{signs.ok} {names}: {plural(actions, 'action', signs)}, no problems")
