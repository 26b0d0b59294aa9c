"""What is remembered of a finished asset from one run to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from assetgen.core.actions import JSON, Kind
from assetgen.core.results import OutputFile


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells cheaply that a file was not touched: size in bytes, modification time in ns, inode."""

    bytes: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """One file as it was written: its path below the output folder, its hash, and its stamp at that time."""

    path: str
    sha256: str
    stamp: FileStamp

    def output(self, get_url: Callable[[str], str]) -> OutputFile:
        """The file as its asset's result has it."""
        return OutputFile(self.path, get_url(self.path), self.sha256, self.stamp.bytes, "")


@dataclass(frozen=True, slots=True)
class Record:
    """One asset as it was made last.

    Attributes:
        fields: What its key was made of, to say what changed since.
        entry: Its line in the manifest.
        purchases: Keys of what was bought for it.
    """

    id: str
    kind: Kind
    key: str
    fields: Mapping[str, JSON]
    entry: Mapping[str, JSON]
    files: tuple[RecordedFile, ...]
    purchases: tuple[str, ...] = ()


class OutputFiles(Protocol):
    """A look at the files of an output folder."""

    def stat(self, path: str) -> FileStamp | None:
        """The stamp of a regular file, None where there is none."""
        ...

    def digest(self, path: str) -> str | None:
        """The SHA-256 of a file, None where there is none."""
        ...
