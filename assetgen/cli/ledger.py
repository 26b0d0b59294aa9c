"""`assetgen ledger`: what was paid, and what nobody knows yet."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.agreement import agree
from assetgen.cli.options import CacheDir, Config, Json, StateDir, Yes
from assetgen.cli.project import open_as_asked

if TYPE_CHECKING:
    from assetgen.api import Project
    from assetgen.core.journal import Recovered, Row
    from assetgen.ledger.journal import Journal
    from assetgen.reporting.ledger import Book, Span
    from assetgen.reporting.reconciling import Settled

HELD = 4
SHOWN = 30
SHORTEST_KEY = 8

Keys = list[str] | None

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def root(context: typer.Context) -> None:
    """What was paid, and what may have been. Alone, it is `assetgen ledger show`."""
    if context.invoked_subcommand is None:
        show(context)


@app.command()
def show(
    context: typer.Context,
    unknown: Annotated[bool, typer.Option("--unknown", help="Only attempts of unknown outcome.")] = False,
    last: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="The last N attempts. [default: 30]", show_default=False)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All attempts.")] = False,
    json: Json = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Show every paid attempt, with the sums.

    Below stand the open accounts, and what counts against the project's limits of a day and a month.

    \b
      assetgen ledger show --last 100
      assetgen ledger show --unknown --json
    """
    from assetgen.reporting import ledger

    book = _book(open_as_asked(context), unknown=unknown)
    if json:
        terminal.print_json(ledger.as_json(book, last=None if everything else last))
    else:
        console = terminal.out()
        most = None if everything else last or SHOWN
        terminal.show(console, ledger.screen(book, last=most, symbols=terminal.symbols(console), width=console.width))
    return 0


def _book(project: Project, *, unknown: bool) -> Book:
    """All that there is to show; with no ledger yet, nothing."""
    from assetgen.core.journal import RowState
    from assetgen.reporting.ledger import Book

    journal = project.journal()
    if journal is None:
        return Book()
    rows = journal.rows({RowState.UNKNOWN} if unknown else None)
    return Book(rows, journal.accounts(), _spans(project, journal))


def _spans(project: Project, journal: Journal) -> tuple[Span, Span]:
    from assetgen.reporting.ledger import Span

    settings = project.settings
    day, month = journal.spent_on(str(settings.project_folder), "real", project.clock.now().date())
    return Span("Today", day, settings.max_cost_per_day), Span("This month", month, settings.max_cost_per_month)


@app.command()
def reconcile(
    context: typer.Context,
    assume_paid: Annotated[
        Keys, typer.Option(metavar="KEY", help="It was charged, and never came: book it (repeatable).")
    ] = None,
    assume_unpaid: Annotated[
        Keys, typer.Option(metavar="KEY", help="It was not charged: free its money (repeatable).")
    ] = None,
    yes: Yes = False,
    json: Json = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Settle what nobody knows to be paid.

    Asks the services that can be asked, then names what only you can settle. Ends with 4 while something is unknown.

    \b
      assetgen ledger reconcile
      assetgen ledger reconcile --assume-unpaid 1a2b3c4d5e6f
    """
    from assetgen.reporting import reconciling

    project = open_as_asked(context)
    journal = project.journal()
    settled = _settle(project, journal, assume_paid or [], assume_unpaid or [], yes=yes) if journal else None
    settled = settled or reconciling.Settled()
    code = HELD if settled.unknown else 0
    if json:
        terminal.print_json(reconciling.as_json(settled, code))
    else:
        console = terminal.out()
        again = shlex.join(["assetgen", "ledger", "reconcile", *_folders(config, cache_dir, state_dir)])
        screen = reconciling.screen(settled, project.services, again, symbols=terminal.symbols(console))
        terminal.show(console, screen)
    return code


def _settle(project: Project, journal: Journal, paid: list[str], unpaid: list[str], *, yes: bool) -> Settled:
    """Take the user's word, ask the services, and write the word down where no service knew better."""
    import asyncio

    from assetgen.core.journal import RowState
    from assetgen.reporting.reconciling import Settled

    unsure = {RowState.SENDING, RowState.ACCEPTED, RowState.UNKNOWN}
    rows = journal.rows(unsure)
    booked, freed = (
        list({row.id: row for key in keys for row in _named(rows, key)}.values()) for keys in (paid, unpaid)
    )
    _agree(booked, freed, yes=yes)
    learnt = _learnt(journal, asyncio.run(project.reconcile()))
    left = {row.id for row in journal.rows(unsure)}
    told = [journal.assume_paid(row.purchase.key, row.cache) for row in booked if row.id in left]
    told += [journal.assume_unpaid(row.purchase.key, row.cache) for row in freed if row.id in left]
    return Settled(learnt, told, journal.rows({RowState.UNKNOWN}))


def _learnt(journal: Journal, asked: list[Recovered]) -> list[Recovered]:
    """What the services said of attempts, as these stand now; where nothing was learnt, there is nothing to tell."""
    from assetgen.core.journal import Recovered, RowState

    now = {row.id: row for row in journal.rows()} if asked else {}
    found = [Recovered(now[one.row.id], one.was) for one in asked]
    return [one for one in found if {one.row.state, one.was} != {RowState.UNKNOWN}]


def _named(unsure: Sequence[Row], key: str) -> list[Row]:
    """The attempts at the purchase whose key begins so, one for each cache that it was bought for.

    Raises:
        ValidationError: There is none, or more than one purchase.
    """
    from assetgen.core.errors import ValidationError

    found = [row for row in unsure if row.purchase.key.startswith(key)] if len(key) >= SHORTEST_KEY else []
    purchases = len({row.purchase.key for row in found})
    if purchases != 1:
        what = f"{purchases} keys begin with" if found else "no attempt of unknown outcome has the key"
        raise ValidationError(f"{what} `{key}`", help="`assetgen ledger show --unknown` lists them")
    return found


def _agree(booked: list[Row], freed: list[Row], *, yes: bool) -> None:
    """Say what the user's word comes to, and ask for it once more. Raises ValidationError where nobody agrees."""
    from assetgen.core.errors import ValidationError
    from assetgen.reporting import reconciling

    both = {row.id for row in booked} & {row.id for row in freed}
    if both:
        raise ValidationError("the same key can't be paid and unpaid")
    if booked or freed:
        terminal.show(terminal.err(), reconciling.question(booked, freed))
        agree("Write that down?", "nothing was written down", yes=yes)


def _folders(config: Path | None, cache_dir: Path | None, state_dir: Path | None) -> list[str]:
    """The options that say which ledger is meant, as they were given."""
    given = (("--config", config), ("--cache-dir", cache_dir), ("--state-dir", state_dir))
    return [word for option, path in given if path is not None for word in (option, str(path))]
