"""Files spread over many folders, by the first two signs of their names."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from assetgen.core import durable

MODE = 0o700
FEW = 16
"""Folders that are made one by one; whoever needs more will need them all, and one flush is enough for all of them."""
_ALL = tuple(f"{number:02x}" for number in range(256))


class Fan:
    """Files `ab/abcd…` below a folder. Every method may raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = str(folder)
        self._there: set[str] = set()

    def name(self, name: str) -> str:
        """Where a file stands. Not a Path: looking up 100,000 purchases takes twice as long with one."""
        return f"{self._root}/{name[:2]}/{name}"

    def write(self, name: str, data: bytes, mode: int) -> None:
        """Write a file durably, and the folder that it is in where there is none."""
        if name[:2] not in self._there:
            self._make(name[:2])
        durable.write(self.name(name), data, mode, MODE)

    def _make(self, folder: str) -> None:
        if len(self._there) < FEW:
            durable.make_folder(self.folder / folder, MODE)
            self._there.add(folder)
            return
        for one in (*_ALL, folder):
            with contextlib.suppress(FileExistsError):
                os.mkdir(f"{self._root}/{one}", MODE)  # noqa: PTH102
        durable.flush_folder(self._root)
        self._there.update((*_ALL, folder))
