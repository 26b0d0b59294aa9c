"""What every status means for money, at both services, up to what is done next."""

from __future__ import annotations

import math

import pytest

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import Answer, ImageRequest, Source
from assetgen.execution.deciding import Decision, Fail, Hold, NextSeller, Retry, decide
from assetgen.providers import outcomes, replicate, together

ALL = [*range(100, 600), 600, 777, 999]
PICTURE = ImageRequest("black-forest-labs/FLUX.1-schnell", "a pier", 256, 256)
HTML = b"<html><h1>It works!</h1></html>"


def read(name: str, status: int, source: Source = Source.CALL, body: bytes = HTML) -> Outcome:
    provider = {"together": together, "replicate": replicate}[name].connect({}, 1.0)
    reading = provider.read(Answer(status, body, {}, source), PICTURE)
    assert isinstance(reading, Outcome)
    return reading


def expected(status: int) -> tuple[OutcomeClass, type[Decision]]:
    """For a service that answers at once."""
    match status:
        case 408 | 425 | 429 | 503:
            return OutcomeClass.REFUSED, Retry
        case 401 | 402 | 403 | 404 | 407:
            return OutcomeClass.REFUSED, NextSeller
        case _ if 300 <= status < 400:
            return OutcomeClass.REFUSED, NextSeller
        case _ if 400 <= status < 500:
            return OutcomeClass.REFUSED, Fail
        case 500:
            return OutcomeClass.FAILED, Retry
        case _ if 500 < status < 600:
            return OutcomeClass.UNKNOWN, Hold
        case _:
            return OutcomeClass.UNUSABLE, Fail


def what_follows(name: str, status: int) -> tuple[OutcomeClass, type[Decision]]:
    outcome = read(name, status)
    assert outcome.message
    return outcome.kind, type(decide(outcome, [], 1.0))


def test_every_status_of_a_service_that_answers_at_once() -> None:
    assert {status: what_follows("together", status) for status in ALL} == {status: expected(status) for status in ALL}


def test_every_status_of_a_service_with_jobs_leaves_open_what_can_be_looked_for() -> None:
    lost, open_still = (OutcomeClass.UNUSABLE, Fail), (OutcomeClass.UNKNOWN, Hold)
    wanted = {status: open_still if expected(status) == lost else expected(status) for status in ALL}
    assert {status: what_follows("replicate", status) for status in ALL} == wanted


def test_no_status_of_a_question_about_a_job_ends_it() -> None:
    assert {read("replicate", status, Source.JOB).kind for status in ALL} == {OutcomeClass.UNKNOWN}


@pytest.mark.parametrize("name", ["together", "replicate"])
def test_a_file_that_is_not_there_was_paid_for(name: str) -> None:
    special = {200: "unusable_image", 404: "expired", 410: "expired"}
    read_all = [read(name, status, Source.FILE) for status in ALL]
    assert {outcome.kind for outcome in read_all} == {OutcomeClass.UNUSABLE}
    assert [outcome.code for outcome in read_all] == [special.get(status, "download_failed") for status in ALL]


@pytest.mark.parametrize("name", ["together", "replicate"])
def test_a_wait_is_obeyed_only_where_something_is_asked_again(name: str) -> None:
    headers = {"retry-after": "7"}
    waits = {}
    for status in (400, 429, 500, 502, 503):
        provider = {"together": together, "replicate": replicate}[name].connect({}, 1.0)
        reading = provider.read(Answer(status, b"", headers), PICTURE)
        assert isinstance(reading, Outcome)
        waits[status] = reading.retry_after
    assert (waits[429], waits[500], waits[503], waits[502]) == (7.0, 7.0, 7.0, None)


def test_a_wait_of_years_is_not_waited_for() -> None:
    reading = together.connect({}, 1.0).read(Answer(429, b"", {"retry-after": "1e9"}), PICTURE)
    assert isinstance(reading, Outcome)
    assert reading.retry_after == math.inf
    assert isinstance(decide(reading, [], 1.0), NextSeller)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\n lines\tof   it ", "two lines of it"),
        ("\x1b[31mred\x07\x9b\u202e", "\\x1b[31mred\\x07\\x9b\\u202e"),
        ("漢字 é 🙂", "漢字 é 🙂"),
        ("\ud800", "\\ud800"),
        ("x" * 300, "x" * 300),
        ("x" * 301, "…"),
        ("one " + "x" * 300, "one…"),
        ("\x1b" * 400, "…"),
        ("well " * 300, "well " * 59 + "well…"),
    ],
)
def test_a_services_words_are_one_line_of_plain_text(text: str, shown: str) -> None:
    assert outcomes.quoted(text) == shown
    assert len(outcomes.quoted(text)) <= 300


def test_a_redirect_is_explained() -> None:
    assert read("together", 307).message == (
        "The service wants the request elsewhere (307), which is not followed: check its base URL."
    )


def test_a_word_that_is_cut_off_is_left_out() -> None:
    """A part of a key is no known form of it any more."""
    key = "sk-proj-" + "A" * 60
    said = outcomes.quoted("x" * 250 + " " + key)
    assert said == "x" * 250 + "…"


@pytest.mark.parametrize("before", ["", " ", "x", "word ", "\n"])
@pytest.mark.parametrize("length", [0, 240, 260, 299, 300, 1140, 1150, 1180, 1199, 1200, 1201])
def test_a_key_is_told_whole_or_not_at_all_wherever_words_are_cut(before: str, length: int) -> None:
    key = "sk-proj-" + "A" * 60
    said = outcomes.quoted((before * length)[:length] + key + " and more")
    assert len(said) <= 300
    assert "sk-proj" not in said.replace(key, "")
