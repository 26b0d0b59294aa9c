"""Realistic values for the screens, made by hand."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

from rich.console import RenderableType

from assetgen.core.actions import CutsceneAction, ImageAction, Kind, Place, Shot, SubtitleAction
from assetgen.core.costs import CostBreakdown, CostEstimate
from assetgen.core.events import (
    ActionCached,
    ActionDone,
    ActionFailed,
    ActionStarted,
    CallEnded,
    Event,
    RunFinished,
    RunStarted,
    Timed,
)
from assetgen.core.jobs import Candidate, Job, Plan, Purchase
from assetgen.core.journal import Row, RowState
from assetgen.core.money import Per, Price, Usd
from assetgen.core.offers import Offer, Service, Sizes, TextLimit, Voice
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.requests import ImageRequest
from assetgen.core.results import Counts, Failure, RunResult, Status, Warned
from assetgen.core.surveys import Change, Standing, State, Survey
from assetgen.core.validation import Finding, Severity
from assetgen.reporting import theme

DAY = dt.date(2026, 11, 18)
TONES = ("epic", "mysterious", "calm", "urgent", "triumphant")
GENDERS = ("neutral", "feminine", "masculine")


def money(text: str) -> Usd:
    return Usd.parse(text)


def text_of(renderable: RenderableType, width: int = 100, symbols: theme.Symbols = theme.UNICODE) -> str:
    """What a screen looks like without colour, in a stream of the symbols' encoding."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii" if symbols is theme.ASCII else "utf-8", write_through=True)
    theme.console(stream, environment={}, width=width).print(renderable)
    return raw.getvalue().decode()


def place(line: int, file: str = "actions.yaml") -> Place:
    return Place(file, line, 5)


def price(usd: str, per: Per) -> Price:
    return Price(Decimal(usd), per, "https://example.com/pricing", DAY)


def offer(provider: str, model: str, *, usd: str = "0.0027", per: Per = Per.MEGAPIXEL) -> Offer:
    speech = per is Per.MILLION_CHARACTERS
    return Offer(
        provider=provider,
        model=model,
        sold_as=f"vendor/{model}-1",
        kind=Kind.SUBTITLE if speech else Kind.IMAGE,
        source="https://example.com",
        checked=DAY,
        price=price(usd, per),
        sizes=None if speech else Sizes(smallest=256, largest=1440, step=16),
        text_limit=TextLimit(4096) if speech else None,
        voices={f"{gender}-{tone}": Voice(f"{gender[:3]}-{tone}") for gender in GENDERS for tone in TONES}
        if speech
        else {},
    )


FLUX = offer("together", "flux-schnell")
SDXL = offer("replicate", "sdxl", usd="0.009", per=Per.IMAGE)
SPEECH = offer("openai", "openai-tts", usd="15", per=Per.MILLION_CHARACTERS)
GOOGLE = offer("google", "google-tts", usd="4", per=Per.MILLION_CHARACTERS)
SERVICES = {
    "together": Service("together", ("TOGETHER_API_KEY", "TOGETHERAI_API_KEY")),
    "replicate": Service("replicate", ("REPLICATE_API_TOKEN",)),
    "openai": Service("openai", ("OPENAI_API_KEY",)),
    "google": Service("google", ("GOOGLE_API_KEY",)),
    "draft": Service("draft"),
}


def image(name: str, line: int = 1, sold: Offer = FLUX, *, unavailable: str = "") -> Job:
    action = ImageAction(name, "A harbour at night", "A harbour at night, cinematic", 1024, 768, sold.model, seed=7)
    return Job(action, f"key-{name}", {}, place(line), candidates=(Candidate(sold, (), unavailable=unavailable),))


def narration(name: str, line: int = 1, sold: Offer = SPEECH) -> Job:
    action = SubtitleAction(name, "The tide took the lower town first.", "calm", "neutral", "slow", sold.model)
    return Job(action, f"key-{name}", {}, place(line), candidates=(Candidate(sold, ()),))


