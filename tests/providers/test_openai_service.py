"""Speech and pictures from end to end, beside a service that makes it hard: what is sent, billed, and made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from assetgen.catalog.openai import OFFERS
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import Prober
from assetgen.core.requests import ImageRequest, Request, SpeechRequest
from assetgen.executors.pricing import price_of
from assetgen.providers import openai
from tests.providers import buying
from tests.services.faults import Fault
from tests.services.openai_rules import QUOTA
from tests.services.server import Services

SPEECH = SpeechRequest("tts-1", "Nobody on the quay said a word.", "nova", 0.85)
PICTURE = ImageRequest("gpt-image-2:low", "a pier", 1536, 1024)
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
    assert shared.elsewhere == []


def buy(services: Services, request: Request = SPEECH, timeout: float = 1.5) -> Outcome:
    return buying.buy(openai.connect(services.environment(), timeout), request)


@pytest.mark.parametrize("offer", [offer for offer in OFFERS if offer.voices], ids=lambda offer: offer.sold_as)
def test_every_voice_speaks_for_what_the_catalog_says(services: Services, offer: Offer) -> None:
    for voice in {voice.name for voice in offer.voices.values()}:
        request = SpeechRequest(offer.sold_as, "Nobody said a word.", voice)
        outcome = buy(services, request)
        assert outcome.content is not None, outcome.message
        assert outcome.content.duration == pytest.approx(19 / 15, abs=0.01)
        price = price_of(offer, request)
        assert price is not None
        assert services.bill.total == price.micros
        services.clear()


def test_the_longest_text_of_one_request_is_spoken_and_a_longer_one_refused(services: Services) -> None:
    assert buy(services, SpeechRequest("tts-1", "漢" * 4096, "nova"), timeout=5).good
    longer = buy(services, SpeechRequest("tts-1", "漢" * 4097, "nova"))
    assert (longer.kind, longer.code) == (REFUSED, "invalid_request")
    assert "input" in longer.message


@pytest.mark.parametrize("offer", [offer for offer in OFFERS if offer.sizes], ids=lambda offer: offer.sold_as)
def test_a_picture_of_every_size_costs_what_the_catalog_says(services: Services, offer: Offer) -> None:
    assert offer.sizes is not None
    for width, height in offer.sizes.fixed:
        request = ImageRequest(offer.sold_as, "a pier", width, height)
        outcome = buy(services, request)
        assert outcome.content is not None, outcome.message
        assert (outcome.content.width, outcome.content.height) == (width, height)
        price = price_of(offer, request)
        assert price is not None
        assert services.bill.total == price.micros
        services.clear()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((lie, UNUSABLE) for lie in ("html_200", "empty_200", "json_error_200", "gzip", "double_gzip", "html_sound")),
        *((lie, UNUSABLE) for lie in ("silence", "no_sound", "too_long")),
        *((lie, UNKNOWN) for lie in ("length_huge", "length_negative", "two_lengths", "chunked_cut")),
        *((lie, GOOD) for lie in ("no_length", "hangs_up", "too_short")),
        *((fault, UNKNOWN) for fault in ("reset", "reset-charged", "cut", "502", "504", "524", "529")),
        *((status, REFUSED) for status in ("307", "400", "401", "403", "404", "422", "429", "503")),
        ("500", OutcomeClass.FAILED),
        *((status, UNUSABLE) for status in ("204", "206", "999")),
    ],
)
def test_every_fault_in_speech_has_its_outcome_and_is_asked_once(
    services: Services, word: str, kind: OutcomeClass
) -> None:
    services.faults.script("openai", Fault.parse(word))
    outcome = buy(services)
    assert outcome.kind is kind, outcome.message
    assert outcome.code != "unusable_image"
    assert outcome.message or outcome.good
    assert len(services.requests) == 1


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((lie, UNUSABLE) for lie in ("html_200", "empty_200", "json_error_200", "truncated_json", "nan_json", "gzip")),
        *((lie, UNUSABLE) for lie in ("no_data", "two_data", "base64_garbage", "half_jpeg", "png_without_end")),
        *((lie, UNUSABLE) for lie in ("blank", "svg", "bomb")),
        *((lie, GOOD) for lie in ("jpeg_as_png", "wrong_size", "no_length")),
        ("url_for_base64", UNKNOWN),
    ],
)
def test_every_lie_about_a_picture_has_its_outcome(services: Services, word: str, kind: OutcomeClass) -> None:
    services.faults.script("openai", Fault.lie(word))
    outcome = buy(services, PICTURE)
    assert outcome.kind is kind, outcome.message
    assert outcome.code in {"", "unusable_image", "download_failed"}


@pytest.mark.parametrize("fault", [Fault.hang(charged=True), Fault.hang("headers", charged=True), Fault.drip(1)])
def test_an_answer_that_does_not_come_in_time_may_have_been_paid(services: Services, fault: Fault) -> None:
    services.faults.script("openai", fault)
    outcome = buy(services, timeout=0.3)
    assert (outcome.kind, outcome.code) == (UNKNOWN, "timeout")


def test_an_account_without_credit_is_no_matter_of_waiting(services: Services) -> None:
    services.faults.script("openai", Fault.status(429, QUOTA), Fault.parse("429"))
    assert (buy(services).code, buy(services).code) == ("quota", "rate_limited")


def test_retired_models_are_not_served(services: Services) -> None:
    outcome = buy(services, ImageRequest("dall-e-3", "a pier", 1024, 1024))
    assert (outcome.kind, outcome.code, services.bill.total) == (REFUSED, "model_unavailable", 0)


def test_whether_it_takes_the_key_is_asked_for_nothing(services: Services) -> None:
    async def probe(key: str) -> str:
        provider = openai.connect({**services.environment(), "OPENAI_API_KEY": key}, 1.5)
        assert isinstance(provider, Prober)
        try:
            return (await provider.probe(1.0)).code
        finally:
            await provider.close()

    good = services.environment()["OPENAI_API_KEY"]
    assert [asyncio.run(probe(key)) for key in (good, "another-key-of-some-length")] == ["", "auth"]
    assert services.bill.entries == []
