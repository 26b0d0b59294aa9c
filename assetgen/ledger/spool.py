"""Answers as they came, written down before anybody reads them."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assetgen.core import durable
from assetgen.core.errors import StorageError
from assetgen.core.requests import Answer, Source

logger = logging.getLogger("assetgen")

MOST_SPARE = 64
FORGOTTEN = 86400.0
"""Seconds; no run keeps a file so long without using it."""
_UNTOLD = frozenset({"set-cookie"})
_ORDER = tuple(Source)


class Spool:
    """A folder with one file for each answer to an attempt: whose it is and a checksum, a line about it, its bytes.

    What is kept survives its process at once. It survives a power failure from `last` on: most answers are stored
    where they last as soon as they are read, and would be flushed here for nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = str(folder)
        # Making and deleting a file for each of thousands of answers takes some file systems longer than its bytes do.
        self._spare: list[str] = []
        self._kept: dict[str, list[str]] = {}

    def keep(self, token: str, answer: Answer) -> None:
        """Write an answer down; a newer one of the same source takes its place. Raises StorageError."""
        path = self._path(token, answer.source)
        with self._explained():
            data = _dump(token, answer)
            try:
                os.replace(self._written(data), path)  # noqa: PTH105 - Paths would be a good part of the work
            except FileNotFoundError:  # another run swept the spare file away at this very moment
                os.replace(self._new(data), path)  # noqa: PTH105
        kept = self._kept.setdefault(token, [])
        if path not in kept:
            kept.append(path)

    def last(self, token: str) -> None:
        """Have what was kept of an attempt survive a power failure, whoever kept it. Raises StorageError."""
        with self._explained():
            for source in _ORDER:
                with contextlib.suppress(FileNotFoundError):
                    durable.flush(self._path(token, source))
            durable.flush_folder(self._root)

    def read(self, token: str) -> list[Answer]:
        """What was kept of an attempt, in the order in which it came. Raises StorageError.

        What a power failure left of an answer is none: its attempt has no known end then.
        """
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
            answer = _parsed(token, data, source)
            if answer is None:
                logger.warning("%s is damaged, and counts as no answer", path)
            else:
                found.append(answer)
        return found

    def drop(self, token: str) -> None:
        """Let the answers to an attempt go: nobody needs them any more. One that can't be deleted harms nobody.

        Files that this process wrote are used for the next answers.
        """
        kept = self._kept.pop(token, None)
        if kept is None:
            left = (self._path(token, source) for source in _ORDER)
            kept, room = [path for path in left if path not in self._spare], 0
        else:
            room = MOST_SPARE - len(self._spare)
        self._spare += kept[:room]
        for path in kept[room:]:
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

    def _written(self, data: bytes) -> str:
        """Where data stands now: over what nobody needs any more, or in a new file."""
        with contextlib.suppress(IndexError, FileNotFoundError):
            spare = self._spare.pop()
            durable.write_over(spare, data)
            return spare
        return self._new(data)

    def _new(self, data: bytes) -> str:
        temporary = durable.temporary_in(self._root)
        durable.write_new(temporary, data, 0o600)
        return temporary

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StorageError(
                f"an answer that may be paid for can't be kept in {self._folder}: {error.strerror}",
                help="see to the disk, then run again",
            ) from error

    def _path(self, token: str, source: Source) -> str:
        return f"{self._root}/{token}-{source}"


def _delete(path: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(path)  # noqa: PTH108


def _dump(token: str, answer: Answer) -> bytes:
    told = {name: value for name, value in answer.headers.items() if name not in _UNTOLD}
    about = json.dumps({"status": answer.status, "headers": told}).encode() + b"\n"
    # Files are written over: after a power failure the name may be new, and what stands there another one's answer.
    return b"%s %08x\n%s%s" % (token.encode(), _checksum(about, answer.body), about, answer.body)


def _parsed(token: str, data: bytes, source: Source) -> Answer | None:
    """The answer, None where it is not there whole."""
    first, _, rest = data.partition(b"\n")
    about, end, body = rest.partition(b"\n")
    if not end or first != b"%s %08x" % (token.encode(), _checksum(about + end, body)):
        return None
    fields = json.loads(about)
    return Answer(fields["status"], body, fields["headers"], source)


def _checksum(about: bytes, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(about))
