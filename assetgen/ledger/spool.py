"""Answers as they came, on the disk before anybody reads them."""

from __future__ import annotations

import contextlib
import json
import zlib
from pathlib import Path

from assetgen.core import durable
from assetgen.core.errors import StorageError
from assetgen.core.requests import Answer, Source

_UNTOLD = frozenset({"set-cookie"})
_ORDER = tuple(Source)


class Spool:
    """A folder with one file for each answer to an attempt: a line about it, then its bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, token: str, answer: Answer) -> None:
        """Write an answer down durably; a newer one of the same source takes its place. Raises StorageError."""
        told = {name: value for name, value in answer.headers.items() if name not in _UNTOLD}
        about = {"status": answer.status, "headers": told, "crc32": zlib.crc32(answer.body)}
        data = json.dumps(about).encode() + b"\n" + answer.body
        try:
            durable.write(self._path(token, answer.source), data, 0o600)
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
            try:
                data = durable.read(path)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(f"can't read {path}: {error.strerror}", help="see to the disk") from error
            found.append(_answer(path, data, source))
        return found

    def drop(self, token: str) -> None:
        """Let the answers to an attempt go: nobody needs them any more. One that can't be deleted harms nobody."""
        for source in _ORDER:
            with contextlib.suppress(OSError):
                self._path(token, source).unlink()

    def tokens(self) -> set[str]:
        """The attempts of which answers are kept."""
        names = (path.name for path in self._folder.iterdir())
        return {name.rpartition("-")[0] for name in names if not name.startswith(durable.TEMPORARY)}

    def _path(self, token: str, source: Source) -> Path:
        return self._folder / f"{token}-{source}"


def _answer(path: Path, data: bytes, source: Source) -> Answer:
    line, _, body = data.partition(b"\n")
    try:
        about = json.loads(line)
        whole = about["crc32"] == zlib.crc32(body)
    except (ValueError, KeyError, TypeError):
        whole = False
    if not whole:
        raise StorageError(f"{path} is damaged", help="delete it, and run `assetgen ledger reconcile`")
    return Answer(about["status"], body, about["headers"], source)
