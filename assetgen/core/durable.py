"""Writing a file so that it is there whole or not at all, also after a crash or a power loss.

The one piece of I/O that the rooms with files share: a temporary file beside the target, flushed to the disk, renamed
over the name, and the folder flushed so that the name itself lasts.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

TEMPORARY = ".assetgen-"
"""How the name of a file that is still being written begins; such files may be deleted when nothing runs."""


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write `data` under `path` durably. Missing folders are made.

    Raises:
        OSError: It could not be written; what stood under the name before still stands there.
    """
    make_folder(path.parent)
    temporary = path.parent / f"{TEMPORARY}{secrets.token_hex(8)}"
    try:
        _write_through(temporary, data, mode)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it, each of them durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_through(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