def cutscene(name: str, line: int = 1) -> Job:
    return Job(CutsceneAction(name, (Shot("a", "b", 4.0, "fade"),)), f"key-{name}", {}, place(line))


def standing(job: Job, state: State, low: str = "0", high: str = "", **more: object) -> Standing:
    cost = CostEstimate(money(low), money(high or low))
    return replace(Standing(job, state, estimate=cost), **more)  # type: ignore[arg-type]


def survey(*standings: Standing, draft: bool = False, unused: tuple[str, ...] = ()) -> Survey:
    """A survey whose sums follow from its standings."""
    jobs = tuple(one.job for one in standings)
    return Survey(
        Plan(jobs, ("actions.yaml",), draft=draft, actions=len(jobs)),
        standings,
        unused,
        CostEstimate.sum(one.estimate for one in standings),
        Usd.sum(one.saved for one in standings),
    )


def harbour(*, draft: bool = False) -> Survey:
    """A game with many pictures, some narration and three cutscenes."""
    edited = (Change("prompt", "A mirror in the hall, old and dim", "A mirror in the hall, broken"),)
    moved = (Change("model", "sdxl", "flux-schnell"),)
    return survey(
        *(standing(image(f"ch01/tide_{n}", n), State.CACHED, saved=money("0.0463"), present=True) for n in range(681)),
        *(standing(image(f"ch02/raven_{n}", 700 + n), State.NEW, "0.0402", "0.0491") for n in range(318)),
        *(standing(image(f"ch03/gate_{n}", 1100 + n, SDXL), State.NEW, "0.0415", "0.0645") for n in range(171)),
        *(standing(image(f"ch02/old_{n}", 1300 + n), State.CHANGED, "0.01", changes=moved) for n in range(27)),
        *(standing(image(f"ch02/new_{n}", 118 + n), State.CHANGED, "0.01", changes=edited) for n in (0, 13)),
        *(standing(narration(f"vo/{n}", 1400 + n), State.CACHED, saved=money("0.0121")) for n in range(14)),
        *(standing(narration(f"vo/new_{n}", 1450 + n), State.NEW, "0.012") for n in range(10)),
        standing(cutscene("cut/opening", 1500), State.CACHED),
        *(standing(cutscene(f"cut/{n}", 1501 + n), State.NEW) for n in range(2)),
        draft=draft,
        unused=("old/a", "old/b", "old/c"),
    )


def warned(name: str, code: str = "shot_long", line: int = 3) -> Warned:
    finding = Finding(code, "shot 1 lasts 20 s, over 15 s", ("shots", 0), Severity.WARNING, "split the shot")
    return Warned(name, place(line), finding)


def failure(name: str = "ch01/mirror_00644", code: str = "content_refused", **more: object) -> Failure:
    base = Failure(
        name,
        Kind.IMAGE,
        Status.FAILED,
        code,
        "the service's content filter refused the prompt",
        place(1932),
        help="reword the prompt",
        provider="together",
        model="flux-schnell",
        attempts=1,
    )
    return replace(base, **more)  # type: ignore[arg-type]


