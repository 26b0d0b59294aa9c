"""Speech from end to end, beside a service that makes it hard: what is sent, what is billed, what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError, Prober
from assetgen.core.requests import SpeechRequest
from assetgen.media.sounds import read_wav
from assetgen.providers import google
from tests.services.faults import Fault
from tests.services.server import Services

TEXT = "Nobody on the quay said a word. They waited for the light."
REQUEST = SpeechRequest("text:synthesize", TEXT, "en-US-Neural2-C", 1.2, -3.0)


@pytest.fixture(scope="module")
def shared() -> Iterator[Services]:
    with Services() as services:
        yield services


@pytest.fixture
def services(shared: Services) -> Iterator[Services]:
    shared.clear()
    yield shared
    assert shared.violations == []
    assert shared.elsewhere == []


def buy(services: Services, request: SpeechRequest = REQUEST, timeout: float = 1.5, **variables: str) -> Outcome:
    async def scenario() -> Outcome:
        provider = google.connect({**services.environment(), **variables}, timeout)
        try:
            reading = provider.read(await provider.call(provider.build(request)), request)
        except AttemptError as error:
            return error.outcome
        finally:
            await provider.close()
        assert isinstance(reading, Outcome)
        return reading

    return asyncio.run(scenario())


def test_a_line_is_bought_once_as_samples_for_what_its_voice_costs(services: Services) -> None:
    content = buy(services).content
    assert content is not None
    assert read_wav(content.data).duration == content.duration == pytest.approx(len(TEXT) / 15 / 1.2, abs=0.01)
    assert (services.bill.creates("google"), services.bill.total) == (1, 16 * len(TEXT))


def test_the_key_is_sent_in_its_header_and_nowhere_else(services: Services) -> None:
    buy(services)
    (seen,) = services.requests
    assert seen.headers["x-goog-api-key"] == services.environment()["GOOGLE_API_KEY"]
    assert (seen.path, "authorization" in seen.headers) == ("/google/v1/text:synthesize", False)


@pytest.mark.parametrize("voice", ["en-US-Chirp-HD-F", "en-US-Chirp3-HD-Kore", "en-US-Studio-O", "en-US-Standard-A"])
def test_a_voice_of_every_family_speaks_where_nothing_is_tuned(services: Services, voice: str) -> None:
    assert buy(services, SpeechRequest("text:synthesize", TEXT, voice)).good


def probe(services: Services, **variables: str) -> str:
    async def scenario() -> str:
        provider = google.connect({**services.environment(), **variables}, 1.5)
        assert isinstance(provider, Prober)
        try:
            return (await provider.probe(1.0)).code
        except AttemptError as error:
            return error.outcome.code
        finally:
            await provider.close()

    return asyncio.run(scenario())


GOOD, UNUSABLE, UNKNOWN, REFUSED = OutcomeClass.GOOD, OutcomeClass.UNUSABLE, OutcomeClass.UNKNOWN, OutcomeClass.REFUSED


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((lie, UNUSABLE) for lie in ("html_200", "empty_200", "json_error_200", "truncated_json", "nan_json")),
        *((lie, UNUSABLE) for lie in ("gzip", "double_gzip", "length_short", "no_data", "base64_garbage")),
        *((lie, UNUSABLE) for lie in ("no_sound", "silence", "too_long", "html_sound")),
        *((lie, UNKNOWN) for lie in ("length_huge", "length_negative", "two_lengths", "chunked_cut")),
        *((lie, GOOD) for lie in ("no_length", "hangs_up", "too_short")),
        *((fault, UNKNOWN) for fault in ("reset", "reset-charged", "cut", "502", "504", "524")),
        *((status, REFUSED) for status in ("307", "400", "401", "403", "404", "429", "503")),
        ("500", OutcomeClass.FAILED),
        *((status, UNUSABLE) for status in ("204", "206", "999")),
    ],
)
def test_every_fault_has_its_outcome_and_is_asked_once(services: Services, word: str, kind: OutcomeClass) -> None:
    services.faults.script("google", Fault.parse(word))
    outcome = buy(services, SpeechRequest("text:synthesize", "Wait for the light.", "en-US-Neural2-C"))
    assert outcome.kind is kind, outcome.message
    assert outcome.message or outcome.good
    assert len(services.requests) == 1


def test_an_answer_that_does_not_come_in_time_may_have_been_paid(services: Services) -> None:
    services.faults.script("google", Fault.hang(charged=True))
    outcome = buy(services, timeout=0.3)
    assert (outcome.kind, outcome.code) == (UNKNOWN, "timeout")


def test_a_wrong_key_is_told_apart_from_a_wrong_request(services: Services) -> None:
    wrong = buy(services, GOOGLE_API_KEY="AIza0123456789abcdef")
    assert (wrong.kind, wrong.code, wrong.status) == (REFUSED, "auth", 400)
    assert "AIza0123456789abcdef" not in wrong.message
    misspelt = buy(services, SpeechRequest("text:synthesize", TEXT, "en-US-Neural2-B"))
    assert (misspelt.kind, misspelt.code) == (REFUSED, "invalid_request")
    assert "'en-US-Neural2-B' does not exist" in misspelt.message
    assert services.bill.total == 0


@pytest.mark.parametrize(("key", "code"), [("", "auth"), ("AIza0123456789abcdef", "auth")])
def test_a_free_question_tells_whether_the_key_is_taken(services: Services, key: str, code: str) -> None:
    assert probe(services) == ""
    assert probe(services, GOOGLE_API_KEY=key) == code
    assert services.bill.entries == []


def test_a_used_up_quota_says_how_long_to_wait() -> None:
    with Services(limits={"google": 1}) as services:
        assert buy(services).good
        assert buy(services).retry_after == 1.0
