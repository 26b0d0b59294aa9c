"""Answers as they came, on the disk before anybody reads them."""

from __future__ import annotations

import contextlib
import json
import os
import time
import zlib
from pathlib import Path

from assetgen.core import durable
from assetgen.core.errors import StorageError
from assetgen.core.requests import Answer, Source

MOST_SPARE = 64
FORGOTTEN = 86400.0
"""Seconds; no run keeps a file so long without using it."""
_UNTOLD = frozenset({"set-cookie"})
_ORDER = tuple(Source)


class Spool:
    """A folder with one file for each answer to an attempt: a line about it, then its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = str(folder)
        # Making and deleting a file for each of thousands of answers takes some file systems longer than its bytes do.
        self._spare: list[str] = []
        self._kept: dict[str, list[str]] = {}

    def keep(self, token: str, answer: Answer) -> None:
        """Write an answer down durably; a newer one of the same source takes its place. Raises StorageError."""
        told = {name: value for name, value in answer.headers.items() if name not in _UNTOLD}
        about = {"status": answer.status, "headers": told, "crc32": zlib.crc32(answer.body)}
        data = json.dumps(about).encode() + b"\n" + answer.body
        try:
            path = self._path(token, answer.source)
            durable.write(path, data, 0o600, spare=self._taken())
            self._kept.setdefault(token, []).append(path)
        except OSError as error:
            raise StorageError(
                f"an answer that may be paid for can't be kept in {self._folder}: {error.strerror}",
                help="see to the disk, then run again",
            ) from error

    def read(self, token: str) -> list[Answer]:
        """What was kept of an attempt, in the order in which it came. Raises StorageError."""
        found = []
        for source in _ORDER:
            path = self._path(token, source)
            if path in self._spare:
                continue
            try:
                data = durable.read(Path(path))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(f"can't read {path}: {error.strerror}", help="see to the disk") from error
            found.append(_answer(path, data, source))
        return found

    def drop(self, token: str) -> None:
        """Let the answers to an attempt go: nobody needs them any more. One that can't be deleted harms nobody.

        Files that this process wrote are used for the next answers.
        """
        kept = self._kept.pop(token, [])
        room = MOST_SPARE - len(self._spare)
        self._spare += kept[:room]
        for path in kept[room:] if kept else [self._path(token, source) for source in _ORDER]:
            _delete(path)

    def close(self) -> None:
        """Delete the files that were kept for more answers."""
        while self._spare:
            _delete(self._spare.pop())

    def sweep(self, age: float = FORGOTTEN) -> None:
        """Delete what killed processes had not finished writing, if it is older than `age` seconds."""
        for path in self._folder.glob(f"{durable.TEMPORARY}*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > age:
                    path.unlink()

    def tokens(self) -> set[str]:
        """The attempts of which answers are kept."""
        names = (path.name for path in self._folder.iterdir())
        return {name.rpartition("-")[0] for name in names if not name.startswith(durable.TEMPORARY)}

    def _taken(self) -> str:
        """A file to write over, under a name that says that it is nobody's; empty where there is none."""
        with contextlib.suppress(IndexError, OSError):
            spare = durable.temporary_in(self._root)
            os.rename(self._spare.pop(), spare)  # noqa: PTH104 - Paths would be a good part of the work
            return spare
        return ""

    def _path(self, token: str, source: Source) -> str:
        return f"{self._root}/{token}-{source}"


def _delete(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)  # noqa: PTH108


def _answer(path: str, data: bytes, source: Source) -> Answer:
    line, _, body = data.partition(b"\n")
    try:
        about = json.loads(line)
        whole = about["crc32"] == zlib.crc32(body)
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise StorageError(f"{path} is damaged", help="delete it, and run `assetgen ledger reconcile`")
    return Answer(about["status"], body, about["headers"], source)
