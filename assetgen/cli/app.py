"""The commands, and the first screen that a user sees."""

from __future__ import annotations

from typing import Annotated

import typer

from assetgen import __version__
from assetgen.cli import cache, doctor, estimate, explain, init, ledger, models, run, schema, show, validate, voices

WELCOME = """\
Make the pictures, narration and cutscenes of your game from one file.

\b
  assetgen init                            start here
  assetgen run actions.yaml --draft        look at it: no key, no cost
  assetgen estimate actions.yaml           what will it cost?
  assetgen run actions.yaml                make it; what is there is kept
"""

EXIT_CODES = (
    "Exit codes: 0 done; 1 some failed; 2 wrong usage or input; 3 budget; 4 outcome unknown; "
    "5 disk, cache or version; 6 key or quota; 10 work to do (estimate --check); 70 a bug; 130, 143 stopped"
)

app = typer.Typer(
    help=WELCOME,
    epilog=EXIT_CODES,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"assetgen {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _add(name: str, command: object) -> None:
    app.command(name, epilog=EXIT_CODES)(command)  # type: ignore[type-var]


_add("init", init.command)
_add("validate", validate.command)
_add("estimate", estimate.command)
_add("run", run.command)
_add("show", show.command)
_add("models", models.command)
_add("voices", voices.command)
_add("doctor", doctor.command)
_add("schema", schema.command)
_add("explain", explain.command)
app.add_typer(cache.app, name="cache")
app.add_typer(ledger.app, name="ledger")
