"""What an output folder refuses, in words."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from assetgen.core.errors import StorageError
from assetgen.storage import paths

FULL = {errno.ENOSPC, errno.EDQUOT}
_MAKE_ROOM = "Make room on the disk, then run the same command again: nothing is bought twice."
_PUT_RIGHT = "Put that right, or choose another folder with `--out`."


@contextlib.contextmanager
def refused(doing: str, *names: object) -> Iterator[None]:
    """Turn what the system refuses into a StorageError; `doing`, with `names` in its places, begins the sentence."""
    try:
        yield
    except OSError as error:
        doing = doing.format(*(paths.printable(str(name)) for name in names))
        raise StorageError(
            f"{doing}: {(error.strerror or str(error)).lower()}",
            retryable=error.errno in FULL,
            details={"errno": error.errno},
            help=_MAKE_ROOM if error.errno in FULL else _PUT_RIGHT,
        ) from error


def not_through_links(place: Path | str) -> StorageError:
    """A symbolic link would lead files elsewhere than they seem to stand."""
    return StorageError(
        f"`{paths.printable(str(place))}` is a symbolic link, and nothing is read or written through one",
        details={"path": str(place)},
        help="Put a real folder or file in its place, or name the folder that it leads to with `--out`.",
    )
