"""The one place where errors become messages and exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence

import typer
from typer.exceptions import TyperException

from assetgen.cli import terminal
from assetgen.core.actions import JSON
from assetgen.core.errors import AssetGenerationError, InvalidFilesError

BUG = 70
INTERRUPTED = 130


def guarded(arguments: Sequence[str]) -> int:
    """Run the command line; whatever happens becomes a message and an exit code."""
    terminal.forgive_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output went away after the work was done: what it wanted, it has.
        terminal.to_nowhere(sys.stdout)
        return 0
    return code


def _run(arguments: Sequence[str]) -> int:
    from assetgen.cli.app import app

    machine = "--json" in arguments
    try:
        result = app(list(arguments), prog_name="assetgen", standalone_mode=False)
    except typer.Exit as end:
        return end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except TyperException as error:
        return _usage(error, machine)
    except AssetGenerationError as error:
        return _expected(error, machine)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _bug(error, machine, "-v" in arguments or "--verbose" in arguments)
    return result if isinstance(result, int) else 0


def _usage(error: TyperException, machine: bool) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "assetgen"
    _tell(machine, error.exit_code, "usage", error.format_message(), f"{command} --help")
    return error.exit_code


def _expected(error: AssetGenerationError, machine: bool) -> int:
    if isinstance(error, InvalidFilesError):
        _problems(error, machine)
    else:
        _tell(machine, error.exit_code, str(error.details.get("code", error.code)), error.message, error.help)
    return error.exit_code


def _problems(error: InvalidFilesError, machine: bool) -> None:
    from assetgen.reporting import problems

    if machine:
        terminal.print_json(problems.as_json(error.problems))
    else:
        terminal.show(terminal.err(), problems.text(error.problems), wrapped=False)


def _bug(error: Exception, machine: bool, verbose: bool) -> int:
    details = "".join(traceback.format_exception(error)) if verbose else ""
    sys.stderr.write(details)
    advice = "please report it, with the traceback that --verbose shows"
    _tell(machine, BUG, "bug", f"a bug in assetgen: {type(error).__name__}: {error}", advice)
    return BUG


def _tell(machine: bool, exit_code: int, code: str, message: str, advice: str) -> None:
    if machine:
        details: dict[str, JSON] = {"code": code, "message": message, "help": advice}
        terminal.print_json({"schema": "assetgen/error@1", "exit_code": exit_code, "error": details})
        return
    from assetgen.reporting.theme import safe

    sys.stderr.write(f"error: {safe(message)}\n")
    if advice:
        sys.stderr.write(f"  = help: {safe(advice)}\n")
