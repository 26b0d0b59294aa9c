"""The two streams: stdout carries the result, stderr the conversation."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

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


def write(text: str) -> None:
    """A plain line on stdout."""
    sys.stdout.write(text + "\n")


def forgive_streams() -> None:
    """A character that a stream's encoding lacks is escaped, not a crash."""
    from io import TextIOWrapper

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def to_nowhere(stream: TextIO) -> None:
    """Nobody reads this stream any more: what is written to it goes nowhere, and the work goes on."""
    descriptor = os.open(os.devnull, os.O_WRONLY)
    os.dup2(descriptor, stream.fileno())
    os.close(descriptor)
