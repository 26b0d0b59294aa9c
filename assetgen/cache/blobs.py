"""Bytes under the name of their own hash."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from assetgen.cache.fan import Fan
from assetgen.core import durable

CHECKED = 0o444
"""Blobs are never written to again, so nobody may."""


class Blobs:
    """Files `ab/abcd…` below a folder, each named for the SHA-256 of its bytes. Every method may raise `OSError`."""

    def __init__(self, folder: Path, quarantine: Path) -> None:
        self.folder = folder
        self._fan = Fan(folder)
        self._quarantine = quarantine

    def path(self, digest: str) -> Path:
        return Path(self._fan.name(digest))

    def size(self, digest: str) -> int | None:
        """The number of bytes that stand under the name, None where no file does."""
        try:
            found = os.lstat(self._fan.name(digest))
        except FileNotFoundError:
            return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def read(self, digest: str) -> bytes:
        """The bytes as they stand there, right or wrong."""
        return durable.read(self.path(digest))

    def hash(self, digest: str) -> str:
        """The SHA-256 of what stands there now, read piece by piece."""
        with self.path(digest).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def expect(self, blobs: int) -> None:
        """Be ready for so many new ones."""
        self._fan.expect(blobs)

    def write(self, data: bytes) -> str:
        """Store bytes durably and return their digest. What stood under the name is replaced: it may be damaged."""
        digest = hashlib.sha256(data).hexdigest()
        self._fan.write(digest, data, CHECKED)
        return digest

    def quarantine(self, digest: str) -> Path | None:
        """Move a blob out of the way, never over another one; None where somebody else has done so already."""
        durable.make_folder(self._quarantine, 0o700)
        place = self._free_place(digest)
        with contextlib.suppress(FileNotFoundError):
            self.path(digest).rename(place)
            durable.flush_folder(self._quarantine)
            return place
        return None

    def remove(self, digest: str) -> None:
        self.path(digest).unlink(missing_ok=True)

    def __iter__(self) -> Iterator[str]:
        """The digests that blobs are named for."""
        for path in self.folder.glob("??/*"):
            if not path.name.startswith(durable.TEMPORARY):
                yield path.name

    def _free_place(self, digest: str) -> Path:
        number = 1
        while (place := self._quarantine / f"{digest}.{number}").exists():
            number += 1
        return place