RESULT = RunResult(
    exit_code=1,
    counts=Counts(total=1226, generated=528, cached=696, failed=2),
    by_kind={
        Kind.IMAGE: Counts(total=1199, generated=516, cached=681, failed=2),
        Kind.SUBTITLE: Counts(total=24, generated=10, cached=14),
        Kind.CUTSCENE: Counts(total=3, generated=2, cached=1),
    },
    spent=money("21.70"),
    spent_by_kind={Kind.IMAGE: money("21.58"), Kind.SUBTITLE: money("0.12")},
    saved=money("31.52"),
    saved_by_kind={Kind.IMAGE: money("31.35"), Kind.SUBTITLE: money("0.17")},
    unknown=Usd(),
    breakdown=CostBreakdown(
        money("21.70"),
        {"asset_image": money("21.58"), "asset_subtitle": money("0.12")},
        {"flux-schnell": money("14.50"), "sdxl": money("7.08"), "openai-tts": money("0.12")},
    ),
    estimate=CostEstimate(money("20.23"), money("27.52")),
    seconds=252.4,
    failures=(
        failure(),
        failure(
            "ch02/storm_01035",
            "rate_limited",
            message="rate limited, gave up after 4 attempts (429)",
            help="run again, or lower `limits.together.concurrency`",
            attempts=4,
        ),
    ),
    warnings=tuple(warned(f"cut/{n}", line=n + 1) for n in range(7)),
    metrics={"calls": 537, "errors": 9, "retries": 7, "waited_seconds": {"together": 38.0}},
    manifest="manifest.json",
    out="out",
)


SENT = dt.datetime(2026, 11, 18, 9, 30, tzinfo=dt.UTC)


def attempt(number: int = 1, state: RowState = RowState.STORED, **more: object) -> Row:
    """A row of the ledger, a minute after the one before."""
    key = f"{number:04x}" * 16
    request = ImageRequest("vendor/flux", "A harbour", 1024, 768)
    base = Row(
        id=number,
        cache="cache",
        purchase=Purchase(key, "together", "flux-schnell", request, money("0.0021")),
        host="real",
        account=1,
        project="/game",
        run="run",
        action=f"ch01/tide_{number}",
        attempt=1,
        state=state,
        token="token",  # noqa: S106 - names an attempt, opens nothing
        reserved=money("0.0021"),
        booked=Usd() if state is RowState.RELEASED else money("0.0021"),
        sent=SENT + dt.timedelta(minutes=number),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def started(*, total: int = 6, cached: int = 2, budget: str | None = "5", draft: bool = False) -> RunStarted:
    """A run of pictures only."""
    cost = CostEstimate(money("0.01"), money("0.02"))
    limit = None if budget is None else money(budget)
    kinds = {Kind.IMAGE: (total, cached)}
    return RunStarted(("actions.yaml",), total, cached, total - cached, 0, kinds, cost, limit, 6, draft)


def done(name: str, *, seconds: float = 4.4, cost: str = "0.0027") -> ActionDone:
    path = f"images/{name}.png"
    return ActionDone(name, Kind.IMAGE, "together", "flux-schnell", seconds, money(cost), path)


def called(
    name: str,
    outcome: OutcomeClass = OutcomeClass.GOOD,
    code: str = "",
    *,
    provider: str = "together",
    model: str = "flux-schnell",
    seconds: float = 4.0,
    cost: str = "",
    again: bool = False,
) -> CallEnded:
    """A call for a picture; a good one costs something where nothing else is said."""
    booked = money(cost or ("0.0027" if outcome is OutcomeClass.GOOD else "0"))
    return CallEnded(name, Kind.IMAGE, provider, model, outcome, code, seconds, booked, again)


def begun(name: str) -> ActionStarted:
    return ActionStarted(name, Kind.IMAGE, "together", "flux-schnell")


def cached(name: str) -> ActionCached:
    return ActionCached(name, Kind.IMAGE, money("0.0027"))


def failed(name: str, code: str = "content_refused", **more: object) -> ActionFailed:
    base = ActionFailed(
        name,
        Kind.IMAGE,
        Status.FAILED,
        code,
        "the service's content filter refused the prompt",
        place(1932),
        "together",
        "flux-schnell",
        attempts=1,
        seconds=21.0,
        help="reword the prompt",
    )
    return replace(base, **more)  # type: ignore[arg-type]


def finished() -> RunFinished:
    return RunFinished(1, Counts(6, 3, 2, 1), money("0.0081"), money("0.0054"), Usd(), 252.0)


def timed(*events: Event, every: float = 1.0) -> list[Timed]:
    """Events, one every so many seconds."""
    return [Timed(number * every, event) for number, event in enumerate(events)]
