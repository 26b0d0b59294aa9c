"""The figures of a run in the text format of Prometheus, as its textfile collectors read it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assetgen.core import durable
from assetgen.core.events import Wait
from assetgen.core.money import Usd
from assetgen.core.results import Counts
from assetgen.reporting.histogram import Histogram
from assetgen.reporting.metrics import Calls, Metrics
from assetgen.reporting.tally import Tally

BOUNDS = tuple(2.0**power for power in range(-3, 10))
"""Seconds, from an eighth to 512: the buckets of the histogram."""
BEGINNING = b"# HELP assetgen_"
"""How every file of metrics begins."""

Labels = tuple[tuple[str, str], ...]
Value = int | float | Usd


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: what is added to the family's name, the labels, the value."""

    labels: Labels
    value: Value
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """Everything that is measured under one name; a family without samples is left out."""

    name: str
    type: str
    help: str
    samples: tuple[Sample, ...]


def text(metrics: Metrics) -> str:
    """All families, each with its `HELP` and `TYPE`, the first of them always there."""
    return "".join(line + "\n" for family in _families(metrics) if family.samples for line in _lines(family))


def overwritable(path: Path) -> bool:
    """Whether nothing would be lost: the file is missing, empty, or an earlier run's metrics.

    Raises:
        OSError: It can't be looked at.
    """
    if not path.exists():
        return True
    return path.is_file() and (durable.read(path)[: len(BEGINNING)] or BEGINNING) == BEGINNING


def write(path: Path, metrics: Metrics) -> None:
    """Write the file, whole; where the name is a link, what it leads to.

    Raises:
        OSError: It can't be written; what stood there before still stands.
    """
    durable.write(os.path.realpath(path), text(metrics).encode(errors="replace"))


def _families(metrics: Metrics) -> Iterator[Family]:
    yield from _of_the_run(metrics)
    yield from _of_assets(metrics.assets)
    yield from _of_calls(metrics)
    yield from _of_services(metrics)


def _of_the_run(metrics: Metrics) -> Iterator[Family]:
    tally = metrics.assets
    begun, ended = tally.started, tally.finished
    yield _gauge("run_complete", "Whether the run came to its end: 1, or 0 where it broke off.", int(ended is not None))
    if begun is not None:
        low, high = Sample((("bound", "min"),), begun.estimate.min), Sample((("bound", "max"),), begun.estimate.max)
        yield Family("estimate_usd", "gauge", "What the run was to cost, in US dollars.", (low, high))
        if begun.budget is not None:
            yield _gauge("budget_usd", "The wall that spending never passes, in US dollars.", begun.budget)
    if ended is not None:
        yield _gauge("run_exit_code", "The exit code of the run.", ended.exit_code)
        yield _gauge("run_seconds", "How long the run took, in seconds.", ended.seconds)
        yield _gauge(
            "unknown_usd", "What may have been paid for assets that are not there, in US dollars.", ended.unknown
        )
    yield _gauge("cache_hit_ratio", "The part of the finished assets that the cache had.", metrics.cache_hit_rate)


def _of_assets(tally: Tally) -> Iterator[Family]:
    ends = [name for name in Counts.__dataclass_fields__ if name != "total"]
    kinds = [(kind.value, made) for kind, made in tally.kinds.items()]
    counted = tuple(
        Sample((("type", kind), ("status", end)), getattr(made, end)) for kind, made in kinds for end in ends
    )
    yield Family("assets_total", "counter", "Assets by how they ended.", counted)
    saved = tuple(Sample((("type", kind),), made.saved) for kind, made in kinds)
    yield Family("saved_usd_total", "counter", "What the cache saved, in US dollars.", saved)


def _of_calls(metrics: Metrics) -> Iterator[Family]:
    asked: list[tuple[Labels, Calls]] = [
        ((("provider", provider), ("model", model)), calls) for (provider, model), calls in metrics.asked().items()
    ]
    ends = [Sample((*who, ("outcome", end)), n) for who, calls in asked for end, n in sorted(calls.ends.items())]
    yield Family("calls_total", "counter", "Calls of services by how they ended.", tuple(ends))
    errors = [Sample((*who, ("code", code)), n) for who, calls in asked for code, n in sorted(calls.errors.items())]
    yield Family("errors_total", "counter", "Calls that were not good, by code.", tuple(errors))
    retries = [Sample(who, calls.retries) for who, calls in asked]
    yield Family("retries_total", "counter", "Calls that were made again.", tuple(retries))
    failovers = [Sample(who, calls.failovers) for who, calls in asked]
    yield Family("failovers_total", "counter", "How often the next seller was asked instead.", tuple(failovers))
    costs = [Sample((("type", kind), *who), cost) for who, calls in asked for kind, cost in sorted(calls.costs.items())]
    yield Family("cost_usd_total", "counter", "What was booked for calls, in US dollars.", tuple(costs))
    times = [sample for who, calls in asked if calls.seconds.count for sample in _buckets(who, calls.seconds)]
    yield Family("call_seconds", "histogram", "How long calls took, in seconds.", tuple(times))


def _buckets(who: Labels, times: Histogram) -> Iterator[Sample]:
    for bound in BOUNDS:
        yield Sample((*who, ("le", f"{bound:g}")), times.up_to(bound), "_bucket")
    yield Sample((*who, ("le", "+Inf")), times.count, "_bucket")
    yield Sample(who, round(times.total, 6), "_sum")
    yield Sample(who, times.count, "_count")


def _of_services(metrics: Metrics) -> Iterator[Family]:
    waited = metrics.everything().waited
    waits = tuple(Sample((("reason", reason.value),), round(waited.get(reason, 0.0), 3)) for reason in Wait)
    yield Family("waited_seconds_total", "counter", "How long assets waited, in seconds, summed over assets.", waits)
    limits = tuple(Sample((("provider", name),), number) for name, number in sorted(metrics.limited.items()))
    yield Family("limits_total", "counter", "How often a service asked for less.", limits)
    stops = tuple(Sample((("provider", name), ("code", code)), 1) for name, code in sorted(metrics.stopped.items()))
    yield Family("provider_stopped", "gauge", "Services that were not asked any more in the run.", stops)


def _gauge(name: str, meaning: str, value: Value) -> Family:
    return Family(name, "gauge", meaning, (Sample((), value),))


def _lines(family: Family) -> Iterator[str]:
    name = f"assetgen_{family.name}"
    yield f"# HELP {name} {family.help}"
    yield f"# TYPE {name} {family.type}"
    for sample in family.samples:
        yield f"{name}{sample.suffix}{_braces(sample.labels)} {sample.value}"


def _braces(labels: Iterable[tuple[str, str]]) -> str:
    said = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{said}}}" if said else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
