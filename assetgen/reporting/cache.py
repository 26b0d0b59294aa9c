"""The screens of the local caches: what they hold and are worth, and what clearing, pruning, checking and rebuilding
did. There are two caches, of real assets and of drafts; each function takes the findings of all that were looked at.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType

from assetgen.cache.findings import Checked, Cleared, Info, Pruned, Share
from assetgen.core.actions import JSON
from assetgen.core.money import Usd
from assetgen.reporting.kinds import words
from assetgen.reporting.layout import Column, Row, line, table
from assetgen.reporting.theme import Symbols, count, plural, safe, size, usd

MOST_DAMAGED = 20

Found = Sequence[tuple[str, Info]]
"""Every cache's folder, and what it holds."""


def info(found: Found, *, now: dt.datetime, symbols: Symbols, width: int) -> RenderableType:
    """`cache info`: entries, size and worth by kind, cache by cache."""
    full = [(folder, held) for folder, held in found if held.total.entries or held.damaged]
    shown = [part for folder, held in full for part in _cache(folder, held, now, symbols, width)]
    if not full:
        folders = ", ".join(safe(folder) for folder, _ in found)
        return Group(_head(folders), line(), line("It is empty; `assetgen run` fills it.", indent=2))
    return Group(
        *shown,
        line("Worth is what it would cost to buy all of it again.", indent=2),
        line(("Free space: ", "context"), "assetgen cache clear --older-than 90d", indent=2),
        line(("Look at it: ", "context"), "assetgen cache check", indent=2),
    )


def question(planned: Sequence[Cleared], folder: str, *, symbols: Symbols) -> RenderableType:
    """What stands before the question whether to delete."""
    return Group(
        line(f"This deletes {_deleted(planned, symbols)} in {safe(folder)}.", indent=2),
        line("Making them again would cost about ", (usd(_worth(planned)), "strong"), ".", indent=2),
        line("Files in your output folders stay.", indent=2),
    )


def cleared(done: Sequence[Cleared], *, dry_run: bool, symbols: Symbols) -> RenderableType:
    """The end of `cache clear`."""
    if not any(one.entries for one in done):
        return line((f"{symbols.ok} ", "ok"), "nothing to delete")
    again = f"making them again would cost about {usd(_worth(done))}"
    return _end(f"{_deleted(done, symbols)}; {again}", dry_run=dry_run, symbols=symbols)


def pruned(done: Sequence[Pruned], *, dry_run: bool, symbols: Symbols) -> RenderableType:
    """The end of `cache prune`."""
    blobs, freed = sum(one.blobs for one in done), size(sum(one.bytes for one in done))
    rest = (("unfinished file", sum(one.temporaries for one in done)), ("unused lock", sum(one.locks for one in done)))
    parts = [f"{plural(blobs, 'file', symbols)} of no entry ({freed})"] if blobs else []
    parts += [plural(number, noun, symbols) for noun, number in rest if number]
    if not parts:
        return line((f"{symbols.ok} ", "ok"), "nothing to delete")
    return _end(", ".join(parts), dry_run=dry_run, symbols=symbols)


def checked(found: Sequence[Checked], *, symbols: Symbols) -> RenderableType:
    """The end of `cache check`: what is whole, each damaged or lost entry, and what to do."""
    whole = plural(sum(one.whole for one in found), "entry", symbols, "entries")
    troubles = [(damage.key, damage.what) for one in found for damage in one.damaged]
    troubles += [(key, "the bytes are gone") for one in found for key in one.lost]
    if not troubles:
        return line((f"{symbols.ok} ", "ok"), f"{whole} whole")
    return Group(
        line((f"{symbols.failed} {count(len(troubles), symbols)} damaged or lost", "failed"), f", {whole} whole"),
        *_troubles(troubles, symbols),
        line(("Next: ", "context"), "put a backup of the cache back; what was free is made again by the next run"),
        line(("exit 5: the cache is damaged", "context")),
    )


def rebuilt(entries: int, *, symbols: Symbols) -> RenderableType:
    """The end of `cache rebuild`."""
    return line((f"{symbols.ok} ", "ok"), f"rebuilt the index of {plural(entries, 'entry', symbols, 'entries')}")


