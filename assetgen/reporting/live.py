"""The terminal view of a run, redrawn in place; everything else that is printed stays above it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import rich.live
from rich.console import Console, Group
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from assetgen.core.events import Timed
from assetgen.reporting.frame import Glass, lines
from assetgen.reporting.scene import Scene
from assetgen.reporting.theme import Symbols, terminal

HERTZ = 8
KEEP_LINES, WRAP_LINES = "\x1b[?7l", "\x1b[?7h"
"""Without wrapping, a picture that comes late for a terminal that was just made narrower is cut, not pushed up."""
CLEAR_BELOW = "\x1b[J"


class Live:
    """A listener that draws eight times a second, in a thread of its own, between `start` and `stop`.

    The terminal's size is asked before every picture, which also works where no signal arrives; when it has changed,
    what the terminal made of the last picture is cleared before the next one is drawn.
    """

    def __init__(self, console: Console, *, symbols: Symbols, now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._symbols = symbols
        self._now = now
        self._began = now()
        self._scene = Scene()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_drawing, name="live view", daemon=True)
        self._size = (0, 0)
        self._widths: list[int] = []
        self._blank = False
        self._live = self._new()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __call__(self, timed: Timed) -> None:
        with self._lock:
            self._scene(timed)
            self._began = self._now() - timed.t

    def start(self) -> None:
        """Begin to draw."""
        self._size = terminal(self._console.file)
        self._console.size = self._size
        self._console.file.write(KEEP_LINES)
        self._live.start()
        self._thread.start()

    def stop(self) -> None:
        """Take the picture away and give the terminal back."""
        self._ended.set()
        self._thread.join()
        self._follow()
        self._blank = True
        self._live.stop()
        self._console.file.write(WRAP_LINES)
        self._console.file.flush()

    def _new(self) -> rich.live.Live:
        return rich.live.Live(
            console=self._console,
            get_renderable=self._picture,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )

    def _keep_drawing(self) -> None:
        while not self._ended.wait(1 / HERTZ):
            self._follow()
            self._live.refresh()

    def _picture(self) -> Group | Text:
        if self._blank:
            return Text()
        with self._lock:
            drawn = lines(self._scene, Glass(self._now() - self._began, *self._size, self._symbols))
        self._widths = [text.cell_len for text in drawn]
        return Group(*drawn)

    def _follow(self) -> None:
        """Start anew where the terminal has another size than at the last picture."""
        size = terminal(self._console.file)
        if size == self._size:
            return
        # A narrower terminal has wrapped the lines of the picture, and so pushed its top further up than Rich knows.
        pushed = sum((width - 1) // size[0] for width in self._widths if width)
        self._size = self._console.size = size
        self._blank = True
        self._live.stop()
        self._console.control(Control((ControlType.CURSOR_UP, pushed)) if pushed else Control())
        self._console.file.write(CLEAR_BELOW)
        self._blank = False
        self._live = self._new()
        self._live.start()
