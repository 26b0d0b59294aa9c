from __future__ import annotations

import pytest

from assetgen.core.events import ProviderLimited
from assetgen.reporting.limits import Limits, said
from assetgen.reporting.theme import ASCII, UNICODE


def limited(concurrency: int, was: int, reason: str = "it answered with 429", **more: float) -> ProviderLimited:
    return ProviderLimited("together", concurrency, was, reason, **more)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (limited(4, 8), "together 8 -> 4 at once, it answered with 429"),
        (limited(4, 8, wait=2.2), "together 8 -> 4 at once, not asked for 3 s, it answered with 429"),
        (limited(8, 4, "it answers well"), "together 4 -> 8 at once, it answers well"),
        (limited(0, 8, "it failed", wait=30), "together not asked for 30 s, it failed"),
        (limited(4, 0, "it answers again"), "together asked again, 4 at once, it answers again"),
        (limited(4, 4, wait=9.0), "together not asked for 9 s, it answered with 429"),
        (limited(4, 4, "few more are allowed", per_minute=12.4), "together 12 calls a minute, few more are allowed"),
        (limited(4, 4, "few more are allowed", per_minute=1.0), "together 1 call a minute, few more are allowed"),
        (limited(1, 1), "together 1 at once, it answered with 429"),
    ],
)
def test_a_change_is_said_in_a_few_words(event: ProviderLimited, expected: str) -> None:
    assert said(event, ASCII) == expected


def test_a_pause_is_counted_down() -> None:
    assert said(limited(0, 8, wait=30), ASCII, since=12.5).startswith("together not asked for 18 s")


def test_a_service_that_allows_less_is_told_of_until_it_allows_as_much_as_before() -> None:
    limits = Limits()
    limits.change(1, limited(4, 8))
    assert limits.told(500, UNICODE) == ["together 8 → 4 at once, it answered with 429"]
    limits.change(501, limited(6, 4, "it answers well"))
    assert limits.told(600, UNICODE) == ["together 4 → 6 at once, it answers well"]
    limits.change(601, limited(8, 6, "it answers well"))
    assert limits.told(602, UNICODE) == ["together 6 → 8 at once, it answers well"]
    assert limits.told(620, UNICODE) == []


def test_what_is_known_of_a_service_is_what_it_said_last() -> None:
    limits = Limits()
    assert (limits.at_once("together"), limits.wait("together", 5)) == (None, 0)
    limits.change(5, limited(4, 8, wait=10))
    assert (limits.at_once("together"), limits.wait("together", 8), limits.pause("together")) == (4, 7, 10)
    assert limits.wait("together", 99) == 0
