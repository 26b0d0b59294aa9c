"""A strict reader of Prometheus' text format: what a scraper would refuse, or take in a wrong way, is an error here."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
PAIR = re.compile(rf"({LABEL})(?:,|$)")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}

Labels = tuple[tuple[str, str], ...]


@dataclass
class Metric:
    type: str
    samples: dict[tuple[str, Labels], float] = field(default_factory=dict)


def parsed(text: str) -> dict[str, Metric]:
    """All metrics by name; their samples by suffix and sorted labels."""
    assert text.endswith("\n"), "the last line has an end"
    found: dict[str, Metric] = {}
    lines = text[:-1].split("\n")
    while lines:
        name = _begun(lines.pop(0), "HELP")[0]
        typed, kind = _begun(lines.pop(0), "TYPE")
        assert typed == name, f"HELP of {name} and TYPE of {typed}"
        assert name not in found, f"{name} comes twice"
        metric = found[name] = Metric(kind)
        while lines and not lines[0].startswith("#"):
            _add(metric, name, lines.pop(0))
        _check(name, metric)
    return found


def value(text: str, name: str, **labels: str) -> float:
    """One sample without a suffix."""
    return parsed(text)[name].samples["", tuple(sorted(labels.items()))]


def _begun(line: str, word: str) -> tuple[str, str]:
    match = re.fullmatch(rf"# {word} ({NAME}) (.+)", line)
    assert match is not None, f"not a {word} line: {line!r}"
    return match[1], match[2]


def _add(metric: Metric, name: str, line: str) -> None:
    match = SAMPLE.fullmatch(line)
    assert match is not None, f"not a sample: {line!r}"
    assert match[1].startswith(name), f"a sample of {match[1]} among those of {name}"
    suffix = match[1].removeprefix(name)
    assert suffix in SUFFIXES[metric.type], f"{match[1]} is no part of a {metric.type}"
    key = suffix, _labels(match[2] or "")
    assert key not in metric.samples, f"twice: {line!r}"
    metric.samples[key] = float(match[3])


def _labels(text: str) -> Labels:
    pairs = [(name, _unescaped(quoted[1:-1])) for name, _, quoted in (m[1].partition("=") for m in PAIR.finditer(text))]
    assert len({name for name, _ in pairs}) == len(pairs), f"a label comes twice: {text}"
    return tuple(sorted(pairs))


def _unescaped(text: str) -> str:
    return re.sub(r'\\[\\"n]', lambda match: ESCAPES[match[0]], text)


def _check(name: str, metric: Metric) -> None:
    assert metric.samples, f"{name} has no samples"
    assert metric.type in SUFFIXES, f"{metric.type} is no type"
    assert (metric.type == "counter") == name.endswith("_total"), f"{name} is a {metric.type}"
    if metric.type == "counter":
        assert all(0 <= number < math.inf for number in metric.samples.values()), name
    if metric.type == "histogram":
        _check_buckets(metric)


def _check_buckets(metric: Metric) -> None:
    """The buckets of each series grow with their bounds, and the last one holds everything."""
    series: dict[Labels, list[tuple[float, float]]] = {}
    for (suffix, labels), number in metric.samples.items():
        if suffix == "_bucket":
            bound = float(dict(labels)["le"])
            series.setdefault(tuple(pair for pair in labels if pair[0] != "le"), []).append((bound, number))
    assert series
    for labels, buckets in series.items():
        assert buckets == sorted(buckets), f"the buckets of {labels} are in order"
        assert [number for _, number in buckets] == sorted(number for _, number in buckets)
        assert buckets[-1] == (math.inf, metric.samples["_count", labels])
        assert ("_sum", labels) in metric.samples
