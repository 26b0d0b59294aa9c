"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

import typer
from typer.exceptions import TyperException

from assetgen.cli import terminal
from assetgen.core.actions import JSON
from assetgen.core.errors import AssetGenerationError, InvalidFilesError

ENVIRONMENT = 5
BUG = 70
INTERRUPTED = 130


def guarded(arguments: Sequence[str]) -> int:
    """Run the command line; whatever happens becomes a message and an exit code."""
    terminal.endure()
    code = _run(arguments)
    lost = terminal.lost_result()
    if lost is not None and code == 0:
        return Teller().tell(ENVIRONMENT, "storage", f"the result can't be written: {lost.strerror}")
    return code


def _run(arguments: Sequence[str]) -> int:
    from assetgen.cli.app import app

    teller = Teller.of(arguments)
    try:
        result = app(list(arguments), prog_name="assetgen", standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except TyperException as error:
        return teller.usage(error)
    except AssetGenerationError as error:
        return teller.expected(error)
    except OSError as error:
        return teller.environment(error)
    except Exception as error:
        return teller.bug(error)
    return result if isinstance(result, int) else 0


@dataclass(frozen=True, slots=True)
class Teller:
    """How errors are told.

    Attributes:
        document: As the one JSON document on stdout.
        lines: As a line of JSON on stderr, which then holds nothing else.
    """

    document: bool = False
    lines: bool = False
    verbose: bool = False

    @classmethod
    def of(cls, arguments: Sequence[str]) -> Teller:
        """As the command line asks, also where it could not be understood."""
        joined = " ".join(arguments).replace("=", " ")
        lines = "--progress json" in joined or os.environ.get("ASSETGEN_PROGRESS") == "json"
        # Only a run is so long that its bugs are told in a line: others have no such option.
        verbose = "-v" in arguments or "--verbose" in arguments or "run" not in arguments[:1]
        return cls("--json" in arguments, lines, verbose)

    def usage(self, error: TyperException) -> int:
        context = getattr(error, "ctx", None)
        command = context.command_path if context is not None else "assetgen"
        return self.tell(error.exit_code, "usage", error.format_message(), f"{command} --help")

    def expected(self, error: AssetGenerationError) -> int:
        if not isinstance(error, InvalidFilesError):
            code = str(error.details.get("code", error.code))
            return self.tell(error.exit_code, code, error.message, error.help)
        from assetgen.reporting import problems

        if self.document or self.lines:
            self._json(problems.as_json(error.problems))
        else:
            terminal.show(terminal.err(), problems.text(error.problems), wrapped=False)
        return error.exit_code

    def environment(self, error: OSError) -> int:
        where = f" `{error.filename}`" if error.filename else ""
        message = f"the system refused{where}: {error.strerror or error}"
        return self.tell(ENVIRONMENT, "storage", message, "see to it, then run again")

    def bug(self, error: Exception) -> int:
        told = self.verbose and not self.lines
        if told:
            sys.stderr.write("".join(traceback.format_exception(error)))
        advice = f"please report it, with the traceback {'above' if told else 'that --verbose shows'}"
        return self.tell(BUG, "bug", f"a bug in assetgen: {type(error).__name__}: {error}", advice)

    def tell(self, exit_code: int, code: str, message: str, advice: str = "") -> int:
        """Say what happened and what to do, and return the exit code."""
        if self.document or self.lines:
            details: dict[str, JSON] = {"code": code, "message": message, "help": advice}
            self._json({"schema": "assetgen/error@1", "exit_code": exit_code, "error": details})
            return exit_code
        terminal.complain("error", "failed", message, advice)
        return exit_code

    def _json(self, value: JSON) -> None:
        if self.document:
            terminal.print_json(value)
        if self.lines:
            terminal.print_line(value)
