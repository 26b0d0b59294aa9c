"""A range of costs beside the budget: the bar, the range in words, and what to do when it doesn't fit."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from assetgen.core.costs import CostEstimate
from assetgen.core.events import BudgetStopped
from assetgen.core.money import MICROS, Usd
from assetgen.core.results import Counts
from assetgen.reporting.layout import Block, bar, line
from assetgen.reporting.theme import Symbols, count, usd


def spread(cost: CostEstimate, symbols: Symbols) -> str:
    """`$20.23 – $27.52`, or one amount where both are the same."""
    low, high = usd(cost.min), usd(cost.max)
    return low if low == high else f"{low} {symbols.dash} {high}"


def left(budget: Usd, spent: Usd) -> Usd:
    """What is left of a budget, which is never less than nothing."""
    return max(budget - spent, Usd())


def line_of(cost: CostEstimate, budget: Usd, symbols: Symbols, width: int) -> Block:
    """The bar of a budget, and the same in words: min solid, what max adds in a second tone, the rest empty."""
    room = max(min(40, width - 48), 10)
    if cost.min > budget:
        drawn = Text(symbols.bar * room, "failed")
    else:
        low, high = cost.min.micros, min(cost.max, budget).micros
        drawn = bar([(low, "new"), (high - low, "changed")], budget.micros, room, symbols)
    text = Text.assemble(
        ("Budget   ", "context"), drawn, "  ", (usd(budget), "strong"), (f" {symbols.dot} ", "context")
    )
    return Block(text.append_text(_left(cost, budget)))


def verdict(
    cost: CostEstimate, budget: Usd | None, work: str, symbols: Symbols, *, partial: bool = False
) -> Iterator[Block]:
    """The line of the plan, and what follows where even the minimum is above the budget: a refusal, or only a part."""
    of = f" of {usd(budget)}" if budget is not None else ""
    price = f"  {spread(cost, symbols)}{of}" if cost.max else ""
    yield line()
    yield line((work, "strong"), price)
    if budget is not None and cost.min > budget and partial:
        yield line(
            (f"{symbols.warning} ", "changed"), f"only a part fits: assets are bought in order up to {usd(budget)}"
        )
        yield line("= note: the rest is skipped, and the run ends with exit code 3", indent=2)
    elif budget is not None and cost.min > budget:
        short, most = usd(cost.min - budget), usd(cost.max - budget)
        yield line(
            ("error: ", "failed"),
            f"the budget is {short} short at least, {most} at most; nothing was spent",
        )
        yield line(f"= help: `--max-cost {enough(cost.max)}`, or make less: `--only ID`, `--partial`,", indent=2)
        yield line("or choose a cheaper model: `assetgen models`", indent=10)
        yield line("= note: `assetgen run` would refuse to start, with exit code 3", indent=2)


def ended(stopped: BudgetStopped, counts: Counts, symbols: Symbols) -> str:
    """`25 of 200 made; the budget of $0.05 is spent`."""
    there = count(counts.generated + counts.cached, symbols)
    return f"{there} of {count(counts.total, symbols)} made; the budget of {usd(stopped.budget)} is spent"


def used(stopped: BudgetStopped, cost: CostEstimate) -> str:
    """How much of which wall is used, and the wall that would do."""
    of = f"{usd(stopped.spent)} of {usd(stopped.budget)} used"
    return f"{of}; `--max-cost {enough(cost.max)}` would do for everything"


def enough(amount: Usd) -> str:
    """The next round amount that covers another: whole dollars from ten on, else cents."""
    step = MICROS if amount.micros >= 10 * MICROS else MICROS // 100
    return str(Usd(-(-amount.micros // step) * step))


def _left(cost: CostEstimate, budget: Usd) -> Text:
    if cost.min > budget:
        return Text(f"{usd(cost.min - budget)} short at min", "failed")
    if cost.max > budget:
        return Text(f"{usd(cost.max - budget)} short at max: retries and failovers stop at the wall", "changed")
    return Text(f"{usd(budget - cost.max)} left at max", "saved")
