"""One picture of the live view: the lines that a scene makes on a terminal of some size. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from assetgen.core.actions import Kind
from assetgen.core.results import Status
from assetgen.reporting.kinds import words
from assetgen.reporting.layout import bar, fitted
from assetgen.reporting.scene import Ended, Scene, Worker
from assetgen.reporting.tally import Made
from assetgen.reporting.theme import Symbols, clock, count, safe, seconds, usd

MARGIN = 4
"""So many rows of the terminal are never drawn on."""


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
    head = [_head(scene, glass), Text(), *_bars(scene, glass), Text(), _figures(scene, glass)]
    foot = [Text(), _foot(scene, glass)]
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


def _figures(scene: Scene, glass: Glass) -> Text:
    tally = scene.tally
    left, heading = tally.left(glass.t), tally.heading_for()
    budget = tally.started.budget if tally.started else None
    parts = [Text.assemble(("Time ", "context"), clock(glass.t))]
    if left is not None:
        parts.append(Text.assemble(("left ", "context"), f"{glass.symbols.about} {clock(left)}"))
    of = f" of {usd(budget)}" if budget is not None else ""
    parts.append(Text.assemble(("Spent ", "context"), (usd(tally.spent), "strong"), (of, "context")))
    if heading is not None:
        parts.append(Text.assemble(("heading for ", "context"), usd(heading)))
    parts.append(Text.assemble(("Saved ", "context"), (usd(tally.saved), "saved")))
    return _joined(parts, glass.columns)


def _joined(parts: Sequence[Text], columns: int) -> Text:
    text = Text(" ")
    for part in parts:
        if text.cell_len + part.cell_len + 3 < columns:
            text.append("   " if text.plain.strip() else " ").append_text(part)
    return text


def _workers(scene: Scene, glass: Glass, room: int) -> list[Text]:
    workers = list(scene.workers.values())
    if room < 1 or not workers:
        return []
    shown = workers if len(workers) <= room else workers[: room - 1]
    widths = _widths([*shown, *scene.latest], glass)
    drawn = [_worker(worker, widths, glass) for worker in shown]
    if more := len(workers) - len(shown):
        drawn.append(Text(f"  + {count(more, glass.symbols)} more", "context"))
    return drawn


def _widths(shown: Sequence[Worker | Ended], glass: Glass) -> tuple[int, int]:
    names = max((cell_len(each.id) for each in shown), default=0)
    who = max((cell_len(each.who) for each in shown), default=0)
    return max(min(names, glass.columns // 3), 12), min(who, 26) if glass.columns >= 70 else 0


def _worker(worker: Worker, widths: tuple[int, int], glass: Glass) -> Text:
    waiting = worker.waiting and (worker.until is None or glass.t < worker.until)
    spinner = glass.symbols.spinner
    sign = glass.symbols.waiting if waiting else spinner[int(glass.t * 8) % len(spinner)]
    text = _named(sign, "waiting" if waiting else "new", worker, widths, glass.t - worker.since, glass)
    if not waiting:
        over = worker.until is not None
        text.append(worker.doing, "new")
        return text if over or not worker.detail else text.append(f"  {worker.detail}", "context")
    text.append(worker.detail, "waiting")
    return text.append(f" in {worker.until - glass.t:.0f} s", "context") if worker.until is not None else text


def _latest(scene: Scene, glass: Glass) -> list[Text]:
    widths = _widths([*scene.workers.values(), *scene.latest], glass)
    return [_ended(ended, widths, glass) for ended in scene.latest]


def _ended(ended: Ended, widths: tuple[int, int], glass: Glass) -> Text:
    if ended.status is None:
        return _named(glass.symbols.ok, "ok", ended, widths, ended.seconds, glass).append(ended.said, "context")
    sign = glass.symbols.failed if ended.status is Status.FAILED else glass.symbols.warning
    text = _named(sign, "failed", ended, widths, ended.seconds, glass)
    return text.append(f"{ended.status.value}: {ended.said}", "failed")


def _named(sign: str, style: str, one: Worker | Ended, widths: tuple[int, int], took: float, glass: Glass) -> Text:
    name, who = widths
    text = Text.assemble("  ", (f"{sign:<{len(glass.symbols.ok)}} ", style), fitted(one.id, name, glass.symbols))
    if who:
        text.append(f"  {fitted(one.who, who, glass.symbols)}", "context")
    return text.append(f" {seconds(max(took, 0)):>7}  ", "context")


def _foot(scene: Scene, glass: Glass) -> Text:
    said = scene.stopping or scene.stalled(glass.t) or scene.note
    hint = "" if scene.stopping else "Ctrl-C stops cleanly"
    gap = glass.columns - 4 - cell_len(said) - len(hint)
    text = Text.assemble("  ", (said, "waiting"))
    return text.append(" " * (gap if said else 0) + hint, "context") if gap > 0 else text
