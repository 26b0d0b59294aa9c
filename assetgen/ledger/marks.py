"""Marks of secrets: whether one is still the same can be told by them, and nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from assetgen.core import durable
from assetgen.ledger.database import explained

NAME = "salt"
LENGTH = 32


class Marker:
    """Makes marks that mean nothing outside of one state folder. Raises StorageError where it can't be used."""

    def __init__(self, folder: Path) -> None:
        with explained(folder):
            durable.make_folder(folder, 0o700)
            self._salt = _salt(folder / NAME)

    def mark(self, *texts: str) -> str:
        """The mark of these texts together."""
        return hmac.new(self._salt, "\0".join(texts).encode(), hashlib.sha256).hexdigest()[:16]


def _salt(path: Path) -> bytes:
    """Random bytes that are made once. Two that make them at the same time agree on those of the first."""
    if not path.exists():
        temporary = path.with_name(f"{durable.TEMPORARY}{secrets.token_hex(8)}")
        durable.write(temporary, secrets.token_bytes(LENGTH), 0o600)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
        temporary.unlink()
        durable.flush_folder(path.parent)
    return durable.read(path)
