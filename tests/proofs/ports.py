"""The same door where no kernel keeps it: steps are held up in Python, just before they are done.

What SQLite does cannot be seen from there; its commits stand for all of their steps.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

COMMIT = "fdatasync"
"""The name that a commit goes by."""


@dataclass(frozen=True, slots=True)
class PortCall:
    """One step, as the process tells of it."""

    name: str
    target: str
    is_wake_up: bool
    _word: socket.socket

    def allow(self) -> None:
        self._answer(0)

    def refuse(self, error: int) -> None:
        self._answer(error)

    def _answer(self, error: int) -> None:
        try:
            self._word.sendall(b"%d\n" % error)
        except OSError:
            return  # it was killed while it waited


class PortDoor:
    """The door of a process that keeps it by itself."""

    def __init__(self, word: socket.socket) -> None:
        self._word = word

    def calls(self) -> Iterator[PortCall]:
        with self._word.makefile("rb") as told:
            while line := _line(told):
                name, target, is_wake_up = json.loads(line)
                yield PortCall(name, target, is_wake_up, self._word)

    def close(self) -> None:
        self._word.close()


def _line(told: BinaryIO) -> bytes:
    try:
        return told.readline()
    except OSError:
        return b""


class Doorkeeper:
    """In the process itself: asks before each step, one at a time, and does what it is told."""

    def __init__(self, word: socket.socket, names: tuple[str, ...]) -> None:
        self._word = word
        self._told = word.makefile("rb")
        self._names = names
        self._lock = threading.Lock()
        self._send = socket.socket.sendall

    def ask(self, name: str, target: str = "", *, wake_up: bool = False) -> None:
        """Raises OSError where the step shall fail."""
        if name not in self._names:
            return
        with self._lock:
            self._send(self._word, json.dumps([name, target, wake_up]).encode() + b"\n")
            error = int(self._told.readline())
        if error:
            raise OSError(error, os.strerror(error))

    def on_paths(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(path: str | Path, *others: Any, **options: Any) -> Any:
            folder = options.get("src_dir_fd", options.get("dir_fd"))
            self.ask(name, os.fspath(path) if folder is None else f"{_path_of(folder)}/{path}")
            return real(path, *others, **options)

        return step

    def on_files(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(descriptor: int) -> Any:
            self.ask(name, _path_of(descriptor))
            return real(descriptor)

        return step

    def on_sockets(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(connection: socket.socket, what: Any, *others: Any) -> Any:
            self.ask(name, "socket:", wake_up=name == "sendto" and len(what) == 1)
            return real(connection, what, *others)

        return step

    def on_databases(self) -> type[sqlite3.Connection]:
        keeper = self

        class Connection(sqlite3.Connection):
            def execute(self, statement: str, *others: Any) -> sqlite3.Cursor:
                if statement.startswith("COMMIT"):
                    try:
                        keeper.ask(COMMIT, "database")
                    except OSError as error:
                        raise sqlite3.OperationalError(error.strerror) from error
                return super().execute(statement, *others)

        return Connection


def hold(names: tuple[str, ...]) -> socket.socket:
    """Have steps of these names asked about from now on; returns what to listen at."""
    mine, theirs = socket.socketpair()
    keeper = Doorkeeper(mine, names)
    for name, functions in {
        "rename": ("rename", "replace"),
        "unlink": ("unlink", "remove"),
        "mkdir": ("mkdir",),
    }.items():
        for function in functions:
            setattr(os, function, keeper.on_paths(name, getattr(os, function)))
    os.fsync = keeper.on_files("fsync", os.fsync)
    for name, method in (("sendto", "send"), ("connect", "connect")):
        setattr(socket.socket, method, keeper.on_sockets(name, getattr(socket.socket, method)))
    connection, connect = keeper.on_databases(), sqlite3.connect
    sqlite3.connect = lambda *places, **options: connect(*places, **{"factory": connection, **options})
    return theirs


def _path_of(descriptor: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())
    except OSError:
        return ""
