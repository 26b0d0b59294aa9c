"""How long large sets take, beside PyYAML alone."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest
import yaml

from assetgen.dsl.checking import Document, parse
from tests.dsl.many import as_yaml
from tests.dsl.rules import RULES

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def best(work: Callable[[], object], times: int = 3) -> float:
    """CPU seconds of the quickest of several runs."""
    taken = []
    for _ in range(times):
        gc.collect()
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def place_all(document: Document) -> None:
    for entry in document.entries:
        document.place(entry)


def test_reading_and_checking_takes_no_longer_than_pyyaml_alone() -> None:
    text = as_yaml(1_500)
    assert best(lambda: parse(text, RULES)) <= best(lambda: yaml.load(text, LOADER), 2)  # noqa: S506 - it is a safe one


@pytest.mark.slow
def test_ten_thousand_actions_take_no_longer_than_pyyaml_alone() -> None:
    text = as_yaml(10_000)
    assert best(lambda: parse(text, RULES)) <= best(lambda: yaml.load(text, LOADER), 1)  # noqa: S506 - it is a safe one


@pytest.mark.slow
def test_cost_per_action_is_flat_from_one_thousand_to_fifty_thousand() -> None:
    few, many = as_yaml(1_000), as_yaml(50_000)
    assert best(lambda: parse(many, RULES), 2) / 50 <= 1.4 * best(lambda: parse(few, RULES), 5)


@pytest.mark.slow
def test_places_of_all_actions_are_linear() -> None:
    few, many = parse(as_yaml(1_000), RULES), parse(as_yaml(50_000), RULES)
    assert best(lambda: place_all(many), 2) / 50 <= 2 * best(lambda: place_all(few), 5)
