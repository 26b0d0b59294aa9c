"""How the services did in a run, in a few words: what failed, what was waited for, how long calls took."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.core.events import Wait
from assetgen.reporting.kinds import seller
from assetgen.reporting.layout import Block, line
from assetgen.reporting.metrics import Calls, Metrics
from assetgen.reporting.theme import Symbols, count, plural, safe, seconds

TELLING = 1.0
"""Seconds of waiting from which on it is spoken of."""
MANY = 20
"""So many calls of a model before its times say something."""
MOST = 3
"""Models whose times are shown."""


def screen(metrics: Metrics, symbols: Symbols) -> Iterator[Block]:
    """What is worth knowing of the calls; nothing where all went well and quickly."""
    everything = metrics.everything()
    yield from _failed(everything, symbols)
    yield from _waited(metrics, everything, symbols)
    yield from _limited(metrics, symbols)
    title = "Speed    "
    for name, calls in _telling(metrics):
        half, most = calls.seconds.quantile(50) or 0.0, calls.seconds.quantile(95) or 0.0
        yield line((title, "context"), f"{safe(name)} {seconds(half)} a call, 95 % within {seconds(most)}", indent=2)
        title = " " * len(title)


def plain(metrics: Metrics) -> str:
    """The same figures as `key=value`; empty where no service was called."""
    everything = metrics.everything()
    half, most = everything.seconds.quantile(50), everything.seconds.quantile(95)
    if half is None or most is None:
        return ""
    waited = sum(everything.waited[reason] for reason in Wait if _is_telling(metrics, reason))
    numbers = f"calls={everything.ends.total()} errors={everything.errors.total()}"
    again = f"retries={everything.retries} failovers={everything.failovers} waited={waited:.1f}s"
    if metrics.limited.total():
        again += f" limited={','.join(f'{safe(name)}:{times}' for name, times in _often_limited(metrics))}"
    return f"{numbers} {again} p50={half:.1f}s p95={most:.1f}s"


def _failed(everything: Calls, symbols: Symbols) -> Iterator[Block]:
    if everything.errors:
        codes = ", ".join(f"{count(number, symbols)} {code}" for code, number in everything.errors.most_common())
        failed = (
            f"{count(everything.ends.total(), symbols)}, {count(everything.errors.total(), symbols)} failed: {codes}"
        )
        over = f"; {plural(everything.failovers, 'failover', symbols)}" if everything.failovers else ""
        yield line(("Calls    ", "context"), safe(failed) + over, indent=2)


def _waited(metrics: Metrics, everything: Calls, symbols: Symbols) -> Iterator[Block]:
    parts = []
    if everything.retries:
        names = ", ".join(sorted({safe(provider) for (provider, _), calls in metrics.asked().items() if calls.retries}))
        tries = plural(everything.retries, "retry", symbols, "retries")
        parts.append(f"{seconds(everything.waited[Wait.RETRY])} before trying again ({names}), {tries}")
    for reason, what in _WHAT.items():
        if _is_telling(metrics, reason) and everything.waited[reason] >= TELLING:
            parts.append(f"{seconds(everything.waited[reason])} {what}")
    if parts:
        yield line(("Waited   ", "context"), "; ".join(parts), (" (all assets together)", "context"), indent=2)


_WHAT = {
    Wait.LIMIT: "for a service that asked for less",
    Wait.PROCESS: "for other processes",
    Wait.MONEY: "for money to come free",
}


def _limited(metrics: Metrics, symbols: Symbols) -> Iterator[Block]:
    parts = [f"{safe(name)} asked for less {_times(times, symbols)}" for name, times in _often_limited(metrics)]
    parts += [f"{safe(name)} was not asked any more: {safe(code)}" for name, code in sorted(metrics.stopped.items())]
    if parts:
        yield line(("Limited  ", "context"), "; ".join(parts), indent=2)


def _often_limited(metrics: Metrics) -> list[tuple[str, int]]:
    return [(name, times) for name, times in sorted(metrics.limited.items()) if times]


def _times(number: int, symbols: Symbols) -> str:
    return "once" if number == 1 else plural(number, "time", symbols)


def _is_telling(metrics: Metrics, reason: Wait) -> bool:
    """Slots are always waited for where there is more to do than slots; it says something where they became fewer."""
    return reason is not Wait.LIMIT or bool(metrics.limited.total())


def _telling(metrics: Metrics) -> list[tuple[str, Calls]]:
    """Models that were called often, most often first, and their calls."""
    often = [(seller(*name), calls) for name, calls in metrics.asked().items() if calls.ends.total() >= MANY]
    return sorted(often, key=lambda one: -one[1].ends.total())[:MOST]
