from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.providers.waits import retry_after

NOON = "Sun, 22 Nov 2026 12:00:00 GMT"


def google(delay: object) -> Any:
    kind = "type.googleapis.com/google.rpc.RetryInfo"
    return {"error": {"code": 429, "details": [{"@type": "other"}, {"@type": kind, "retryDelay": delay}]}}


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "2"}, None, 2.0),
        ({"retry-after": "0"}, None, 0.0),
        ({"retry-after": " 1.5 "}, None, 1.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, None, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT", "date": NOON}, None, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:59:00 GMT", "date": NOON}, None, 0.0),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 -0000", "date": NOON}, None, 30.0),
        ({}, {"detail": "Request was throttled.", "retry_after": 5}, 5.0),
        ({}, {"detail": "Request was throttled.", "retry_after": 2.5}, 2.5),
        ({}, {"detail": "Request was throttled. Your rate limit resets in ~30s."}, 30.0),
        ({}, {"error": {"message": "Rate limit reached. Please try again in 6m0s. Visit …"}}, 360.0),
        ({}, {"error": {"message": "Please try again in 20ms."}}, 0.02),
        ({}, google("41s"), 41.0),
        ({}, google("1.5s"), 1.5),
        ({"x-ratelimit-reset": "0.0001"}, None, 0.0001),
        ({"x-ratelimit-reset": "7", "x-ratelimit-remaining": "0", "retry-after": "3"}, None, 3.0),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, None, 360.0),
        (
            {
                "x-ratelimit-reset-requests": "20ms",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "1h",
                "x-ratelimit-remaining-tokens": "5000",
            },
            None,
            0.02,
        ),
        ({"retry-after": "1"}, {"retry_after": 9}, 1.0),
    ],
)
def test_every_way_to_say_a_wait(headers: dict[str, str], body: Any, seconds: float) -> None:
    assert retry_after(headers, body) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, None),
        ({"x-ratelimit-reset": "7", "x-ratelimit-remaining": "12"}, None),
        ({}, {"detail": "Not now."}),
        ({}, {"error": "busy"}),
        ({}, {"error": {"details": "none"}}),
        ({}, [1]),
    ],
)
def test_silence_is_no_wait(headers: dict[str, str], body: Any) -> None:
    assert retry_after(headers, body) is None


@pytest.mark.parametrize(
    "text",
    ["inf", "nan", "-5", "1e9", "0x10", "9" * 400, "１２", "²", "1_000", "", "soon", "1,5", "Sun, 99 Foo 2026", "12 s"],
)
def test_nonsense_is_forever(text: str) -> None:
    assert retry_after({"retry-after": text, "date": NOON}) == math.inf
    assert retry_after({"retry-after-ms": text}) == math.inf
    assert retry_after({}, {"retry_after": text}) == math.inf
    assert retry_after({"x-ratelimit-reset": text}) == math.inf


@pytest.mark.parametrize("value", [True, None, -1, 10**400, math.inf, math.nan, [], {}])
def test_a_number_that_is_none_is_forever(value: Any) -> None:
    assert retry_after({}, {"retry_after": value}) == math.inf
    assert retry_after({}, google(value)) == math.inf


def test_a_date_without_a_date_to_measure_it_by_is_forever() -> None:
    assert retry_after({"retry-after": NOON}) == math.inf


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
numbers = st.text(alphabet="0123456789.,-+eEinfa１ smhGMT:", max_size=20)
names = st.sampled_from(
    ["retry-after", "retry-after-ms", "date", "x-ratelimit-reset", "x-ratelimit-reset-tokens", "x-ratelimit-remaining"]
)
said = st.fixed_dictionaries(
    {}, optional={"retry_after": json_values, "detail": st.text() | numbers, "error": json_values}
)


@given(st.dictionaries(names, st.text() | numbers | st.datetimes().map(str)), json_values | said)
def test_whatever_is_said_a_wait_is_a_number_from_zero(headers: dict[str, str], body: Any) -> None:
    seconds = retry_after(headers, body)
    assert seconds is None or seconds >= 0
