"""The live view under a real pseudo-terminal, read by a terminal emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pyte

from assetgen.core.events import ProviderLimited, Timed
from assetgen.reporting import theme
from assetgen.reporting.live import Live
from tests.reporting.builders import begun, cached, done, failed, started, timed

ENVIRONMENT = {"TERM": "xterm-256color"}


class Terminal:
    """A screen that shows what is written to a pseudo-terminal."""

    def __init__(self, columns: int, rows: int) -> None:
        self.master, slave = pty.openpty()
        self.screen = pyte.HistoryScreen(columns, rows)
        self.stream = os.fdopen(slave, "w", encoding="utf-8")
        self._reader = pyte.ByteStream(self.screen)
        self._lock = threading.Lock()
        self.resize(columns, rows)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def resize(self, columns: int, rows: int) -> None:
        with self._lock:
            self.screen.resize(rows, columns)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        self.stream.close()
        self._thread.join(2)
        os.close(self.master)

    def lines(self) -> list[str]:
        with self._lock:
            return [line.rstrip() for line in self.screen.display if line.strip()]

    def until(self, holds: Callable[[list[str]], bool]) -> list[str]:
        """The lines as soon as they are as expected, or as they are after two seconds."""
        deadline = time.monotonic() + 2
        while not holds(self.lines()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.lines()

    def _read(self) -> None:
        while data := self._data():
            with self._lock:
                self._reader.feed(data)

    def _data(self) -> bytes:
        try:
            return os.read(self.master, 65536)
        except OSError:
            return b""


@contextmanager
def terminal(columns: int = 80, rows: int = 24) -> Iterator[Terminal]:
    one = Terminal(columns, rows)
    try:
        yield one
    finally:
        one.close()


def live_on(one: Terminal) -> Live:
    return Live(theme.console(one.stream, environment=ENVIRONMENT), symbols=theme.UNICODE)


def test_the_view_is_drawn_and_leaves_a_clean_screen_with_what_was_printed() -> None:
    with terminal() as one:
        console = theme.console(one.stream, environment=ENVIRONMENT)
        console.print("before")
        with Live(console, symbols=theme.UNICODE) as live:
            for event in timed(started(), cached("a"), begun("b"), done("b"), failed("c"), every=0.1):
                live(event)
            drawn = one.until(lambda lines: any("✗ c" in line for line in lines))
            console.print("a warning in the middle")
        console.print("after")
        left = one.until(lambda lines: "after" in lines and not one.screen.cursor.hidden)
        hidden = one.screen.cursor.hidden
    assert drawn[0] == "before"
    assert any("✓ b" in line for line in drawn)
    assert any("✗ c" in line for line in drawn)
    assert left == ["before", "a warning in the middle", "after"]
    assert not hidden


def test_the_view_follows_the_size_of_the_terminal_and_keeps_what_was_printed() -> None:
    with terminal(100, 30) as one:
        console = theme.console(one.stream, environment=ENVIRONMENT)
        with Live(console, symbols=theme.UNICODE) as live:
            live(Timed(0, started()))
            live(Timed(0, ProviderLimited("together", 3, 6, "2 x 429")))
            console.print("kept")
            one.until(lambda lines: len(lines) > 3)
            one.resize(130, 30)
            drawn = one.until(lambda lines: len(lines[-1]) > 100)
        left = one.until(lambda lines: lines == ["kept"])
    assert len(drawn[-1]) > 100
    assert sum("assetgen run" in line for line in drawn) == 1
    assert left == ["kept"]


def test_the_view_never_takes_the_last_rows() -> None:
    with terminal(80, 16) as one:
        with live_on(one) as live:
            for event in timed(started(total=90), *(begun(f"a{n}") for n in range(64)), every=0.01):
                live(event)
            drawn = one.until(lambda lines: any(" more" in line for line in lines))
        left = one.until(lambda lines: not lines)
    assert 0 < len(drawn) <= 12
    assert left == []


def test_an_error_inside_gives_the_terminal_back() -> None:
    with terminal() as one:
        try:
            with live_on(one) as live:
                live(Timed(0, started()))
                one.until(lambda lines: one.screen.cursor.hidden and bool(lines))
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass
        assert one.until(lambda lines: not lines and not one.screen.cursor.hidden) == []
        assert not one.screen.cursor.hidden
