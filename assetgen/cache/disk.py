"""diskcache, kept to what is safe: text in rows. No pickles, no files, no eviction, every commit on the disk."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import diskcache

SETTINGS = {
    "eviction_policy": "none",
    "cull_limit": 0,
    "size_limit": 2**62,
    "statistics": 0,
    "tag_index": 0,
    "sqlite_journal_mode": "delete",
    "sqlite_synchronous": 2,
}
DAMAGE = (sqlite3.Error, diskcache.Timeout, OSError, ValueError, TypeError, LookupError, AttributeError)
"""What diskcache may raise over a file that it didn't write, or that is cut."""

_RAW = 1


class TextDisk(diskcache.Disk):  # type: ignore[misc]  # diskcache comes without types
    """Keys and values are text. Its own disk would unpickle, or open and delete, whatever a planted row names."""

    def put(self, key: object) -> tuple[str, bool]:
        return _text(key), True

    def get(self, key: object, raw: object) -> str:
        return _text(key) if raw else self._refuse()

    def store(self, value: object, read: bool, key: object = None) -> tuple[int, int, None, str]:
        return (0, _RAW, None, _text(value)) if not read else self._refuse()

    def fetch(self, mode: object, filename: object, value: object, read: object) -> str:
        return _text(value) if mode == _RAW and filename is None else self._refuse()

    def filename(self, key: object = None, value: object = None) -> NoReturn:
        self._refuse()

    def remove(self, file_path: object) -> NoReturn:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ValueError("the index holds a row that assetgen never writes")


class TextCache(diskcache.Cache):  # type: ignore[misc]  # diskcache comes without types
    """A cache with these settings, whose connection is closed also when the file turns out to be damaged."""

    def __init__(self, folder: Path) -> None:
        try:
            super().__init__(str(folder), disk=TextDisk, **SETTINGS)
        except BaseException:
            # A planted setting may stand where the method of that name was.
            super().close()
            raise


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[TextCache]:
    """The diskcache in a folder, in one transaction. Raises one of `DAMAGE`."""
    with TextCache(folder) as rows, rows.transact():
        yield rows


def _text(value: object) -> str:
    if type(value) is not str:
        raise ValueError(f"the index holds text, not {type(value).__name__}")
    return value
