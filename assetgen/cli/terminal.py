"""The two streams: stdout carries the result, stderr the conversation."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from typing_extensions import Buffer

    from assetgen.core.actions import JSON
    from assetgen.reporting.theme import Symbols


def out() -> Console:
    """For the result."""
    return _console(sys.stdout)


def err() -> Console:
    """For everything else."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    from assetgen.reporting import theme

    return theme.console(stream, environment=os.environ)


def symbols(console: Console) -> Symbols:
    """The signs that the console's stream can say."""
    from assetgen.reporting import theme

    return theme.symbols(console.file)  # type: ignore[arg-type]


def show(console: Console, screen: RenderableType, *, wrapped: bool = True) -> None:
    """Print a screen; what has lines of its own is not wrapped."""
    console.print(screen, soft_wrap=not wrapped)


def print_json(value: JSON) -> None:
    """One document on stdout, in UTF-8 whatever the terminal's encoding is."""
    import json

    data = (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode(errors="backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.flush()


def print_line(value: JSON) -> None:
    """One line of JSON on stderr."""
    import json

    sys.stderr.write(json.dumps(value) + "\n")


def complain(word: str, style: str, message: str, advice: str = "") -> None:
    """Say on stderr what is wrong, and each line of the advice as one of help; only a terminal has them wrapped."""
    from assetgen.reporting.layout import line
    from assetgen.reporting.theme import safe

    console = err()
    said = [(f"{word}: ", style, safe(message))]
    said += [("  = help: ", "context", safe(one)) for one in advice.split("\n") if one]
    if not console.is_terminal:
        sys.stderr.write("".join(f"{label}{text}\n" for label, _, text in said))
        return
    for label, role, text in said:
        show(console, line((label, role), text))


def write(text: str) -> None:
    """A plain line on stdout."""
    sys.stdout.write(text + "\n")


class Enduring(io.FileIO):
    """A standard stream whose reader may go away: what is written then goes nowhere, and the work goes on.

    Attributes:
        lost: Why the last bytes did not arrive, unless it was only that nobody reads them any more.
    """

    lost: OSError | None = None

    def write(self, data: Buffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.lost = None if error.errno == errno.EPIPE else error
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return memoryview(data).nbytes


def endure() -> None:
    """Prepare the standard streams: none is closed, none ends the work, none is broken by a character it lacks."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    sys.stdout = _enduring(1, sys.stdout)
    sys.stderr = _enduring(2, sys.stderr)


def _enduring(descriptor: int, stream: TextIO | None) -> TextIO:
    raw = Enduring(descriptor, "wb", closefd=False)
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding, errors="backslashreplace", line_buffering=descriptor == 2 or raw.isatty()
    )


def lost_result() -> OSError | None:
    """Why the result did not arrive on stdout, if it didn't; a reader that went away had what it wanted."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw.lost if isinstance(raw, Enduring) else None
