"""Which requests a killed run had begun to send, so that what never left is not taken for lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from pathlib import Path

from assetgen.core import durable
from assetgen.core.errors import StorageError

BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Where Linux names this start of the system. Elsewhere nothing is known, and everything may have left."""


class Departures:
    """A folder with one list for each run: a line is in it before its request leaves.

    A line survives a kill, as all that was written does while the system goes on; a power failure may take it. So a
    list begins with the name of the system's start, and tells nothing after another one.
    """

    def __init__(self, folder: Path, run: str) -> None:
        self._folder = folder
        self._run = run
        self._lines: durable.Lines | None = None

    def open(self) -> None:
        """Begin the list of this run. Raises OSError."""
        durable.make_folder(self._folder, 0o700)
        self._lines = durable.Lines(self._folder / self._run, 0o600)
        self._lines.add(_boot())

    def note(self, token: str) -> None:
        """Write down that a request is about to leave. Raises StorageError, and then it must not."""
        assert self._lines is not None, "a list is begun before anything is sent"
        try:
            self._lines.add(token)
        except OSError as error:
            raise StorageError(
                f"nothing was sent, since nobody would know of it: can't write to {self._folder}: {error.strerror}",
                help="see to the disk, then run again",
            ) from error

    def has(self, run: str, token: str) -> bool:
        """Whether a run's request may have left: it was written down, or nobody can tell."""
        try:
            first, *tokens = durable.read(self._folder / run).decode("ascii", "replace").split()
        except (OSError, ValueError):
            return True
        boot = _boot()
        return not boot or first != boot or token in tokens

    def sweep(self, needed: Callable[[], Collection[str]]) -> None:
        """Delete the lists of all runs but those that are needed. One that can't be deleted harms nobody.

        Which are needed is asked when it is known which there are: whoever begins in between has his list later.
        """
        with contextlib.suppress(OSError):
            lists = list(self._folder.iterdir())
            kept = needed()
            for path in lists:
                if path.name not in kept:
                    path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the list of this run, which stays."""
        if self._lines is not None:
            self._lines.close()
            self._lines = None


def _boot() -> str:
    with contextlib.suppress(OSError):
        return BOOT.read_text(encoding="ascii").strip()
    return ""
