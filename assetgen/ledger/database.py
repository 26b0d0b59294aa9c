"""The ledger's database file: opened with care, written by one process at a time.

SQLite up to 3.51.2 can lose commits of its write-ahead log when two connections use it, and 3.40 is what many
machines have: so the journal is a rollback journal. Its truncation is flushed as well, and so a commit is durable when
it returns. Writers queue at a lock of the kernel's, since SQLite's own waiting is not fair: with many writers one could
starve until it gives up.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from assetgen.core import durable
from assetgen.core.errors import StorageError
from assetgen.ledger.schema import APPLICATION, STATEMENTS, VERSION

NAME = "ledger.db"
LOCK = "ledger.lock"
PATIENCE = 60.0
"""Seconds to wait for readers in other processes."""


class Database:
    """One connection, for one thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = _connect(folder / NAME)

    @classmethod
    def open(cls, folder: Path) -> Database:
        """The database in a folder (mode 0700); both are made where they are new.

        Raises:
            StorageError: It is damaged, of a newer version, or can't be used.
        """
        with explained(folder):
            durable.make_folder(folder, 0o700)
            with _alone(folder):
                if not (folder / NAME).exists():
                    _make(folder)
            database = cls(folder)
            try:
                database._check()
            except BaseException:
                database.close()
                raise
        return database

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is durable when the block is left, and never happened where the block raises."""
        with explained(self._folder), _alone(self._folder):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, for questions."""
        with explained(self._folder):
            yield self._connection

    def close(self) -> None:
        self._connection.close()

    def _check(self) -> None:
        (application,) = self._connection.execute("PRAGMA application_id").fetchone()
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            raise trouble(self._folder, "it is not a ledger of assetgen")
        if version > VERSION:
            raise StorageError(
                f"the ledger in {self._folder} was written by a newer version of assetgen",
                help="install that version, or name another --state-dir",
            )
        (found,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise trouble(self._folder, found)


def exists(folder: Path) -> bool:
    """Whether there is a ledger in a folder."""
    return (folder / NAME).exists()


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say in words what goes wrong with a ledger. Raises StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        raise trouble(folder, str(error)) from error
    except OSError as error:
        raise trouble(folder, error.strerror or str(error)) from error


def trouble(folder: Path, what: str) -> StorageError:
    """What is wrong with the ledger in a folder, in words."""
    return StorageError(
        f"the ledger in {folder} can't be used: {what}",
        help="nothing is bought without it: see to the disk, restore it from a backup, or name another --state-dir",
    )


def _connect(path: Path) -> sqlite3.Connection:
    # `mode=rw`: a file that is gone is an error, never a new and empty ledger.
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = TRUNCATE")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _make(folder: Path) -> None:
    """Make the file whole under another name first: an empty one would be a ledger that has forgotten everything."""
    temporary = folder / f"{durable.TEMPORARY}{secrets.token_hex(8)}"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    connection = _connect(temporary)
    for statement in ("BEGIN", *STATEMENTS, "COMMIT"):
        connection.execute(statement)
    connection.close()
    temporary.with_name(f"{temporary.name}-journal").unlink(missing_ok=True)
    # One that is left of a ledger that is gone would be played back into this one.
    (folder / f"{NAME}-journal").unlink(missing_ok=True)
    temporary.replace(folder / NAME)
    durable.flush_folder(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
