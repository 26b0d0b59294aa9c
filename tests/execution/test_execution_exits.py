from __future__ import annotations

import pytest

from assetgen.core.actions import Kind, Place
from assetgen.core.results import Failure, Status
from assetgen.execution.exits import exit_code


def failure(code: str, status: Status = Status.FAILED) -> Failure:
    return Failure("pier", Kind.IMAGE, status, code, "", Place("actions.yaml", 1))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("content_refused", 1),
        ("edited_output", 1),
        ("dependency_failed", 1),
        ("budget", 3),
        ("unpriced", 3),
        ("storage", 5),
        ("cache", 5),
        ("auth", 6),
        ("quota", 6),
        ("bug", 70),
    ],
)
def test_every_failure_has_its_code(code: str, expected: int) -> None:
    assert exit_code([failure(code)]) == expected


def test_the_gravest_of_several_wins() -> None:
    codes = ["content_refused", "budget", "auth", "storage", "bug"]
    assert [exit_code([failure(one) for one in codes[: count + 1]]) for count in range(5)] == [1, 3, 6, 5, 70]


def test_what_is_held_is_4_and_weighs_less_than_the_budget() -> None:
    held = failure("outcome_unknown", Status.HELD)
    assert exit_code([held, failure("content_refused")]) == 4
    assert exit_code([held, failure("budget")]) == 3


def test_an_interruption_comes_before_all() -> None:
    assert exit_code([failure("bug")], interrupted=143) == 143
    assert exit_code([]) == 0
