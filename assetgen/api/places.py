"""Whether the folders that a run writes to can be written, and how much room they have."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.core import durable
from assetgen.core.actions import JSON
from assetgen.core.errors import AssetGenerationError
from assetgen.core.examination import Area, Check, Level
from assetgen.core.journal import RowState
from assetgen.storage import folder as out_folder

if TYPE_CHECKING:
    from assetgen.api.project import Project

LITTLE = 1_000_000_000
"""Bytes of free space below which a run is warned: a picture takes one to three million."""
TOO_LITTLE = 50_000_000
ENVIRONMENT = 5


def folder_checks(project: Project) -> Iterator[Check]:
    """One check each for output, cache and state. Nothing is left in them, and none is made."""
    settings = project.settings
    yield _folder("output", settings.out_folder, "choose another one with `--out`")
    yield _folder("cache", settings.cache_dir, "choose another one with `--cache-dir`")
    yield _folder("state", settings.state_dir, "choose another one with `--state-dir`")
    yield from _contents(project)


def _folder(name: str, folder: Path, advice: str) -> Check:
    try:
        standing = _nearest(folder)
        free = shutil.disk_usage(standing).free
        _require_writable(standing, new=standing != folder.absolute())
    except OSError as error:
        said = f"{folder} can't be written: {error.strerror or error}"
        return Check(Area.FOLDERS, name, Level.PROBLEM, said, advice, ENVIRONMENT, {"path": str(folder)})
    details: dict[str, JSON] = {"path": str(folder), "free_bytes": free}
    said = f"{folder} can be written" if standing == folder.absolute() else f"{folder} can be made"
    if free < LITTLE:
        level, code = (Level.PROBLEM, ENVIRONMENT) if free < TOO_LITTLE else (Level.WARNING, 0)
        said = f"{said}, but only {free // 1_000_000} MB are free"
        return Check(Area.FOLDERS, name, level, said, f"make room, or {advice}", code, details)
    return Check(Area.FOLDERS, name, Level.GOOD, f"{said}, {free // 1_000_000_000} GB free", details=details)


def _nearest(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that is there. Raises OSError where it can't be looked at."""
    place = folder.absolute()
    while not os.path.lexists(place):
        place = place.parent
    place.stat()
    return place


def _require_writable(folder: Path, *, new: bool) -> None:
    """Raise OSError where no file can be made in a folder, or no folder where it is still to be made."""
    if not folder.is_dir():
        raise NotADirectoryError(20, "a file stands in its place", str(folder))
    if not new:
        durable.probe(folder)
    elif not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(13, f"nothing can be made in {folder}", str(folder))


def _contents(project: Project) -> Iterator[Check]:
    """What stands in the folders: of this version, and settled."""
    try:
        out_folder.check_mark(project.settings.out_folder, draft=project.settings.draft)
        if (project.settings.cache_dir / "assets").is_dir():
            project.cache()
        journal = project.journal()
        unknown = journal.rows({RowState.UNKNOWN}) if journal is not None else []
    except AssetGenerationError as error:
        yield Check(Area.FOLDERS, error.code, Level.PROBLEM, error.message, error.help, error.exit_code)
        return
    if unknown:
        held = "1 paid call has" if len(unknown) == 1 else f"{len(unknown)} paid calls have"
        advice = "`assetgen ledger reconcile` settles it"
        yield Check(Area.FOLDERS, "ledger", Level.WARNING, f"{held} an outcome that nobody knows", advice)
