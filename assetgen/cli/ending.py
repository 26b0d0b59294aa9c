"""The end of a run, told: the document or the path on stdout, the talk about it on stderr, the figures in a file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assetgen.cli import terminal

if TYPE_CHECKING:
    from rich.console import Console

    from assetgen.core.actions import JSON
    from assetgen.core.money import Usd
    from assetgen.core.results import RunResult
    from assetgen.reporting.metrics import Metrics
    from assetgen.settings import Settings

ENVIRONMENT = 5
BEFORE_IT = frozenset({70, 130, 143})
"""Exit codes that say more than that a file can't be written."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What may be typed next.

    Attributes:
        again: Tries again, without making anything a second time.
        on: Goes on where the run was stopped.
        look: Shows one asset.
    """

    again: str
    on: str
    look: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How the end of a run is told.

    Attributes:
        durations, costs: How many of the slowest and the dearest assets are listed.
    """

    metrics: Metrics
    durations: int
    costs: int
    lines: Lines
    json: bool
    quiet: bool

    def tell(self, result: RunResult, settings: Settings) -> None:
        """The document on stdout, or the verdict and the path; the talk about it on stderr."""
        from assetgen.reporting import summary, theme

        if not self.quiet and settings.progress != "json":
            console = terminal.err()
            if console.is_terminal:
                self._show(result, settings, console)
            else:
                self._write(result, settings)
        _step_summary(result, draft=settings.draft)
        if self.json:
            slowest = self._slowest() if self.durations else None
            dearest = self._dearest() if self.costs else None
            terminal.print_json(summary.as_json(result, slowest=slowest, dearest=dearest))
        elif self.quiet or not sys.stdout.isatty():
            terminal.write(theme.safe(str(Path(result.out) / result.manifest)))

    def _show(self, result: RunResult, settings: Settings, console: Console) -> None:
        from assetgen.reporting import summary

        screen = summary.screen(
            result,
            symbols=terminal.symbols(console),
            width=console.width,
            budget=settings.max_cost,
            stopped=self.metrics.assets.stopped,
            draft=settings.draft,
            command=self._command(result),
            look=self.lines.look,
            metrics=self.metrics,
            slowest=self._slowest(),
            dearest=self._dearest(),
        )
        terminal.show(console, screen)

    def _write(self, result: RunResult, settings: Settings) -> None:
        from assetgen.reporting import summary, theme

        stopped, metrics = self.metrics.assets.stopped, self.metrics
        lines = summary.plain(
            result, stopped=stopped, command=self._command(result), draft=settings.draft, metrics=metrics
        )
        slow = [f"assetgen: slow {theme.safe(name)} {theme.seconds(took)}" for name, took in self._slowest()]
        dear = [f"assetgen: dear {theme.safe(name)} {theme.usd(cost)}" for name, cost in self._dearest()]
        sys.stderr.write("\n".join([*lines, *slow, *dear]) + "\n")

    def _command(self, result: RunResult) -> str:
        return self.lines.on if result.interrupted else self.lines.again

    def _slowest(self) -> list[tuple[str, float]]:
        return self.metrics.assets.slowest(self.durations)

    def _dearest(self) -> list[tuple[str, Usd]]:
        return self.metrics.assets.dearest(self.costs)


def write_metrics(path: Path | None, metrics: Metrics, settings: Settings) -> bool:
    """Write the figures, also of a run that broke off; True where they can't be written, which is said."""
    from assetgen.reporting import prometheus

    if path is None:
        return False
    try:
        prometheus.write(path, metrics)
    except OSError as error:
        _warn(f"the metrics can't be written to `{path}`: {error.strerror or error}", settings)
        return True
    return False


def with_environment(exit_code: int) -> int:
    """The exit code of a run whose figures could not be written."""
    return exit_code if exit_code in BEFORE_IT else ENVIRONMENT


def _warn(message: str, settings: Settings) -> None:
    from assetgen.reporting.theme import safe

    if settings.progress == "json":
        error: dict[str, JSON] = {"code": "storage", "message": message, "help": "choose another `--metrics-file`"}
        terminal.print_line({"schema": "assetgen/error@1", "exit_code": ENVIRONMENT, "error": error})
    else:
        sys.stderr.write(f"assetgen: warning: {safe(message)}\n")


def _step_summary(result: RunResult, *, draft: bool) -> None:
    """On GitHub, the page of the job gets the verdict too."""
    from assetgen.reporting import summary

    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path and os.environ.get("GITHUB_ACTIONS") == "true":
        with suppress(OSError), Path(path).open("a", encoding="utf-8") as file:
            file.write(summary.step_summary(result, draft=draft))
