"""Finished files in a folder."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from functools import reduce
from io import BufferedReader
from itertools import accumulate
from pathlib import Path

from assetgen.core import durable
from assetgen.core.actions import JSON
from assetgen.core.errors import StorageError
from assetgen.core.ports import Stored
from assetgen.core.records import FileStamp
from assetgen.storage import documents, paths, sounds
from assetgen.storage.troubles import not_through_links, refused

MOST_HELD = 16
"""Folders that are held open at a time."""


class FilesystemStorage:
    """The default storage: durable writes below one folder, never through a symbolic link.

    Every method raises StorageError for a path that leads elsewhere, and for what the disk refuses.

    Args:
        root: The output folder; it is made when the first file is stored.
        public_url: Where the folder will be served from; without it, addresses are relative.
    """

    def __init__(self, root: Path, public_url: str | None = None) -> None:
        self.root = root
        self.public_url = public_url
        self._held: dict[str, durable.Folder] = {}
        self._unflushed: set[durable.Folder] = set()
        self._opening = threading.RLock()

    def store(self, path: str, data: bytes, sha256: str = "", *, lasting: bool = True) -> Stored:
        """Write one file durably; what stood under the name before is replaced whole, or still stands."""
        with refused("can't write `{}` to `{}`", path, self.root):
            try:
                folder, found = self._written(path, data)
            except FileNotFoundError:
                self._held.pop(self._parent(path), None)  # somebody deleted it since it was opened
                folder, found = self._written(path, data)
            if lasting:
                folder.flush()
            else:
                self._unflushed.add(folder)
        return Stored(path, self.get_url(path), sha256 or hashlib.sha256(data).hexdigest(), len(data), _stamp(found))

    def flush(self) -> None:
        with refused("can't write to `{}`", self.root):
            for folder in tuple(self._unflushed):
                folder.flush()
                self._unflushed.discard(folder)

    def store_json(self, path: str, value: JSON) -> Stored:
        return self.store(path, documents.dump(value))

    def read(self, path: str) -> bytes:
        with self._opened(path) as file:
            return file.read()

    def get_url(self, path: str) -> str:
        return paths.url(path, self.public_url)

    def get_duration(self, path: str) -> float | None:
        with self._opened(path) as file:
            return sounds.duration(file)

    def exists(self, path: str) -> bool:
        return self.stat(path) is not None

    def stat(self, path: str) -> FileStamp | None:
        """The stamp of a regular file, None where there is none."""
        found = self._look(path)
        if found is None or not stat.S_ISREG(found.st_mode):
            return None
        return _stamp(found)

    def digest(self, path: str) -> str | None:
        """The SHA-256 of a file, None where there is none."""
        if self.stat(path) is None:
            return None
        with self._opened(path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _look(self, path: str) -> os.stat_result | None:
        """What stands under a path, None where nothing does, after a look at every step of the way.

        The way to a folder that is held was looked at when it was opened.
        """
        if self._held and (held := self._still_held(self._parent(path))) is not None:
            return self._looked(held, path)
        found = None
        with refused("can't read `{}` in `{}`", path, self.root):
            for place in accumulate(paths.names(path), _step, initial=str(self.root)):
                found = _lstat(place)
                if found is None:
                    break
                if stat.S_ISLNK(found.st_mode):
                    raise not_through_links(place)
        return found

    def _written(self, path: str, data: bytes) -> tuple[durable.Folder, os.stat_result]:
        folder = self._folder(path)
        name = os.fsdecode(paths.names(path)[-1].encode())
        standing = folder.look(name)
        if standing is not None and stat.S_ISLNK(standing.st_mode):
            raise not_through_links(self._place(path))
        return folder, folder.write(name, data)

    def _folder(self, path: str) -> durable.Folder:
        """The folder of a file, made where it is missing, and held for the files that follow."""
        parent = self._parent(path)
        with self._opening:
            if (held := self._still_held(parent)) is not None:
                return held
            self._look(path)
            durable.make_folder(Path(parent))
            folder = durable.Folder(parent)
            while len(self._held) >= MOST_HELD:
                self._let_go(next(iter(self._held)))
            self._held[parent] = folder
            return folder

    def _still_held(self, parent: str) -> durable.Folder | None:
        """The folder that is held for a path, unless somebody moved or replaced it since it was opened."""
        held = self._held.get(parent)
        if held is None or held.stands_at(parent):
            return held
        with self._opening:
            if self._held.get(parent) is held:
                self._let_go(parent)
        return None

    def _let_go(self, parent: str) -> None:
        """Hold a folder no more. Whoever writes in it at this moment holds it by himself."""
        folder = self._held.pop(parent, None)
        if folder is not None and folder in self._unflushed:
            self._unflushed.discard(folder)
            folder.flush()

    def _parent(self, path: str) -> str:
        return reduce(_step, paths.names(path)[:-1], str(self.root))

    def _looked(self, held: durable.Folder, path: str) -> os.stat_result | None:
        with refused("can't read `{}` in `{}`", path, self.root):
            found = held.look(os.fsdecode(paths.names(path)[-1].encode()))
        if found is not None and stat.S_ISLNK(found.st_mode):
            raise not_through_links(self._place(path))
        return found

    def _place(self, path: str) -> str:
        return reduce(_step, paths.names(path), str(self.root))

    @contextlib.contextmanager
    def _opened(self, path: str) -> Iterator[BufferedReader]:
        if not self.exists(path):
            raise StorageError(f"can't read `{paths.printable(path)}` in `{self.root}`: there is no such file")
        with refused("can't read `{}` in `{}`", path, self.root), Path(self._place(path)).open("rb") as file:
            yield file


def _stamp(found: os.stat_result) -> FileStamp:
    return FileStamp(found.st_size, found.st_mtime_ns, found.st_ino)


def _step(place: str, name: str) -> str:
    # File names are UTF-8 whatever the locale says.
    return f"{place}/{os.fsdecode(name.encode())}"


def _lstat(place: str) -> os.stat_result | None:
    try:
        return os.lstat(place)
    except (FileNotFoundError, NotADirectoryError):
        return None
