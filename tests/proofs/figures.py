"""The figures of the proofs: one line each at the end of the tests, also where they pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

Figures = Callable[..., None]
NAME = "figures"


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Give a line: its form, such as `sweep: {points} points`, and its numbers. Numbers of one form are added up."""

    def give(form: str, **numbers: float) -> None:
        request.node.user_properties.append((NAME, [form, numbers]))

    return give


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show all lines, in the order in which they were first given."""
    sums: dict[str, Counter[str]] = {}
    for form, numbers in _given(terminalreporter):
        sums.setdefault(form, Counter()).update(numbers)
    if sums:
        terminalreporter.section("figures")
    for form, total in sorted(sums.items()):
        terminalreporter.write_line(form.format(**total))


def _given(terminalreporter: pytest.TerminalReporter) -> list[Any]:
    """What the tests gave, those in other processes among them."""
    reports = [report for reports in terminalreporter.stats.values() for report in reports]
    called = (report for report in reports if isinstance(report, pytest.TestReport) and report.when == "call")
    return [value for report in called for name, value in report.user_properties if name == NAME]
