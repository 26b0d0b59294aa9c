"""Writing the named files of the output folder, and knowing afterwards which of them are ours."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from assetgen.core import durable
from assetgen.core.errors import EditedOutputError, StorageError
from assetgen.core.ports import AssetStorage
from assetgen.core.records import FileStamp, OutputFiles, RecordedFile
from assetgen.core.results import MadeFile, Making, OutputFile
from assetgen.planning.records import LastRun

T = TypeVar("T")


class Publisher:
    """Writes files that are ours, announced beforehand, and never over a file that somebody else wrote."""

    def __init__(self, storage: AssetStorage, files: OutputFiles, last: LastRun, journal: Path | None) -> None:
        self._storage = storage
        self._files = files
        self._last = last
        self._journal = journal
        self._stamps: dict[str, FileStamp] = {}
        self._announced: durable.Lines | None = None
        self._opening = threading.Lock()

    def make(self, job: str, make: Callable[..., Making[T]], /, *arguments: Any) -> tuple[T, tuple[OutputFile, ...]]:
        """Have files made, and write each of them. Raises as `publish`, and what `make` raises."""
        made = make(*arguments)
        return made.facts, tuple(self.publish(job, file) for file in made.files)

    def publish(self, job: str, file: MadeFile) -> OutputFile:
        """Write one file, unless it stands there already.

        Raises:
            EditedOutputError: Another file stands there.
            StorageError: It can't be written.
        """
        path, sha256 = file.path, file.sha256 or hashlib.sha256(file.data).hexdigest()
        standing = self._files.digest(path)
        if standing == sha256:
            self._stamps[path] = self._stamp(path)
        else:
            if standing is not None and not self._last.wrote(path, standing):
                raise edited(job, path, "what belongs there will not be paid for again")
            self._announce(path, sha256)
            self._stamps[path] = self._storage.store(path, file.data, sha256, lasting=False).stamp or self._stamp(path)
        return OutputFile(path, self._storage.get_url(path), sha256, len(file.data), file.media_type)

    def recorded(self, file: OutputFile) -> RecordedFile:
        """The file with its stamp as it stood when it was published."""
        stamp = self._stamps.pop(file.path) if file.path in self._stamps else self._stamp(file.path)
        return RecordedFile(file.path, file.sha256, stamp)

    def exists(self, path: str) -> bool:
        """Whether a file stands under this path."""
        return self._files.stat(path) is not None

    def look(self, path: str) -> tuple[str | None, FileStamp | None]:
        """The hash and the stamp of a file as it stands now."""
        return self._files.digest(path), self._files.stat(path)

    def forget_announcements(self) -> None:
        """Everything that was announced is recorded now."""
        self.close()
        if self._journal is not None:
            self._journal.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the list of announcements, which stays as it is."""
        if self._announced is not None:
            self._announced.close()
            self._announced = None

    def _stamp(self, path: str) -> FileStamp:
        stamp = self._files.stat(path)
        if stamp is None:
            raise StorageError(f"`{path}` is gone as soon as it was written", help="see who else writes there")
        return stamp

    def _announce(self, path: str, sha256: str) -> None:
        """Say what is about to be written: after a kill, the next run must not take it for somebody else's."""
        if self._journal is not None:
            try:
                with self._opening:
                    self._announced = self._announced or durable.Lines(self._journal)
                self._announced.add(json.dumps([path, sha256]))
            except OSError as error:
                raise StorageError(
                    f"can't write `{self._journal}`: {error.strerror}", help="see to the disk"
                ) from error


def edited(job: str, path: str, consequence: str) -> EditedOutputError:
    """Somebody else's file is in the way."""
    return EditedOutputError(
        f"`{path}` was changed or put there by somebody else; it is kept, and {consequence}",
        action=job,
        help=f"move `{path}` away and run again",
    )
