"""The locks on purchases, which the kernel frees when their holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import struct
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from assetgen.core import durable

FILE = "purchases"
_FLOCK = struct.Struct("@hhqqi4x")
"""Linux's `struct flock` on 64 bits: type, whence, start, length, pid."""


class Locks(Protocol):
    """One lock for each key."""

    def lock(self, key: str) -> contextlib.AbstractContextManager[bool]:
        """Try for a lock without waiting; yields whether it was had. Raises OSError where there are no locks."""
        ...

    def unused(self) -> list[Path]:
        """Files that only served locks which nobody holds any more."""
        ...


def locks(folder: Path) -> Locks:
    """The locks in a folder, of the kind that this system has. All processes of a machine have the same."""
    bytewise = sys.platform == "linux" and sys.maxsize > 2**32
    return ByteLocks(folder) if bytewise else FileLocks(folder)


class ByteLocks:
    """One byte of one file for each key: no file is made for a purchase, and none is left of it.

    Of Linux's locks, these belong to whoever opened the file, and not to the process: threads and caches within one
    process keep each other out as well, and closing another descriptor frees nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._held: set[str] = set()
        self._taking = threading.Lock()
        self._descriptor: int | None = None

    @contextlib.contextmanager
    def lock(self, key: str) -> Iterator[bool]:
        had = self._take(key)
        try:
            yield had
        finally:
            if had:
                self._free(key)

    def unused(self) -> list[Path]:
        return []

    def _take(self, key: str) -> bool:
        with self._taking:
            if key in self._held or not _set(self._opened(), key, fcntl.F_WRLCK):
                return False
            self._held.add(key)
            return True

    def _free(self, key: str) -> None:
        # Where the file was deleted since, its lock keeps nobody out any more.
        if self._descriptor is not None:
            _set(self._descriptor, key, fcntl.F_UNLCK)
        self._held.remove(key)

    def _opened(self) -> int:
        # A file that was deleted since guards nothing: others open another one under its name.
        if self._descriptor is None or not os.fstat(self._descriptor).st_nlink:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(self._path, flags, 0o600)
            weakref.finalize(self, os.close, self._descriptor)
        return self._descriptor


def _set(descriptor: int, key: str, kind: int) -> bool:
    place = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 2
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, place, 1, 0))
    except BlockingIOError:
        return False
    return True


class FileLocks:
    """One file for each key, for systems that have no better locks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def lock(self, key: str) -> contextlib.AbstractContextManager[bool]:
        return durable.lock(self._folder / key)

    def unused(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if durable.holder(path) is None]
