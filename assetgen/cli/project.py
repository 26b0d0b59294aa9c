"""From a command's options to a project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typer

    from assetgen.api import Project
    from assetgen.dsl.checking import Document


def open_project(files: Sequence[str] = (), *, config: Path | None = None, **options: Any) -> Project:
    """The project of these files, under these options; None counts as not given.

    Raises:
        ValidationError: A setting, a variable or an option is wrong.
    """
    from assetgen import api

    beside = Path(files[0]).parent if files and files[0] != "-" else None
    return api.open_project(options, os.environ, config=config, beside=beside)


def open_as_asked(context: typer.Context, files: Sequence[str] = (), *, draft: bool = False) -> Project:
    """The project that a command was asked for: every option that is called like a setting is that setting."""
    from assetgen.settings import Settings

    given = {name: value for name, value in context.params.items() if name in Settings.model_fields}
    given["draft"] = draft or given.get("draft") or None
    return open_project(files, config=context.params.get("config"), **given)


def load(project: Project, files: Sequence[str]) -> Document:
    """The document of the given files; standard input where one of them is `-`."""
    import sys

    # A closed standard input is None; the document then says so.
    return project.load(files, sys.stdin.buffer if "-" in files and sys.stdin else None)
