"""The end of a run: the verdict, what was made of which kind, what it cost, what is not there, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from rich.console import Group, RenderableType

from assetgen.core.costs import CostEstimate
from assetgen.core.events import BudgetStopped
from assetgen.core.money import Usd
from assetgen.core.results import Counts, Failure, RunResult, Status
from assetgen.reporting import budgets, calls, failures, notices
from assetgen.reporting.attention import few
from assetgen.reporting.budgets import spread
from assetgen.reporting.github import step_summary
from assetgen.reporting.kinds import words
from assetgen.reporting.layout import UNTITLED, Column, Row, line, table
from assetgen.reporting.metrics import Metrics
from assetgen.reporting.run_document import as_json, manifest
from assetgen.reporting.theme import ASCII, Symbols, clock, count, safe, seconds, usd

__all__ = ["MEANINGS", "as_json", "plain", "screen", "step_summary"]

LOG = ".assetgen/run.jsonl"
SETTLED = frozenset(
    {
        "outcome_unknown",
        "content_refused",
        "invalid_request",
        "unusable_image",
        "unusable_audio",
        "expired",
        "edited_output",
        "dependency_failed",
    }
)
"""Why something is missing, and stays so however often it is tried: what helps is said with each."""
UNBEGUN = frozenset({"cancelled", "dependency_failed"})
"""Why something is missing that nobody was asked for."""


MEANINGS: Mapping[int, str] = MappingProxyType(
    {
        0: "every asset is present and verified",
        1: "some assets are missing; the rest are finished and kept",
        2: "wrong usage or invalid input: nothing was sent",
        3: "the budget stopped it, or a price is unknown",
        4: "a paid call's outcome is unknown and held",
        5: "the environment: disk, permissions, cache, lock or version",
        6: "a key is missing or refused, or an account's quota is spent",
        10: "there is work to do",
        70: "a bug in assetgen",
        130: "interrupted; what was bought is kept",
        143: "terminated; what was bought is kept",
    }
)
"""What the exit codes say, in a few words."""


def screen(
    result: RunResult,
    *,
    symbols: Symbols,
    width: int,
    budget: Usd | None = None,
    stopped: BudgetStopped | None = None,
    draft: bool = False,
    command: str = "",
    look: str = "",
    metrics: Metrics | None = None,
    slowest: Sequence[tuple[str, float]] = (),
    dearest: Sequence[tuple[str, Usd]] = (),
) -> RenderableType:
    """The end of a run on a screen.

    Args:
        stopped: That the budget ended the buying, if it did.
        command: The line that tries again.
        look: The line that shows one asset.
        metrics: How the services did, of which what is telling is told.
        slowest, dearest: Ids with their seconds, and with their costs.
    """
    return Group(
        _verdict(result, stopped, draft, symbols),
        line(),
        _table(result, symbols, width),
        line(),
        *_money(result, budget if stopped is None else None, draft, symbols),
        *_budget(result, budget, stopped),
        *(calls.screen(metrics, symbols) if metrics is not None else ()),
        line(
            ("Look     ", "context"),
            f"{safe(result.out)}/",
            indent=2,
            hint=f"one asset: {safe(look)}" if look else "",
        ),
        *_list("Slowest", [(name, seconds(took)) for name, took in slowest], symbols, width),
        *_list("Dearest", [(name, usd(cost)) for name, cost in dearest], symbols, width),
        *notices.notices(result.warnings, symbols),
        *_failures(result, symbols),
        *_next(result, command),
    )


def plain(
    result: RunResult,
    *,
    stopped: BudgetStopped | None = None,
    command: str = "",
    draft: bool = False,
    metrics: Metrics | None = None,
) -> tuple[str, ...]:
    """The end of a run for a pipe: warnings, the figures as `key=value`, where things are, what to do next."""
    counts = result.counts
    named = (("generated", counts.generated), ("cached", counts.cached), ("failed", counts.failed))
    more = (("skipped", counts.skipped), ("held", counts.held), ("total", counts.total))
    figures = " ".join(f"{word}={number}" for word, number in (*named, *more))
    unknown = f" unknown={usd(result.unknown)}" if result.unknown else ""
    lines = [*notices.lines(result.warnings, ASCII)]
    money = f"spent={usd(result.spent)} saved={usd(result.saved)}{unknown}"
    end = f"time={clock(result.seconds)}{' draft=true' if draft else ''}"
    lines += [budgets.ended(stopped, counts, ASCII)] if stopped else []
    lines += [f"{_state(result)}: {figures} {money} {end}"]
    lines += _compared_plainly(result) if not draft else []
    figured = calls.plain(metrics) if metrics is not None else ""
    lines += [figured] if figured else []
    lines += [f"manifest {safe(manifest(result))}, log {safe(result.out)}/{LOG}"]
    if result.exit_code:
        lines += [f"exit {result.exit_code}: {MEANINGS[result.exit_code]}"]
        if command and _may_help(result):
            lines += [f"try again, paying only for what is missing: {safe(command)}"]
    return tuple(f"assetgen: {each}" for each in lines)


def _state(result: RunResult) -> str:
    if result.interrupted:
        return "stopped"
    return "done with failures" if result.failures or result.exit_code else "done"


def _verdict(result: RunResult, stopped: BudgetStopped | None, draft: bool, symbols: Symbols) -> RenderableType:
    counts = result.counts
    there = counts.generated + counts.cached
    missing = failures.said(counts, symbols)
    label: tuple[str, str] = ("   draft: placeholders, free", "waiting") if draft else ("", "")
    took = (f"   {clock(result.seconds)}", "context")
    if not (missing or result.exit_code or counts.generated):
        kept = f" ({usd(result.saved)} not spent)" if result.saved else ""
        return line((f"{symbols.ok} nothing to do, {count(there, symbols)} cached{kept}", "ok"), took, label)
    sign, style = (symbols.ok, "ok") if not (missing or result.exit_code) else (symbols.warning, "changed")
    early = "stopped early: " if result.interrupted else ""
    done = f"{count(there, symbols)} of {count(counts.total, symbols)} done"
    done = early + (budgets.ended(stopped, counts, symbols) if stopped else done)
    return line((f"{sign} ", style), (done, "strong"), (f", {missing}" if missing else "", "failed"), took, label)


def _table(result: RunResult, symbols: Symbols, width: int) -> RenderableType:
    counts = result.counts
    columns = [
        Column("", figures=False, folds=False),
        Column("generated"),
        Column("cached"),
        Column("failed"),
        Column("skipped", since=0 if counts.skipped else 10_000),
        Column("held", since=0 if counts.held else 10_000),
        Column("spent"),
        Column("saved", since=60),
        Column("where", figures=False, spare=True),
    ]
    rows: list[Row] = []
    for kind, of in result.by_kind.items():
        title, folder = words(kind).title, f"{safe(result.out)}/{words(kind).folder}/"
        money = [result.spent_by_kind.get(kind, Usd()), result.saved_by_kind.get(kind, Usd())]
        rows.append((_cells(title, of, money, folder, symbols), ""))
    total = _cells("Total", counts, [result.spent, result.saved], safe(manifest(result)), symbols)
    return table(columns, [*rows, (total, "strong")], symbols=symbols, width=width, lined=False)


def _cells(title: str, counts: Counts, money: list[Usd], where: str, symbols: Symbols) -> list[str]:
    numbers = (counts.generated, counts.cached, counts.failed, counts.skipped, counts.held)
    figures = [count(number, symbols) if number else symbols.dash for number in numbers]
    return [title, *figures, *(usd(amount) if amount else symbols.dash for amount in money), where]


def _money(result: RunResult, budget: Usd | None, draft: bool, symbols: Symbols) -> Iterator[RenderableType]:
    left = f"     Budget {usd(budget - result.spent)} left" if budget is not None else ""
    if not draft and _is_comparable(result) and result.interrupted:
        of = f" of an estimated {spread(result.estimate, symbols)}"
        yield line(("Spent    ", "context"), (usd(result.spent), "strong"), of, left, indent=2)
    elif not draft and _is_comparable(result):
        word, style = _compared(result.spent, result.estimate)
        sign = symbols.warning if style == "failed" else symbols.ok
        text = f"{spread(result.estimate, symbols)}, actual {usd(result.spent)} "
        yield line(("Estimate ", "context"), text, (f"{sign} {word}", style), left, indent=2)
    if result.unknown:
        advice = "may be paid: `assetgen ledger reconcile` settles it, `--on-unknown retry` asks again"
        yield line(("Unknown  ", "context"), (f"up to {usd(result.unknown)}", "failed"), f" {advice}", indent=2)


def _budget(result: RunResult, budget: Usd | None, stopped: BudgetStopped | None) -> Iterator[RenderableType]:
    if stopped is not None and budget is not None:
        yield line(("Budget   ", "context"), budgets.used(stopped, result.estimate), indent=2)


def _failures(result: RunResult, symbols: Symbols) -> Iterator[RenderableType]:
    """What failed, one by one; what only was not begun when the run was stopped is counted."""
    unbegun = [one for one in result.failures if result.interrupted and _is_unbegun(one)]
    rest = [one for one in result.failures if not (result.interrupted and _is_unbegun(one))]
    counts = replace(result.counts, skipped=result.counts.skipped - len(unbegun))
    yield from failures.blocks(rest, counts, symbols)
    if unbegun:
        yield line()
        said = f"{count(len(unbegun), symbols)} not made, and nothing paid for them: the run was stopped"
        yield line((f"{symbols.warning} ", "changed"), said)
        yield line(("ids:    ", "context"), few([one.id for one in unbegun], symbols), indent=5)


def _is_unbegun(failure: Failure) -> bool:
    return failure.code in UNBEGUN and failure.status is Status.SKIPPED and not (failure.paid or failure.unknown)


def _is_comparable(result: RunResult) -> bool:
    return bool(result.estimate.max or result.spent)


def _compared(spent: Usd, estimate: CostEstimate) -> tuple[str, str]:
    """Where the spending came to lie beside the estimate, and the style to say it in."""
    if spent > estimate.max:
        return "above it", "failed"
    return ("in range" if spent >= estimate.min else "below it"), "ok"


def _compared_plainly(result: RunResult) -> list[str]:
    if not _is_comparable(result):
        return []
    word, _ = _compared(result.spent, result.estimate)
    return [f"estimate {spread(result.estimate, ASCII)}, actual {usd(result.spent)}: {word}"]


def _list(title: str, items: Sequence[tuple[str, str]], symbols: Symbols, width: int) -> Iterator[RenderableType]:
    if items:
        rows: list[Row] = [([figure, safe(name), ""], "") for name, figure in items]
        yield line()
        yield line((title, "context"), indent=2)
        yield table(UNTITLED, rows, symbols=symbols, width=width, lined=False)


def _may_help(result: RunResult) -> bool:
    """Whether the same once more may bring anything that is missing, or learn what became of it."""
    return result.interrupted or not result.failures or any(one.code not in SETTLED for one in result.failures)


def _next(result: RunResult, command: str) -> Iterator[RenderableType]:
    if not result.exit_code:
        return
    yield line()
    if command and _may_help(result):
        word = "Go on:     " if result.interrupted else "Try again: "
        yield line((word, "context"), safe(command), hint="what is finished comes from the cache")
    yield line(("Full log:  ", "context"), f"{safe(result.out)}/{LOG}")
    yield line((f"exit {result.exit_code}: {MEANINGS[result.exit_code]}", "context"))