def info_as_json(found: Found) -> dict[str, JSON]:
    """`cache info` for machines."""
    caches: list[JSON] = [
        {
            "folder": folder,
            "damaged": held.damaged,
            "total": _share(held.total),
            "kinds": [{"type": kind.value, **_share(share)} for kind, share in held.by_kind.items()],
        }
        for folder, held in found
    ]
    return {"schema": "assetgen/cache@1", "caches": caches}


def cleared_as_json(done: Sequence[Cleared], *, dry_run: bool) -> dict[str, JSON]:
    """`cache clear` for machines."""
    figures: dict[str, JSON] = {
        "entries": sum(one.entries for one in done),
        "bytes": sum(one.bytes for one in done),
        "worth_usd": str(_worth(done)),
    }
    return {"schema": "assetgen/cache-cleared@1", **figures, "dry_run": dry_run}


def pruned_as_json(done: Sequence[Pruned], *, dry_run: bool) -> dict[str, JSON]:
    """`cache prune` for machines."""
    names = ("blobs", "bytes", "temporaries", "locks")
    figures: dict[str, JSON] = {name: sum(getattr(one, name) for one in done) for name in names}
    return {"schema": "assetgen/cache-pruned@1", **figures, "dry_run": dry_run}


def checked_as_json(found: Sequence[Checked]) -> dict[str, JSON]:
    """`cache check` for machines."""
    return {
        "schema": "assetgen/cache-check@1",
        "whole": sum(one.whole for one in found),
        "damaged": [{"key": damage.key, "problem": damage.what} for one in found for damage in one.damaged],
        "lost": [key for one in found for key in one.lost],
    }


def ago(then: dt.datetime | None, now: dt.datetime) -> str:
    """A day as people say it: `today`, `yesterday`, `12 days ago`, and from 60 days on its date."""
    if then is None:
        return "never"
    days = (now.date() - then.date()).days
    if days < 2:
        return "yesterday" if days == 1 else "today"
    return f"{days} days ago" if days < 60 else then.date().isoformat()


def _head(folder: str) -> RenderableType:
    return line(("assetgen cache", "strong"), (f"  {folder}", "context"))


def _cache(folder: str, held: Info, now: dt.datetime, symbols: Symbols, width: int) -> Iterator[RenderableType]:
    columns = [
        Column("Kind", figures=False),
        Column("Entries"),
        Column("Size"),
        Column("Worth"),
        Column("Newest", figures=False, since=60),
    ]
    rows: list[Row] = [(_cells(words(kind).title, share, now, symbols), "") for kind, share in held.by_kind.items()]
    yield _head(safe(folder))
    yield line()
    yield table(columns, rows, symbols=symbols, width=width, total=_cells("Total", held.total, now, symbols))
    if held.damaged:
        records = plural(held.damaged, "record", symbols)
        yield line((f"{symbols.warning} {records} can't be read: assetgen cache check", "failed"), indent=2)
    yield line()


def _cells(title: str, share: Share, now: dt.datetime, symbols: Symbols) -> list[str]:
    return [title, count(share.entries, symbols), size(share.bytes), usd(share.worth), ago(share.last, now)]


def _share(share: Share) -> dict[str, JSON]:
    return {
        "entries": share.entries,
        "bytes": share.bytes,
        "worth_usd": str(share.worth),
        "newest": share.last.isoformat() if share.last else None,
    }


def _worth(done: Sequence[Cleared]) -> Usd:
    return Usd.sum(one.worth for one in done)


def _deleted(done: Sequence[Cleared], symbols: Symbols) -> str:
    entries = plural(sum(one.entries for one in done), "entry", symbols, "entries")
    return f"{entries} ({size(sum(one.bytes for one in done))})"


def _end(what: str, *, dry_run: bool, symbols: Symbols) -> RenderableType:
    if dry_run:
        return line(f"would delete {what}; nothing was deleted")
    return line((f"{symbols.ok} ", "ok"), f"deleted {what}")


def _troubles(troubles: Sequence[tuple[str, str]], symbols: Symbols) -> Iterator[RenderableType]:
    for key, what in troubles[:MOST_DAMAGED]:
        yield line(f"{safe(key)}  ", (safe(what), "failed"), indent=2)
    if (more := len(troubles) - MOST_DAMAGED) > 0:
        yield line((f"and {count(more, symbols)} more", "context"), indent=2)
