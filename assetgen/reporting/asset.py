"""The screens of one thing: an asset and why it would or would not be made again, or a code in two paragraphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.text import Text

from assetgen.catalog.codes.explanation import Explanation
from assetgen.core.actions import JSON, CutsceneAction, ImageAction, SubtitleAction
from assetgen.core.money import Usd
from assetgen.core.requests import SpeechRequest
from assetgen.core.surveys import Standing, State
from assetgen.reporting import budgets
from assetgen.reporting.kinds import first_choice, seller, words
from assetgen.reporting.layout import Block, Hanging, line
from assetgen.reporting.theme import Symbols, plural, safe, seconds, size, usd


@dataclass(frozen=True, slots=True)
class Made:
    """An asset's file as it was made; `cost` is what it cost when it was bought, `duration` in seconds."""

    path: str
    bytes: int
    provider: str = ""
    model: str = ""
    cost: Usd = Usd()
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    voice: str = ""
    degraded: bool = False


def screen(standing: Standing, made: Made | None = None, *, symbols: Symbols, draft: bool = False) -> RenderableType:
    """`assetgen show ID`: `made` is None where there is no file yet."""
    job = standing.job
    head = Text.assemble((safe(job.id), "strong"), (f"  {words(job.kind).noun}", "context"))
    head.append(f" {symbols.dot} {safe(str(job.place))}", "context")
    if draft:
        head.append(f" {symbols.dot} ", "context").append("draft: a placeholder, free", "waiting")
    facts = [*_asked(standing, symbols), *_file(made, symbols), *_again(standing, symbols)]
    width = max(len(name) for name, _ in facts)
    return Group(Block(head, 0), line(), *(_fact(name, value, width) for name, value in facts))


def as_json(standing: Standing, made: Made | None = None) -> dict[str, JSON]:
    """`assetgen show ID` for machines."""
    job = standing.job
    return {
        "schema": "assetgen/asset@1",
        "id": job.id,
        "type": job.kind.value,
        "state": standing.state.value,
        "reason": standing.reason,
        "file": job.place.file,
        "line": job.place.line,
        "estimate": {"min_usd": str(standing.estimate.min), "max_usd": str(standing.estimate.max)},
        "made": _made(made) if made else None,
    }


def explain(explanation: Explanation) -> RenderableType:
    """`assetgen explain CODE`."""
    kind = f"  a {explanation.kind}" + (": nothing was sent" if explanation.kind == "problem" else "")
    example = [line(), *(line(row, indent=4) for row in explanation.example.splitlines())]
    return Group(
        line((explanation.code, "strong"), f"  {explanation.title}", (kind, "context")),
        line(),
        line(explanation.what),
        line(),
        line(explanation.next),
        *(example if explanation.example else []),
    )


Fact = tuple[str, str | Text]


def _fact(name: str, value: str | Text, width: int) -> RenderableType:
    return Block(Hanging(Text(f"{name:<{width}}  ", "context"), Text.assemble(value)))


def _asked(standing: Standing, symbols: Symbols) -> Iterator[Fact]:
    action, (opening, closing) = standing.job.action, symbols.quotes
    match action:
        case ImageAction():
            yield "Prompt", f"{opening}{safe(action.enhanced_prompt)}{closing}"
            if action.negative_prompt:
                yield "Without", safe(action.negative_prompt)
            yield "Size", f"{action.width}x{action.height}"
            yield "Seed", "none: the service chooses" if action.seed is None else str(action.seed)
        case SubtitleAction():
            yield "Text", f"{opening}{safe(action.text)}{closing}"
            yield "Voice", f"{action.voice_gender}, {action.voice_tone}, {action.voice_pace}{_voice(standing)}"
        case CutsceneAction():
            yield "Shots", plural(len(action.shots), "shot", symbols)
            yield "Lasts", seconds(sum(shot.duration for shot in action.shots))
    choice = first_choice(standing.job)
    yield "Made by", safe(seller(choice.offer.provider, choice.offer.model)) if choice else "assetgen itself, free"


def _voice(standing: Standing) -> str:
    choice = first_choice(standing.job)
    requests = [purchase.request for purchase in choice.purchases] if choice else []
    names = dict.fromkeys(request.voice for request in requests if isinstance(request, SpeechRequest))
    return f" ({safe(', '.join(names))})" if names else ""


def _file(made: Made | None, symbols: Symbols) -> Iterator[Fact]:
    if made is None:
        yield "File", "not made yet"
        return
    facts = [size(made.bytes)]
    facts += [f"{made.width}x{made.height}"] if made.width and made.height else []
    facts += [seconds(made.duration)] if made.duration is not None else []
    facts += [f"voice {safe(made.voice)}"] if made.voice else []
    yield "File", f"{safe(made.path)}  {f' {symbols.dot} '.join(facts)}"
    if made.provider or made.cost:
        degraded = ", an alternative model: `--upgrade-degraded` asks the first choice" if made.degraded else ""
        yield "Cost", f"{usd(made.cost)} from {safe(seller(made.provider, made.model))}{degraded}"


def _again(standing: Standing, symbols: Symbols) -> Iterator[Fact]:
    reason = safe(standing.reason)
    cost = f", for {budgets.spread(standing.estimate, symbols)}" if standing.estimate.max else ""
    match standing.state:
        case State.CACHED:
            yield "Next run", Text(f"not made again: {reason or 'it is in the cache'}", "cached")
        case State.NEW:
            yield "Next run", Text(f"made{cost}: {reason or 'it is new'}", "new")
        case State.CHANGED:
            yield "Next run", Text(f"made again{cost}: {reason or 'it was changed'}", "changed")
        case _:
            yield "Next run", Text(f"not made, {standing.state.value}: {reason}", "failed")
    for change in standing.changes:
        yield safe(change.field), f"{safe(str(change.old))} {symbols.arrow} {safe(str(change.new))}"
    if standing.edited:
        yield "Edited", "changed by hand since it was made; it is kept, and nothing is written over it"


def _made(made: Made) -> dict[str, JSON]:
    return {
        "path": made.path,
        "bytes": made.bytes,
        "provider": made.provider,
        "model": made.model,
        "cost_usd": str(made.cost),
        "width": made.width,
        "height": made.height,
        "duration": made.duration,
        "voice": made.voice,
        "degraded": made.degraded,
    }
