"""The run log, and the same lines for other programs: one event, one line of JSON."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, Self, TextIO

from assetgen.core.actions import JSON, Place
from assetgen.core.errors import StorageError
from assetgen.core.events import Timed
from assetgen.core.money import Usd

SCHEMA = "assetgen/event@1"
PUBLIC = frozenset(
    {
        "run.started",
        "action.cached",
        "action.started",
        "action.retry",
        "action.done",
        "action.failed_over",
        "action.failed",
        "action.held",
        "action.skipped",
        "provider.limited",
        "provider.stopped",
        "budget.stopped",
        "run.finished",
    }
)
"""The events that other programs may rely on; the others are for the views."""


def line(timed: Timed) -> str:
    """One event as one line of ASCII JSON, without its end: money as decimal strings, places as `file:line`."""
    event = timed.event
    return json.dumps({"schema": SCHEMA, "event": event.name, "t": round(timed.t, 3), **_fields(event)})


class Lines:
    """A listener that writes the public events to a stream as they come."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, timed: Timed) -> None:
        if timed.event.name in PUBLIC:
            self._stream.write(line(timed) + "\n")
            self._stream.flush()


class RunLog:
    """A listener that writes `run.jsonl` into a folder; the log of the run before becomes `run.prev.jsonl`.

    Events are kept in memory and written by a thread of its own, at least every second, so that no event waits for
    the disk. A disk that can't be written never fails a run: `trouble` says what was wrong.
    """

    def __init__(self, folder: Path, *, every: float = 1.0) -> None:
        self.path = folder / "run.jsonl"
        self.trouble: OSError | None = None
        self._every = every
        self._waiting: list[str] = []
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_writing, name="run log", daemon=True)

    def __enter__(self) -> Self:
        """Put the last log aside and begin a new one.

        Raises:
            StorageError: There can be no log in this folder.
        """
        try:
            self._begin()
        except OSError as error:
            raise StorageError(f"can't write `{self.path}`: {error.strerror}", help="move it away") from error
        self._thread.start()
        return self

    def _begin(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self.path.replace(self.path.with_name("run.prev.jsonl"))
        self.path.touch()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def __call__(self, timed: Timed) -> None:
        if timed.event.name in PUBLIC:
            with self._lock:
                self._waiting.append(line(timed))

    def _keep_writing(self) -> None:
        while not self._ended.wait(self._every):
            self._write()
        self._write()

    def _write(self) -> None:
        with self._lock:
            lines, self._waiting = self._waiting, []
        if not lines:
            return
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("\n".join(lines) + "\n")
        except OSError as error:
            self.trouble = error


def _fields(value: Any) -> dict[str, JSON]:
    """The fields of a value; those that hold money say so in their names, as everywhere in JSON."""
    named = ((one.name, getattr(value, one.name)) for one in fields(value))
    return {f"{name}_usd" if isinstance(held, Usd) else name: _json(held) for name, held in named}


def _json(value: object) -> JSON:
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case Usd() | Place():
            return str(value)
        case Mapping():
            return {str(key): _json(each) for key, each in value.items()}
        case tuple() | list():
            return [_json(each) for each in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return _fields(value)
        case _:
            raise TypeError(f"an event can't hold a {type(value).__name__}")
