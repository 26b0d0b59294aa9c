"""The output folder as a whole: whether it can be used, who is using it, and whether it holds drafts."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from assetgen.core import durable
from assetgen.core.errors import StorageError, ValidationError
from assetgen.storage import documents
from assetgen.storage.troubles import not_through_links, refused

PRIVATE = ".assetgen"
"""The folder inside it that holds what the next run compares with."""
SCHEMA = "assetgen/folder@1"


def preflight(folder: Path) -> None:
    """Make the folder.

    Raises:
        StorageError: It can't be made, or is a link; it says why.
    """
    for place in (folder, folder / PRIVATE):
        _refuse_link(place)
    with refused("can't write to the output folder `{}`", folder):
        durable.make_folder(folder / PRIVATE)


@contextlib.contextmanager
def attempt(folder: Path) -> Iterator[bool]:
    """Try to have the folder for oneself without waiting; yields whether that worked."""
    _refuse_link(folder / PRIVATE)
    with contextlib.ExitStack() as stack:
        with refused("can't lock the output folder `{}`", folder):
            durable.make_folder(folder / PRIVATE)
            had = stack.enter_context(durable.lock(_lock(folder)))
        yield had


def holder(folder: Path) -> int | None:
    """The pid of the process that has the folder for itself, None where nobody does."""
    with refused("can't look at the lock of the output folder `{}`", folder):
        return durable.holder(_lock(folder))


def mark(folder: Path, *, draft: bool) -> None:
    """Write down whether the folder holds drafts or real assets; it stays what it was marked as first.

    Raises:
        ValidationError: It holds the other kind.
        StorageError: The mark can't be read or written.
    """
    check_mark(folder, draft=draft)
    if _marked(folder) is None:
        with refused(f"can't mark the output folder `{folder}`"):
            durable.write(_mark(folder), documents.dump({"schema": SCHEMA, "draft": draft}))


def prepare(folder: Path, journal: Path) -> None:
    """Delete what a killed run had not finished writing, and prove that files can be made, before anything is paid.

    Below the first level there is something to delete only where a run left its journal behind. Only whoever has the
    folder for itself may call it.

    Raises:
        StorageError: They can't; it says why.
    """
    with refused("can't write to the output folder `{}`", folder):
        for place in (folder, folder / PRIVATE):
            durable.sweep(place, deep=False)
        if journal.exists():
            durable.sweep(folder)
        durable.probe(folder)


def check_mark(folder: Path, *, draft: bool) -> None:
    """Refuse a folder of the other kind, writing nothing. Raises as `mark`."""
    marked = _marked(folder)
    if marked and not draft:
        raise ValidationError(f"`{folder}` holds drafts; real assets go elsewhere", help="Choose another `--out`.")
    if draft and marked is False:
        raise ValidationError(f"`{folder}` holds real assets; drafts go elsewhere", help=f"Use `--out {folder}-draft`.")


def _marked(folder: Path) -> bool | None:
    path = _mark(folder)
    with refused("can't read `{}`", path):
        text = durable.read(path) if path.exists() else None
    try:
        return None if text is None else _draft(text)
    except (ValueError, TypeError, LookupError) as error:
        raise StorageError(f"`{path}` is damaged", help=f"Delete it, if you know what `{folder}` holds.") from error


def _draft(text: bytes) -> bool:
    fields = json.loads(text)
    draft = fields["draft"]
    if fields["schema"] != SCHEMA or not isinstance(draft, bool):
        raise ValueError("no mark of this version")
    return draft


def _refuse_link(place: Path) -> None:
    with refused("can't look at `{}`", place):
        if place.is_symlink():
            raise not_through_links(place)


def _lock(folder: Path) -> Path:
    return folder / PRIVATE / "lock"


def _mark(folder: Path) -> Path:
    return folder / PRIVATE / "folder.json"
