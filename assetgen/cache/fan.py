"""Files spread over many folders, by the first two signs of their names."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

from assetgen.core import durable

MODE = 0o700
FEW = 16
"""Files for which folders are made one by one: for more, all are made at once, and one flush is enough for them."""
_ALL = tuple(f"{number:02x}" for number in range(256))
"""What digests begin with; other names have folders of their own, when they need them."""


class Fan:
    """Files `ab/abcd…` below a folder. Every method may raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = str(folder)
        self._ready = threading.Event()
        self._ready.set()

    def name(self, name: str) -> str:
        """Where a file stands. Not a Path: looking up 100,000 purchases takes twice as long with one."""
        return f"{self._root}/{name[:2]}/{name}"

    def write(self, name: str, data: bytes, mode: int) -> None:
        """Write a file durably, and the folder that it is in where there is none."""
        self._ready.wait()
        durable.write(self.name(name), data, mode, MODE)

    def expect(self, files: int) -> None:
        """Have the folders that so many files will need. Who writes meanwhile waits until they last."""
        if files <= FEW:
            return
        durable.make_folder(self.folder, MODE)
        self._ready.clear()
        try:
            for one in _ALL:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(f"{self._root}/{one}", MODE)  # noqa: PTH102
        finally:
            try:
                durable.flush_folder(self._root)
            finally:
                self._ready.set()
