"""From a command's options to a project."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assetgen.api import Project


def open_project(files: Sequence[str] = (), *, config: Path | None = None, **options: Any) -> Project:
    """The project of these files, under these options; None counts as not given.

    Raises:
        ValidationError: A setting, a variable or an option is wrong.
    """
    from assetgen import api

    beside = Path(files[0]).parent if files and files[0] != "-" else None
    return api.open_project(options, os.environ, config=config, beside=beside)


def load(project: Project, files: Sequence[str]) -> Any:
    """The document of the given files; standard input where one of them is `-`."""
    import sys

    # A closed standard input is None; the document then says so.
    return project.load(files, sys.stdin.buffer if "-" in files and sys.stdin else None)
