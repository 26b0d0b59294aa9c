from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.ports import Allowance
from assetgen.core.requests import Answer
from assetgen.providers.waits import allowance

TOGETHER = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "12", "x-ratelimit-reset": "7.5"}
OPENAI = {"x-ratelimit-remaining-requests": "40", "x-ratelimit-reset-requests": "6m0s"}
REDUCED = (
    b'{"detail":"Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute '
    b'with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~5s."}'
)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        (TOGETHER, Allowance(12, 7.5)),
        (OPENAI, Allowance(40, 360.0)),
        ({**TOGETHER, "x-ratelimit-remaining": "0"}, Allowance(0, 7.5)),
        ({**OPENAI, "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20s"}, Allowance(0, 20.0)),
        ({**OPENAI, **TOGETHER}, Allowance(40, 360.0)),
    ],
)
def test_what_is_left_of_a_limit_is_read_from_each_services_headers(headers: dict[str, str], said: Allowance) -> None:
    assert allowance(Answer(200, b"", headers)) == said


def test_a_limit_that_was_reduced_is_named_in_words() -> None:
    assert allowance(Answer(429, REDUCED)) == Allowance(6, 60.0)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b"{}"),
        Answer(200, REDUCED),
        Answer(429, b"reduced to 0 requests per minute"),
        Answer(429, b"The maximum rate limit for this model is 60 queries per minute."),
        Answer(200, b"", {"x-ratelimit-remaining": "12"}),
        Answer(200, b"", {"x-ratelimit-reset": "7"}),
        Answer(200, b"", {**TOGETHER, "x-ratelimit-reset": "soon"}),
        Answer(200, b"", {**TOGETHER, "x-ratelimit-remaining": "-1"}),
        Answer(200, b"", {**TOGETHER, "x-ratelimit-reset": "0"}),
        Answer(200, b"", {"x-ratelimit-remaining-tokens": "900", "x-ratelimit-reset-tokens": "20s"}),
    ],
)
def test_nonsense_and_silence_say_nothing_of_a_limit(answer: Answer) -> None:
    assert allowance(answer) is None


names = st.sampled_from([f"x-ratelimit-{what}{end}" for what in ("remaining", "reset") for end in ("", "-requests")])


@given(st.dictionaries(names, st.text() | st.from_regex(r"[0-9]{1,20}(ms|s|m)?")), st.binary(max_size=40))
def test_whatever_is_said_an_allowance_can_be_spread(headers: dict[str, str], body: bytes) -> None:
    said = allowance(Answer(429, body, headers))
    assert said is None or (said.calls >= 0 and 0 < said.seconds < float("inf"))
