"""One picture of the live view: the lines that a scene makes on a terminal of some size. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from assetgen.core.actions import Kind
from assetgen.core.results import Status
from assetgen.reporting.budgets import spread
from assetgen.reporting.kinds import words
from assetgen.reporting.layout import bar, fitted
from assetgen.reporting.scene import Ended, Scene, Worker
from assetgen.reporting.tally import Made
from assetgen.reporting.theme import Symbols, clock, count, safe, seconds, usd

MARGIN = 4
"""So many rows of the terminal are never drawn on."""
ROOMY = 100
"""From this width on there is room for models beside their services."""
TALL = 20
"""From so many rows on more than one note is shown."""
MOST_NOTES = 3


@dataclass(frozen=True, slots=True)
class Glass:
    """What a scene is seen through: a terminal's size and signs at the time `t` of the run."""

    t: float
    columns: int
    rows: int
    symbols: Symbols


def lines(scene: Scene, glass: Glass) -> list[Text]:
    """The lines of the view, none wider than the terminal, at most its rows less four."""
    room = max(glass.rows - MARGIN, 1)
    head = [_head(scene, glass), Text(), *_bars(scene, glass), Text(), *_figures(scene, glass)]
    foot = [Text(), *_foot(scene, glass)]
    latest = [Text(), *_latest(scene, glass)] if scene.latest else []
    if len(head) + len(foot) + len(latest) + 4 > room:
        latest = []
    workers = _workers(scene, glass, room - len(head) - len(foot) - len(latest) - 1)
    drawn = [*head, *([Text(), *workers] if workers else []), *latest, *foot][:room]
    return [_cut(text, glass) for text in drawn]


def _cut(text: Text, glass: Glass) -> Text:
    most = glass.columns - 1
    if text.cell_len <= most:
        return text
    text.truncate(max(most - len(glass.symbols.ellipsis), 0))
    return text.append(glass.symbols.ellipsis, "context")


def _head(scene: Scene, glass: Glass) -> Text:
    started = scene.tally.started
    text = Text.assemble(("assetgen run", "strong"))
    if started:
        files = ", ".join(safe(file) for file in started.files)
        text.append(f"  {files} {glass.symbols.dot} {started.concurrency} at once", "context")
        if started.draft:
            text.append(f" {glass.symbols.dot} ", "context").append("draft: placeholders, free", "waiting")
    return text


def _bars(scene: Scene, glass: Glass) -> Iterator[Text]:
    kinds = [(kind, made) for kind, made in scene.tally.kinds.items() if made.total]
    width = max(max((len(_share(made, glass)) for _, made in kinds), default=0), 7)
    for kind, made in kinds:
        yield _bar(kind, made, width, glass)


def _bar(kind: Kind, made: Made, width: int, glass: Glass) -> Text:
    missing = made.failed + made.skipped + made.held
    full = made.finished >= made.total and not missing
    text = Text("  ").append(f"{words(kind).title:<10}", "ok" if full else "strong")
    parts = [(made.cached, "cached"), (made.generated, "new"), (missing, "failed")]
    text.append_text(bar(parts, made.total, max(min(40, glass.columns - 56), 8), glass.symbols))
    text.append(f"  {_share(made, glass):>{width}}")
    named = ((made.cached, "cached", "cached"), (made.generated, "new", "new"), (made.failed, "failed", "failed"))
    more = ((made.skipped, "skipped", "failed"), (made.held, "held", "failed"))
    for number, word, style in (*named, *more):
        if number:
            text.append(f"  {count(number, glass.symbols)} {word}", style)
    return text


def _share(made: Made, glass: Glass) -> str:
    return f"{count(made.finished, glass.symbols)}/{count(made.total, glass.symbols)}"


def _figures(scene: Scene, glass: Glass) -> list[Text]:
    return _joined([*_times(scene, glass), *_money(scene, glass)], glass.columns)


def _times(scene: Scene, glass: Glass) -> Iterator[Text]:
    yield _figure("Time", clock(glass.t))
    left = scene.remaining.left(glass.t)
    if left is not None:
        yield _figure("left", f"{glass.symbols.about} {clock(left)}")


def _money(scene: Scene, glass: Glass) -> Iterator[Text]:
    tally, started = scene.tally, scene.tally.started
    spent = _figure("Spent", usd(tally.spent), "strong")
    if started and started.budget is not None:
        spent.append(f" of {usd(started.budget)}", "context")
    yield spent
    if started and started.estimate.max:
        yield _figure("estimate", spread(started.estimate, glass.symbols))
    heading = tally.heading_for()
    if heading is not None:
        yield _figure("heading for", usd(heading))
    if tally.saved:
        yield _figure("Saved", usd(tally.saved), "saved")


