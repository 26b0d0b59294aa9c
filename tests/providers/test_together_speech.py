"""Together's speech: what is asked, what comes of it, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from assetgen.catalog.together import OFFERS
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import Prober
from assetgen.core.requests import SpeechRequest
from assetgen.executors.pricing import price_of
from assetgen.providers import together
from tests.providers import buying
from tests.services.faults import Fault
from tests.services.server import Services

KOKORO = "hexgrad/Kokoro-82M"
REQUEST = SpeechRequest(KOKORO, "Nobody on the quay said a word.", "af_heart")
GOOD, UNUSABLE, UNKNOWN, REFUSED = OutcomeClass.GOOD, OutcomeClass.UNUSABLE, OutcomeClass.UNKNOWN, OutcomeClass.REFUSED


@pytest.fixture(scope="module")
def shared() -> Iterator[Services]:
    with Services() as services:
        yield services


@pytest.fixture
def services(shared: Services) -> Iterator[Services]:
    shared.clear()
    yield shared
    assert shared.violations == []


def buy(services: Services, request: SpeechRequest = REQUEST) -> Outcome:
    return buying.buy(together.connect(services.environment(), 1.5), request)


def test_everything_that_is_sent_whatever_is_wished_of_pace_and_pitch() -> None:
    call = together.connect({}, 1.0).build(SpeechRequest(KOKORO, "Nobody.", "af_heart", 0.85, -3.0))
    assert call.path == "audio/speech"
    assert call.body == {
        "model": KOKORO,
        "input": "Nobody.",
        "voice": "af_heart",
        "response_format": "wav",
        "response_encoding": "pcm_s16le",
    }


@pytest.mark.parametrize("offer", [offer for offer in OFFERS if offer.voices], ids=lambda offer: offer.model)
def test_every_pair_speaks_for_what_the_catalog_says(services: Services, offer: Offer) -> None:
    for voice in {voice.name for voice in offer.voices.values()}:
        request = SpeechRequest(offer.sold_as, "Nobody said a word.", voice)
        outcome = buy(services, request)
        assert outcome.content is not None, outcome.message
        assert outcome.content.duration == pytest.approx(19 / 15, abs=0.01)
        assert (outcome.content.media_type, outcome.content.sample_rate) == ("audio/wav", 24_000)
        price = price_of(offer, request)
        assert price is not None
        assert services.bill.total == price.micros
        services.clear()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((lie, UNUSABLE) for lie in ("html_200", "empty_200", "json_error_200", "gzip", "html_sound")),
        *((lie, UNUSABLE) for lie in ("silence", "no_sound", "too_long", "204")),
        *((lie, UNKNOWN) for lie in ("length_huge", "chunked_cut", "reset", "cut", "502", "524")),
        *((lie, GOOD) for lie in ("no_length", "hangs_up", "too_short")),
        *((status, REFUSED) for status in ("400", "401", "402", "403", "404", "429", "503")),
        ("500", OutcomeClass.FAILED),
    ],
)
def test_every_fault_has_its_outcome_and_is_asked_once(services: Services, word: str, kind: OutcomeClass) -> None:
    services.faults.script("together", Fault.parse(word))
    outcome = buy(services)
    assert outcome.kind is kind, outcome.message
    assert outcome.code != "unusable_image"
    assert len(services.requests) == 1


@pytest.mark.parametrize(
    ("request_", "code", "words"),
    [
        (SpeechRequest("cartesia/nothing", "t", "af_heart"), "model_unavailable", "cartesia/nothing"),
        (SpeechRequest(KOKORO, "t", "tara"), "invalid_request", "voice must be one of"),
    ],
)
def test_what_it_does_not_have_is_refused_for_nothing(
    services: Services, request_: SpeechRequest, code: str, words: str
) -> None:
    outcome = buy(services, request_)
    assert (outcome.kind, outcome.code, services.bill.total) == (REFUSED, code, 0)
    assert words in outcome.message


def test_an_account_without_credit_is_told_from_its_status(services: Services) -> None:
    services.faults.script("together", Fault.parse("402"))
    assert buy(services).code == "quota"


def test_whether_it_takes_the_key_is_asked_for_nothing(services: Services) -> None:
    async def probe(key: str) -> str:
        provider = together.connect({**services.environment(), "TOGETHER_API_KEY": key}, 1.5)
        assert isinstance(provider, Prober)
        try:
            return (await provider.probe(1.0)).code
        finally:
            await provider.close()

    good = services.environment()["TOGETHER_API_KEY"]
    assert [asyncio.run(probe(key)) for key in (good, "another-key-of-some-length")] == ["", "auth"]
    assert services.bill.entries == []
