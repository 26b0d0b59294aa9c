"""The progress of a run for a pipe, a file or CI: lines, no colour, nothing drawn over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TextIO

from assetgen.core.actions import Kind
from assetgen.core.events import (
    ActionCached,
    ActionDone,
    ActionFailed,
    ActionFailedOver,
    ActionRetry,
    ActionWaited,
    BudgetStopped,
    CallEnded,
    Event,
    ProviderLimited,
    ProviderStopped,
    RunFinished,
    RunStarted,
    RunStopping,
    Timed,
)
from assetgen.core.results import Status
from assetgen.core.validation import Severity
from assetgen.reporting import budgets, failures, github, limits
from assetgen.reporting.advice import next_step
from assetgen.reporting.kinds import seller, words
from assetgen.reporting.remaining import Remaining
from assetgen.reporting.tally import Tally
from assetgen.reporting.theme import ASCII, clock, forgive, plural, seconds, usd

FEW = 200
"""Up to so many assets each finished one has a line; above, there is one per 5 % or 30 s."""
EVERY_PERCENT = 5
EVERY_SECONDS = 30.0
NOT_THERE = {Status.FAILED: "FAIL", Status.SKIPPED: "SKIP", Status.HELD: "HELD"}.__getitem__


class Plain:
    """A listener that writes lines: `+mm:ss`, a word, and `key=value` figures that can be searched for."""

    def __init__(self, stream: TextIO, *, environment: Mapping[str, str]) -> None:
        forgive(stream)
        self._stream = stream
        self._github = environment.get("GITHUB_ACTIONS") == "true"
        self._workspace = environment.get("GITHUB_WORKSPACE", "")
        self._tally = Tally(keep=1)
        self._remaining = Remaining(self._tally)
        self._errors = 0
        self._percent = 0
        self._said = 0.0
        self._complete: set[Kind] = set()

    def __call__(self, timed: Timed) -> None:
        if isinstance(timed.event, ActionWaited | CallEnded):
            return  # There are several for every asset, and they are for the figures alone.
        self._tally(timed)
        self._remaining(timed)
        lines = [*self._lines(timed.event), *self._progress(timed)]
        for line in lines:
            self._write(f"+{clock(timed.t):0>5} {line}")
        self._around(timed.event)
        self._stream.flush()

    def _write(self, line: str) -> None:
        self._stream.write(github.harmless(line) + "\n")

    def _around(self, event: Event) -> None:
        match event:
            case RunStarted():
                for line in _opening(event):
                    self._write(line)
                self._command("::group::Progress")
            case ActionFailed(status=Status.FAILED):
                self._annotate(event)
            case RunFinished():
                self._command("::endgroup::")
                if (more := self._errors - github.MOST_ANNOTATIONS) > 0:
                    self._command(f"::error title=assetgen::and {plural(more, 'more failure', ASCII)}")

    def _annotate(self, event: ActionFailed) -> None:
        self._errors += 1
        if self._errors <= github.MOST_ANNOTATIONS:
            message = f"{event.id}: {event.message}"
            self._command(
                github.annotation(Severity.ERROR, event.code, message, event.help, event.place, self._workspace)
            )

    def _command(self, command: str) -> None:
        if self._github:
            self._stream.write(command + "\n")

    def _lines(self, event: Event) -> Iterator[str]:
        match event:
            case ActionCached() | ActionDone() if self._many:
                pass
            case ActionCached():
                yield f"CACHED   {event.id} saved={usd(event.saved)}"
            case ActionDone():
                yield _done(event)
            case ActionFailed(code="cancelled"):
                pass  # The summary counts them; a line for each would bury what happened.
            case ActionFailed():
                yield _failed(event)
            case _:
                yield from _change(event)

    @property
    def _many(self) -> bool:
        return self._tally.started is not None and self._tally.started.total > FEW

    def _progress(self, timed: Timed) -> Iterator[str]:
        counts = self._tally.counts()
        finished = counts.total - sum(made.total - made.finished for made in self._tally.kinds.values())
        percent = 100 * finished // max(counts.total, 1)
        due = percent >= self._percent + EVERY_PERCENT or timed.t >= self._said + EVERY_SECONDS
        if self._many and due and not isinstance(timed.event, RunFinished):
            self._percent, self._said = percent - percent % EVERY_PERCENT, timed.t
            left = self._remaining.left(timed.t)
            yield f"progress {finished}/{counts.total} {percent}% {self._figures(None)}" + (
                f" left~{clock(left)}" if left else ""
            )
        yield from self._completed(last=isinstance(timed.event, RunFinished))

    def _completed(self, *, last: bool) -> Iterator[str]:
        for kind, made in self._tally.kinds.items():
            if kind not in self._complete and (last or made.finished >= made.total > 0):
                self._complete.add(kind)
                yield f"{words(kind).title.lower():<9} {made.finished}/{made.total} {self._figures(kind)}"

    def _figures(self, kind: Kind | None) -> str:
        counts = self._tally.kind(kind).counts() if kind else self._tally.counts()
        spent = self._tally.kind(kind).spent if kind else self._tally.spent
        named = ((name, getattr(counts, name)) for name in ("generated", "cached", "failed", "skipped", "held"))
        return " ".join([*(f"{name}={number}" for name, number in named if number), f"spent={usd(spent)}"])


def _opening(event: RunStarted) -> Iterator[str]:
    files = ", ".join(event.files)
    states = f"{event.cached} cached, {event.new} new, {event.changed} changed"
    yield f"assetgen run: {files}, {plural(event.total, 'asset', ASCII)}: {states}"
    budget = f", budget {usd(event.budget)}" if event.budget is not None else ""
    yield f"assetgen: estimate {budgets.spread(event.estimate, ASCII)}{budget}, {event.concurrency} at once"
    if event.draft:
        yield "assetgen: draft: placeholder pictures and a synthetic voice, free; these are no real assets"


def _done(event: ActionDone) -> str:
    degraded = " degraded=true" if event.degraded else ""
    who = seller(event.provider, event.model)
    return f"DONE     {event.id} {who} {seconds(event.seconds)} cost={usd(event.cost)} {event.path}{degraded}"


def _failed(event: ActionFailed) -> str:
    who = f" {seller(event.provider, event.model)}" if event.provider else ""
    step = next_step(event.code, event.help)
    advice = f"; next: {step}" if step else ""
    word, paid = NOT_THERE(event.status), failures.paid(event.paid, event.unknown)
    return f"{word:<8} {event.id}{who} {event.code}: {event.message} ({event.place}); paid: {paid}{advice}"


def _change(event: Event) -> Iterator[str]:
    match event:
        case ActionRetry():
            attempt = f"attempt {event.attempt}/{event.of}, waiting {seconds(event.wait)}"
            yield f"RETRY    {event.id} {event.provider} {event.code}: {event.message}; {attempt}"
        case ActionFailedOver():
            to = f"{seller(event.provider, event.model)} -> {seller(event.to_provider, event.to_model)}"
            yield f"FAILOVER {event.id} {to} {event.code}: {event.message}"
        case ProviderLimited():
            yield f"LIMIT    {limits.said(event, ASCII)}"
        case ProviderStopped():
            yield f"STOP     {event.provider} is not asked again: {event.code}: {event.message}"
        case BudgetStopped():
            yield f"BUDGET   the next purchase would pass the wall: spent={usd(event.spent)} of {usd(event.budget)}"
        case RunStopping():
            yield f"STOPPING finishing {plural(event.in_flight, 'request', ASCII)} already sent, starting no more"
