"""Finished files in memory: for trying things out, and for tests."""

from __future__ import annotations

import hashlib
import io
from itertools import accumulate

from assetgen.core.actions import JSON
from assetgen.core.errors import StorageError
from assetgen.core.ports import Stored
from assetgen.core.records import FileStamp
from assetgen.storage import documents, paths, sounds


class MemoryStorage:
    """A folder that is gone with its process. It refuses what a real one refuses."""

    def __init__(self, public_url: str | None = None) -> None:
        self.public_url = public_url
        self._files: dict[str, tuple[bytes, FileStamp]] = {}
        self._folders: set[str] = set()
        self._written = 0

    def flush(self) -> None:
        """Nothing lasts here."""

    def store(self, path: str, data: bytes, sha256: str = "", *, lasting: bool = True) -> Stored:
        """Keep one file; raises StorageError where a folder has its name, or a file that of its folder."""
        folders = set(_folders(path))
        if path in self._folders or not folders.isdisjoint(self._files):
            raise StorageError(f"can't write `{path}`: a folder and a file can't have one name")
        self._folders |= folders
        self._written += 1
        self._files[path] = (bytes(data), FileStamp(len(data), self._written, self._written))
        digest = sha256 or hashlib.sha256(data).hexdigest()
        return Stored(path, self.get_url(path), digest, len(data), self._files[path][1])

    def store_json(self, path: str, value: JSON) -> Stored:
        return self.store(path, documents.dump(value))

    def read(self, path: str) -> bytes:
        if not self.exists(path):
            raise StorageError(f"can't read `{path}`: there is no such file")
        return self._files[path][0]

    def get_url(self, path: str) -> str:
        return paths.url(path, self.public_url)

    def get_duration(self, path: str) -> float | None:
        return sounds.duration(io.BytesIO(self.read(path)))

    def exists(self, path: str) -> bool:
        return self.stat(path) is not None

    def stat(self, path: str) -> FileStamp | None:
        """A stamp that is another one after every `store`, None where there is no file."""
        paths.names(path)
        return self._files[path][1] if path in self._files else None

    def digest(self, path: str) -> str | None:
        """The SHA-256 of a file, None where there is none."""
        return hashlib.sha256(self.read(path)).hexdigest() if self.exists(path) else None


def _folders(path: str) -> list[str]:
    """`a/b/c.png` stands in `a` and `a/b`."""
    return list(accumulate(paths.names(path)[:-1], lambda outer, name: f"{outer}/{name}"))
