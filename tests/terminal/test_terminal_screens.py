"""Every screen as a terminal shows it, beside how it looked when somebody last looked at it.

`UPDATE_SCREENS=1 python -m pytest tests/terminal` draws the files in `screens/` anew; then look at what changed.
"""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest
from rich.cells import cell_len
from rich.console import Group, RenderableType

from assetgen.cache.findings import Info, Share
from assetgen.core.actions import Kind
from assetgen.core.events import (
    ActionFailedOver,
    ActionRetry,
    ActionWaited,
    ActionWaiting,
    CallEnded,
    Event,
    ProviderLimited,
    RunStopping,
    Wait,
)
from assetgen.core.examination import Area, Check, Examination, Level
from assetgen.core.journal import RowState
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.results import Status
from assetgen.core.surveys import State
from assetgen.reporting import cache, catalog, doctor, estimate, ledger, summary, theme
from assetgen.reporting.frame import Glass, lines
from assetgen.reporting.ledger import Book
from assetgen.reporting.metrics import Metrics
from assetgen.reporting.plain import Plain
from assetgen.reporting.scene import Scene
from assetgen.reporting.theme import ASCII, UNICODE, Symbols
from tests.reporting.builders import (
    DAY,
    FLUX,
    GOOGLE,
    RESULT,
    SDXL,
    SERVICES,
    SPEECH,
    attempt,
    begun,
    cached,
    called,
    done,
    failed,
    finished,
    harbour,
    image,
    money,
    standing,
    started,
    survey,
    timed,
)

SCREENS = Path(__file__).parent / "screens"
LONG = "chapter-of-the-drowned-harbour/a-picture-with-a-very-long-name-at-night"
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
Drawn = Callable[[Symbols, int], RenderableType]


def estimated(symbols: Symbols, width: int) -> RenderableType:
    command = "assetgen run actions.yaml --max-cost 30"
    return estimate.screen(
        harbour(), budget=money("30"), symbols=symbols, width=width, command=command, prices_date=DAY
    )


def too_dear(symbols: Symbols, width: int) -> RenderableType:
    found = survey(
        standing(image("ch01/tide"), State.NEW, "0.5", "1.5"),
        standing(image(LONG), State.REFUSED),
        standing(image("ch01/raven"), State.HELD),
        standing(image("ch01/gate", unavailable="TOGETHER_API_KEY is not set"), State.NEW, "0.1"),
    )
    command = "assetgen run actions.yaml"
    return estimate.screen(found, budget=money("0.25"), symbols=symbols, width=width, command=command)


def ended(symbols: Symbols, width: int) -> RenderableType:
    return summary.screen(
        RESULT,
        symbols=symbols,
        width=width,
        budget=money("30"),
        command="assetgen run actions.yaml --max-cost 30",
        look="assetgen show ID",
        metrics=metrics(),
        slowest=[(LONG, 71.0), ("ch01/tide", 12.4)],
        dearest=[(LONG, money("0.09")), ("ch01/tide", money("0.0021"))],
    )


def metrics() -> Metrics:
    heard = Metrics()
    refused = called("b", OutcomeClass.REFUSED, "rate_limited", again=True)
    retry = ActionWaited("b", "together", "flux-schnell", Wait.RETRY, 38.0)
    waited = ActionWaited("c", "together", "flux-schnell", Wait.LIMIT, 70.0)
    slowed = ProviderLimited("together", 4, 8, "it answered with 429")
    for one in timed(*(called(f"a{n}") for n in range(30)), refused, retry, waited, slowed):
        heard(one)
    return heard


def held(symbols: Symbols, width: int) -> RenderableType:
    found = [("~/.cache/assetgen/assets", CACHE)]
    return cache.info(found, now=NOW, symbols=symbols, width=width)


CACHE = Info(
    {
        Kind.IMAGE: Share(3412, 1_900_000_000, money("141.2"), NOW),
        Kind.SUBTITLE: Share(611, 88_000_000, money("7.1"), NOW - dt.timedelta(days=1)),
    },
    Share(4023, 1_988_000_000, money("148.3"), NOW),
)


def examined(symbols: Symbols, width: int) -> RenderableType:
    key = "export TOGETHER_API_KEY=… from https://api.together.ai/settings/api-keys\nor write it into .env"
    found = Examination(
        (
            Check(Area.FILES, "actions.yaml", Level.GOOD, "51 cached, 1 new"),
            Check(Area.SERVICES, "together", Level.PROBLEM, "TOGETHER_API_KEY is not set", key, 6, {"key_set": False}),
            Check(Area.SERVICES, "openai", Level.GOOD, "answers in 65 ms, key from OPENAI_API_KEY (environment)"),
            Check(Area.SERVICES, "google", Level.NOTE, "GOOGLE_API_KEY is not set"),
            Check(Area.FOLDERS, "cache", Level.WARNING, "2 GB free", "assetgen cache prune"),
        ),
        {"assetgen": "0.1.0", "python": "3.11.7", "sqlite": "3.40.1", "system": "Linux x86_64"},
    )
    return doctor.screen(found, draft="assetgen run actions.yaml --draft", symbols=symbols, width=width)


def sold(symbols: Symbols, width: int) -> RenderableType:
    offers = (FLUX, SDXL, SPEECH, GOOGLE)
    return catalog.models(offers, SERVICES, {"together"}, today=DAY, symbols=symbols, width=width)


def spoken(symbols: Symbols, width: int) -> RenderableType:
    return catalog.voices((SPEECH, GOOGLE), symbols=symbols, width=width)


def booked(symbols: Symbols, width: int) -> RenderableType:
    rows = [attempt(1), attempt(2, RowState.UNKNOWN, action=LONG), attempt(3, RowState.RELEASED)]
    return ledger.screen(Book(rows), last=30, symbols=symbols, width=width)


def under_way(symbols: Symbols, width: int) -> RenderableType:
    return view(*RUN, symbols=symbols, width=width)


def stopping(symbols: Symbols, width: int) -> RenderableType:
    return view(*RUN, RunStopping(2), symbols=symbols, width=width)


RUN: tuple[Event, ...] = (
    started(total=40, cached=12),
    *(cached(f"ch01/c{n}") for n in range(12)),
    *(done(f"ch02/l{n}") for n in range(8)),
    failed("ch01/mirror"),
    *(begun(name) for name in (LONG, "ch02/raven", "ch02/gate", "ch02/storm", "ch02/river", "ch02/lamp")),
    ActionFailedOver(LONG, "service_down", "503", "together", "flux-schnell", "replicate", "sdxl"),
    ActionWaiting("ch02/raven", "together", "another process is making it"),
    ActionRetry("ch02/gate", "together", "flux-schnell", "rate_limited", "429", 2, 3, 9.0),
    called("ch02/storm"),
    ProviderLimited("openai", 4, 4, "few more are allowed", per_minute=12.0),
    ProviderLimited("together", 1, 8, "it answered with 429", wait=2.0),
)


def view(*events: Event, symbols: Symbols, width: int) -> RenderableType:
    scene = Scene()
    for one in timed(*events):
        scene(one)
    return Group(*lines(scene, Glass(len(events) - 1.0, width, 30, symbols)))


@pytest.mark.parametrize("symbols", [UNICODE, ASCII], ids=["unicode", "ascii"])
@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "draw",
    [estimated, too_dear, under_way, stopping, ended, held, examined, sold, spoken, booked],
    ids=lambda draw: draw.__name__,
)
def test_a_screen_looks_as_it_did(draw: Drawn, width: int, symbols: Symbols) -> None:
    shown = on_terminal(draw(symbols, width), width, symbols)
    assert max(map(cell_len, shown)) <= width
    compare(f"{draw.__name__}-{width}{'-ascii' if symbols is ASCII else ''}", shown)


@pytest.mark.parametrize("environment", [{}, {"GITHUB_ACTIONS": "true"}], ids=["pipe", "github"])
def test_the_lines_of_a_pipe_look_as_they_did(environment: dict[str, str]) -> None:
    stream = io.StringIO()
    listener = Plain(stream, environment=environment)
    held = failed("ch02/raven", status=Status.HELD, unknown=money("0.04"))
    for one in timed(*RUN[:4], *RUN[-8:], held, finished()):
        listener(one)
    compare("plain-github" if environment else "plain", stream.getvalue().splitlines())


def test_what_only_the_figures_need_writes_and_counts_nothing() -> None:
    stream = io.StringIO()
    listener = Plain(stream, environment={})
    waited = ActionWaited("a", "together", "flux-schnell", Wait.LIMIT, 70.0)
    listener(timed(waited)[0])
    ended: CallEnded = called("a")
    listener(timed(ended)[0])
    assert stream.getvalue() == ""


def on_terminal(screen: RenderableType, width: int, symbols: Symbols) -> list[str]:
    """What an emulated terminal makes of a screen, with its colours and line ends."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(
        raw, encoding="ascii" if symbols is ASCII else "utf-8", newline="\r\n", write_through=True
    )
    theme.console(stream, environment={"FORCE_COLOR": "1"}, width=width).print(screen)
    terminal = pyte.Screen(width, 100)
    pyte.ByteStream(terminal).feed(raw.getvalue())
    return [line.rstrip() for line in "\n".join(terminal.display).rstrip().split("\n")]


def compare(name: str, shown: list[str]) -> None:
    path = SCREENS / f"{name}.txt"
    text = "\n".join(shown) + "\n"
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
