"""The command in a pseudo-terminal, and what somebody in front of it would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyte

AT_HOME = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Makes the standard input the terminal of the session, so that Ctrl-C and a new size reach the command."""

PATIENCE = 20.0
"""Seconds until a screen that is waited for counts as never shown."""


class Recording:
    """A process whose three streams are one terminal of some size.

    Attributes:
        raw: Everything that was written, with its control codes.
        screen: What the terminal shows, with what went out at its top.
    """

    def __init__(
        self, line: Sequence[str], *, folder: Path, environment: Mapping[str, str], columns: int = 80, rows: int = 24
    ) -> None:
        self.raw = b""
        self.screen = pyte.HistoryScreen(columns, rows, history=10_000)
        self._feed = pyte.ByteStream(self.screen)
        self._master, slave = pty.openpty()
        self._shape(columns, rows)
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_HOME, *line],
            cwd=folder,
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; it cuts its lines, and tells the process."""
        self.screen.resize(rows, columns)
        self._shape(columns, rows)

    def type(self, keys: str) -> None:
        """Press keys; `\\x03` is Ctrl-C."""
        os.write(self._master, keys.encode())

    def until(self, shown: Callable[[list[str]], bool]) -> list[str]:
        """The lines as soon as they are as expected; it fails where that never comes."""
        deadline = time.monotonic() + PATIENCE
        while not shown(self.lines()):
            if time.monotonic() > deadline or not self._read(0.02):
                raise AssertionError("never shown; there is only:\n" + "\n".join(self.lines()))
        return self.lines()

    def end(self) -> int:
        """Look on until it has ended; its exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(0.05):
            assert time.monotonic() < deadline, "it never ended"
        return self.process.wait(PATIENCE)

    def lines(self) -> list[str]:
        """Everything that can be read, what went out at the top first, without blanks at the ends."""
        above = ["".join(row[column].data for column in range(self.screen.columns)) for row in self.screen.history.top]
        return _trimmed([*above, *self.screen.display])

    def close(self) -> None:
        """End what has not ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(PATIENCE)
        os.close(self._master)

    def _shape(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self, seconds: float) -> bool:
        """Take what there is within some seconds; False once nobody can write any more."""
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.raw += data
        self._feed.feed(data)
        return bool(data)


@contextmanager
def recording(
    line: Sequence[str], *, folder: Path, environment: Mapping[str, str], columns: int = 80, rows: int = 24
) -> Iterator[Recording]:
    """A recording for as long as the context lasts."""
    one = Recording(line, folder=folder, environment=environment, columns=columns, rows=rows)
    try:
        yield one
    finally:
        one.close()


def _trimmed(lines: list[str]) -> list[str]:
    trimmed = [line.rstrip() for line in lines]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed
