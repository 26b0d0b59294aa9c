"""`assetgen cache`: what was bought and is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assetgen.cli import terminal
from assetgen.cli.agreement import agree
from assetgen.cli.options import CacheDir, Config, DryRun, Json, StateDir, Yes
from assetgen.cli.project import load, open_project

if TYPE_CHECKING:
    import datetime as dt

    from assetgen.cache.cache import FileCache
    from assetgen.cache.findings import Cleared
    from assetgen.ledger.journal import Journal

DAMAGED = 5

OlderThan = Annotated[str | None, typer.Option(metavar="AGE", help="Only what is older: 12h, 90d, 8w.")]
Unused = Annotated[
    list[str] | None, typer.Option(metavar="FILE", help="Only what these actions files don't use (repeatable).")
]
Drafts = Annotated[bool, typer.Option("--drafts", help="Only drafts.")]

app = typer.Typer(rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def root(context: typer.Context) -> None:
    """What was bought and is kept. Alone, it is `assetgen cache info`."""
    if context.invoked_subcommand is None:
        info()


@app.command()
def info(json: Json = False, config: Config = None, cache_dir: CacheDir = None) -> int:
    """What the cache holds, and what it would cost to make it again."""
    import datetime as dt

    from assetgen.cache import maintenance
    from assetgen.reporting import cache as screens

    found = [(str(one.folder), maintenance.info(one)) for one in _caches(config, cache_dir)]
    if json:
        terminal.print_json(screens.info_as_json(found))
    else:
        console = terminal.out()
        now, signs = dt.datetime.now(dt.UTC), terminal.symbols(console)
        terminal.show(console, screens.info(found, now=now, symbols=signs, width=console.width))
    return 0


@app.command()
def clear(
    older_than: OlderThan = None,
    unused: Unused = None,
    drafts: Drafts = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Delete what is kept; says first what it would cost to make again. Output folders stay as they are."""
    from assetgen.reporting import cache as screens

    caches = _caches(config, cache_dir, drafts=drafts)
    journal = open_project(config=config, state_dir=state_dir).journal()
    done = _clear(caches, journal, _age(older_than), _used(unused, config, cache_dir), dry_run=dry_run, yes=yes)
    if json:
        terminal.print_json(screens.cleared_as_json(done, dry_run=dry_run))
    else:
        console = terminal.out()
        terminal.show(console, screens.cleared(done, dry_run=dry_run, symbols=terminal.symbols(console)))
    return 0


def _clear(
    caches: list[FileCache],
    journal: Journal | None,
    age: dt.timedelta | None,
    used: set[str] | None,
    *,
    dry_run: bool,
    yes: bool,
) -> list[Cleared]:
    """Say what would go, ask, and delete it. Raises ValidationError where nobody agrees."""
    from assetgen.cache import maintenance
    from assetgen.reporting import cache as screens

    planned = [maintenance.clear(one, older_than=age, unused=used, dry_run=True) for one in caches]
    if dry_run or not any(one.entries for one in planned):
        return planned
    console = terminal.err()
    terminal.show(console, screens.question(planned, str(caches[0].folder.parent), symbols=terminal.symbols(console)))
    agree("Delete them?", "nothing was deleted", yes=yes)
    return [_forget(one, journal, age, used) for one in caches]


def _forget(cache: FileCache, journal: Journal | None, age: dt.timedelta | None, used: set[str] | None) -> Cleared:
    """Clear one cache, the ledger first: after a crash between the two, bytes still stand that need no row to be found.

    The other way round, rows would say that bytes are there which are gone.
    """
    from assetgen.cache import maintenance

    def forget(keys: Sequence[str]) -> None:
        if journal is not None:
            journal.discard(cache.id, keys)

    return maintenance.clear(cache, older_than=age, unused=used, forget=forget)


@app.command()
def prune(
    older_than: OlderThan = None,
    unused: Unused = None,
    drafts: Drafts = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
    config: Config = None,
    cache_dir: CacheDir = None,
    state_dir: StateDir = None,
) -> int:
    """Delete what nothing refers to: bytes without a record, unfinished files, unused locks.

    With --older-than or --unused, such records go first, as with `cache clear`.
    """
    from assetgen.cache import maintenance
    from assetgen.reporting import cache as screens

    caches = _caches(config, cache_dir, drafts=drafts)
    if older_than or unused:
        journal = open_project(config=config, state_dir=state_dir).journal()
        _clear(caches, journal, _age(older_than), _used(unused, config, cache_dir), dry_run=dry_run, yes=yes)
    found = [maintenance.prune(one, dry_run=dry_run) for one in caches]
    if json:
        terminal.print_json(screens.pruned_as_json(found, dry_run=dry_run))
    else:
        console = terminal.out()
        terminal.show(console, screens.pruned(found, dry_run=dry_run, symbols=terminal.symbols(console)))
    return 0


@app.command()
def check(json: Json = False, config: Config = None, cache_dir: CacheDir = None) -> int:
    """Hash everything that is kept, and name what is not what was bought."""
    from assetgen.cache import maintenance
    from assetgen.reporting import cache as screens

    found = [maintenance.check(one) for one in _caches(config, cache_dir)]
    if json:
        terminal.print_json(screens.checked_as_json(found))
    else:
        console = terminal.out()
        terminal.show(console, screens.checked(found, symbols=terminal.symbols(console)))
    return DAMAGED if any(one.damaged or one.lost for one in found) else 0


@app.command()
def rebuild(json: Json = False, config: Config = None, cache_dir: CacheDir = None) -> int:
    """Make the index again from the records that stand beside the bytes."""
    from assetgen.cache import maintenance
    from assetgen.reporting import cache as screens

    entries = sum(maintenance.rebuild(one).entries for one in _caches(config, cache_dir))
    if json:
        terminal.print_json({"schema": "assetgen/cache-rebuilt@1", "entries": entries})
    else:
        console = terminal.out()
        terminal.show(console, screens.rebuilt(entries, symbols=terminal.symbols(console)))
    return 0


def _caches(config: Path | None, cache_dir: Path | None, *, drafts: bool = False) -> list[FileCache]:
    """The cache of real assets and that of drafts, or the latter alone."""
    wanted = [True] if drafts else [None, True]
    return [open_project(config=config, cache_dir=cache_dir, draft=draft).cache() for draft in wanted]


def _used(files: list[str] | None, config: Path | None, cache_dir: Path | None) -> set[str] | None:
    """The keys of every purchase that these files could use; None where no file was named."""
    if not files:
        return None
    projects = [open_project(files, config=config, cache_dir=cache_dir, draft=draft) for draft in (None, True)]
    return {key for project in projects for key in project.plan(load(project, files)).owners}


def _age(text: str | None) -> dt.timedelta | None:
    import datetime as dt

    from assetgen.core.errors import ValidationError

    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,5})([hdw])", text)
    if found is None:
        raise ValidationError(f"`{text}` is no age", help="write hours, days or weeks: 12h, 90d, 8w")
    return dt.timedelta(**{{"h": "hours", "d": "days", "w": "weeks"}[found[2]]: int(found[1])})
