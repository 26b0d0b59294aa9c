"""The screen and the JSON of `estimate`: what is cached, new and changed, why, and what it may cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.text import Text

from assetgen.core.actions import JSON, Kind
from assetgen.core.costs import CostEstimate
from assetgen.core.money import Price, Usd
from assetgen.core.surveys import Standing, State, Survey
from assetgen.reporting import attention, budgets, changes
from assetgen.reporting.kinds import chosen, first_choice, seller, words
from assetgen.reporting.layout import Block, Column, Row, line, table
from assetgen.reporting.listing import Listing
from assetgen.reporting.theme import Symbols, count, plural, safe, usd

ROOMY = 90
"""From this width on min and max have columns of their own; a little wider, there is room for unit prices."""

BLOCKED = (State.HELD, State.REFUSED, State.UNPRICED)


@dataclass(slots=True)
class Part:
    """The standings of one row of the table, added up."""

    states: dict[State, int] = field(default_factory=lambda: dict.fromkeys(State, 0))
    cost: CostEstimate = CostEstimate()
    price: Price | None = None

    def add(self, standing: Standing) -> None:
        self.states[standing.state] += 1
        self.cost += standing.estimate
        choice = first_choice(standing.job)
        self.price = choice.offer.price if choice else None

    @property
    def blocked(self) -> int:
        return sum(self.states[state] for state in BLOCKED)


@dataclass(frozen=True, slots=True)
class Parts:
    """A survey added up: the whole, by kind, and by kind and seller, in plan order."""

    whole: Part
    kinds: dict[Kind, Part]
    sellers: dict[tuple[Kind, str, str], Part]


def parts(survey: Survey) -> Parts:
    """Add a survey up, once for every row that a screen can show."""
    result = Parts(Part(), {}, {})
    for standing in survey.standings:
        kind = standing.job.kind
        for part in (
            result.whole,
            result.kinds.setdefault(kind, Part()),
            result.sellers.setdefault((kind, *chosen(standing.job)), Part()),
        ):
            part.add(standing)
    return result


def screen(
    survey: Survey,
    *,
    budget: Usd | None,
    spent: Usd = Usd(),
    symbols: Symbols,
    width: int,
    all_actions: bool = False,
    partial: bool = False,
    command: str = "",
    prices_date: dt.date | None = None,
) -> RenderableType:
    """What a run would do.

    Args:
        spent: What runs that were interrupted have used of the budget.
        command: The line that does it.
        prices_date: The day of the oldest price.
    """
    added = parts(survey)
    left = None if budget is None else budgets.left(budget, spent)
    return Group(
        _head(survey, prices_date, symbols),
        line(),
        Listing(survey.standings, symbols, width) if all_actions else _table(added, survey.plan.draft, symbols, width),
        *_facts(survey, added.whole, left, symbols, width),
        *_interrupted(budget, spent),
        *_changes(survey, symbols, width),
        *attention.notes(survey, symbols),
        *budgets.verdict(survey.total, left, _work(added.whole, survey, symbols), symbols, partial=partial),
        *_next(command, None if partial else left, survey, symbols),
    )


def as_json(survey: Survey) -> dict[str, JSON]:
    """The document of `--json`: `assetgen/estimate@1`."""
    added = parts(survey)
    return {
        "schema": "assetgen/estimate@1",
        "total": {**_range(survey.total), "cached_usd": str(survey.saved)},
        "counts": _counts(added.whole),
        "by_model": [
            {"type": kind.value, "model": model, "provider": provider, **_counts(part), **_range(part.cost)}
            for (kind, provider, model), part in added.sellers.items()
            if model
        ],
        "actions": [_action(standing) for standing in survey.standings],
    }


def _counts(part: Part) -> dict[str, JSON]:
    return {state.value: number for state, number in part.states.items()}


def _range(cost: CostEstimate) -> dict[str, JSON]:
    return {"min_usd": str(cost.min), "max_usd": str(cost.max)}


def _action(standing: Standing) -> dict[str, JSON]:
    provider, model = chosen(standing.job)
    nobody_knows: dict[str, JSON] = {"min_usd": None, "max_usd": None}
    return {
        "id": standing.job.id,
        "type": standing.job.kind.value,
        "state": standing.state.value,
        "model": model,
        "provider": provider,
        **(nobody_knows if standing.state is State.UNPRICED else _range(standing.estimate)),
        "reason": standing.reason,
    }


def _head(survey: Survey, prices_date: dt.date | None, symbols: Symbols) -> RenderableType:
    facts = [", ".join(safe(file) for file in survey.plan.files), plural(len(survey.standings), "asset", symbols)]
    facts += [f"prices as of {prices_date}"] if prices_date and not survey.plan.draft else []
    dot = f" {symbols.dot} "
    head = Text.assemble(("assetgen estimate", "strong"), "  ", (dot.join(filter(None, facts)), "context"))
    if survey.plan.draft:
        head.append(dot, "context").append("draft: placeholders, free", "waiting")
    return Block(head, 0)


def _columns(added: Parts, width: int) -> list[Column]:
    blocked = 0 if added.whole.blocked else ROOMY * ROOMY
    roomy = width >= ROOMY
    return [
        Column("Provider / model", figures=False),
        Column(Text("= cached", "cached"), since=50),
        Column(Text("+ new", "new")),
        Column(Text("~ changed", "changed"), since=60),
        Column(Text("! blocked", "failed"), since=blocked),
        Column("Unit price", figures=False, since=ROOMY + 6),
        *((Column("Min"), Column("Max")) if roomy else (Column("Cost"),)),
    ]


def _table(added: Parts, draft: bool, symbols: Symbols, width: int) -> RenderableType:
    rows: list[Row] = []
    for kind, part in added.kinds.items():
        sellers = [(names, of) for (of_kind, *names), of in added.sellers.items() if of_kind is kind and any(names)]
        rows.append((_cells(words(kind).title, part, "" if sellers else "local, free", symbols, width), "strong"))
        rows += [
            (_cells(f"  {safe(seller(*names))}", of, unit_price(of.price, draft=draft), symbols, width), "")
            for names, of in sellers
        ]
    total = _cells("Total", added.whole, "", symbols, width)
    return table(_columns(added, width), rows, symbols=symbols, width=width, total=total)


def _cells(title: str, part: Part, price: str, symbols: Symbols, width: int) -> Sequence[str]:
    numbers = [*(part.states[state] for state in (State.CACHED, State.NEW, State.CHANGED)), part.blocked]
    figures = [count(number, symbols) if number else symbols.dash for number in numbers]
    if width >= ROOMY:
        cost = [usd(part.cost.min), usd(part.cost.max)] if part.cost.max else [symbols.dash] * 2
    else:
        cost = [budgets.spread(part.cost, symbols) if part.cost.max else symbols.dash]
    return [title, *figures, price, *cost]


def unit_price(price: Price | None, *, draft: bool = False) -> str:
    """`$0.0027 / megapixel`; what has no price says so."""
    if draft:
        return "draft, free"
    if price is None:
        return "unknown"
    unit = price.per.value.replace("million_characters", "1M chars")
    return f"{usd(Usd.parse(price.usd))} / {unit}" if price.usd else "free"


def _facts(survey: Survey, whole: Part, budget: Usd | None, symbols: Symbols, width: int) -> Iterator[RenderableType]:
    cached = whole.states[State.CACHED]
    limited = budget is not None and bool(survey.total.max)
    if limited or cached:
        yield line()
    if budget is not None and limited:
        yield budgets.line_of(survey.total, budget, symbols, width)
    if cached:
        share = 100 * cached // len(survey.standings)
        saves = ("saves ", (usd(survey.saved), "saved")) if survey.saved else ("has the files",)
        yield line(("Cache    ", "context"), *saves, f" ({share} % of the assets)", indent=2)


def _interrupted(budget: Usd | None, spent: Usd) -> Iterator[RenderableType]:
    if budget is not None and spent:
        said = f"of {usd(budget)}, a run that was interrupted has used {usd(spent)}; this one goes on with the rest"
        yield line(("Account  ", "context"), said, indent=2)


def _changes(survey: Survey, symbols: Symbols, width: int) -> Iterator[RenderableType]:
    because = changes.because(survey.standings, symbols, width)
    if because:
        yield line()
        yield line(("Changed because", "context"), indent=2)
        yield because


def _work(whole: Part, survey: Survey, symbols: Symbols) -> str:
    new, changed, cached = (whole.states[state] for state in (State.NEW, State.CHANGED, State.CACHED))
    if not (new or changed or whole.blocked):
        kept = f" ({usd(survey.saved)} not spent)" if survey.saved else ""
        return f"{symbols.ok} nothing to do, {count(cached, symbols)} cached{kept}"
    named = ((new, "to generate"), (changed, "to regenerate"), (cached, "cached"))
    said = [f"{count(number, symbols)} {word}" for number, word in named if number]
    said += [f"{count(whole.states[state], symbols)} {state.value}" for state in BLOCKED if whole.states[state]]
    return f"Plan: {', '.join(said)}."


def _next(command: str, budget: Usd | None, survey: Survey, symbols: Symbols) -> Iterator[RenderableType]:
    if command and attention.nobody_can_be_asked(survey):
        yield line(("Next: ", "context"), f"{safe(command)} --draft", hint="free placeholders")
    elif command and not (budget is not None and survey.total.min > budget):
        hint = f"every asset: --all {symbols.dot} for machines: --json"
        yield line(("Next: ", "context"), safe(command), hint=hint)