def _figure(name: str, value: str, style: str = "") -> Text:
    return Text.assemble((f"{name} ", "context"), (value, style))


def _joined(parts: Sequence[Text], columns: int) -> list[Text]:
    """The parts on as few lines as they fit on."""
    lines = [Text(" ")]
    for part in parts:
        if lines[-1].cell_len + part.cell_len + 3 >= columns and len(lines[-1]) > 1:
            lines.append(Text(" "))
        lines[-1].append("   " if len(lines[-1]) > 1 else " ").append_text(part)
    return lines


def _workers(scene: Scene, glass: Glass, room: int) -> list[Text]:
    workers = list(scene.workers.values())
    if room < 1 or not workers:
        return []
    shown = workers if len(workers) <= room else workers[: room - 1]
    widths = _widths([*shown, *scene.latest], glass)
    queued = scene.queued(glass.t)
    names = list(scene.workers)
    drawn = [_worker(worker, queued.get(name, ""), widths, glass) for name, worker in zip(names, shown, strict=False)]
    if more := len(workers) - len(shown):
        drawn.append(Text(f"  + {count(more, glass.symbols)} more", "context"))
    return drawn


def _widths(shown: Sequence[Worker | Ended], glass: Glass) -> tuple[int, int]:
    names = max((cell_len(each.id) for each in shown), default=0)
    who = max((cell_len(_who(each, glass)) for each in shown), default=0)
    most = glass.columns * 3 // 10 + 1 - len(glass.symbols.ok)
    return max(min(names, most), 12), min(who, 26) if glass.columns >= 60 else 0


def _who(one: Worker | Ended, glass: Glass) -> str:
    return one.who if glass.columns >= ROOMY else safe(one.provider)


def _worker(worker: Worker, queued: str, widths: tuple[int, int], glass: Glass) -> Text:
    waits = worker.waits(glass.t)
    spinner = glass.symbols.spinner
    sign = glass.symbols.waiting if waits or queued else spinner[int(glass.t * 8) % len(spinner)]
    style = "waiting" if waits or queued else "new"
    text = _named(sign, style, worker, widths, glass.t - worker.since, glass)
    if waits:
        text.append(worker.detail, "waiting")
        return (
            text.append(f" in {math.ceil(worker.until - glass.t)} s", "context") if worker.until is not None else text
        )
    if queued:
        return text.append("waiting", "waiting").append(f"  {queued}", "context")
    text.append("storing" if worker.came else worker.doing, "new")
    if not worker.instead:
        return text
    text.append(f" instead of {worker.instead}", "context")
    return text.append(f": {worker.why}", "context") if glass.columns >= ROOMY else text


def _latest(scene: Scene, glass: Glass) -> list[Text]:
    widths = _widths([*scene.workers.values(), *scene.latest], glass)
    return [_ended(ended, widths, glass) for ended in scene.latest]


def _ended(ended: Ended, widths: tuple[int, int], glass: Glass) -> Text:
    if ended.status is None:
        return _named(glass.symbols.ok, "ok", ended, widths, ended.seconds, glass).append(ended.said, "context")
    sign = glass.symbols.failed if ended.status is Status.FAILED else glass.symbols.warning
    text = _named(sign, "failed", ended, widths, ended.seconds, glass)
    return text.append(ended.said, "failed")


def _named(sign: str, style: str, one: Worker | Ended, widths: tuple[int, int], took: float, glass: Glass) -> Text:
    name, who = widths
    text = Text.assemble("  ", (f"{sign:<{len(glass.symbols.ok)}} ", style), fitted(one.id, name, glass.symbols))
    if who:
        text.append(f"  {fitted(_who(one, glass), who, glass.symbols)}", "context")
    return text.append(f" {seconds(max(took, 0)):>7}  ", "context")


def _foot(scene: Scene, glass: Glass) -> list[Text]:
    """What is to be known of the services, and at the end of it how to stop."""
    notes = scene.notes(glass.t, glass.symbols)[-(MOST_NOTES if glass.rows >= TALL else 1) :]
    hint = "" if scene.stopping is not None else "Ctrl-C stops cleanly"
    lines = [Text.assemble("  ", (note, "waiting")) for note in notes] or [Text("  ")]
    last = lines[-1]
    gap = glass.columns - 2 - last.cell_len - len(hint)
    if gap > 0:
        last.append(" " * (gap if notes else 0) + hint, "context")
    elif hint and glass.rows >= TALL:
        lines.append(Text(f"  {hint}", "context"))
    return lines
