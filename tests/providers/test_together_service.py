"""Pictures from end to end, beside a service that makes it hard: what is sent, what is billed, what comes of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import ImageRequest
from assetgen.providers import together
from tests.providers import buying
from tests.services.faults import Fault
from tests.services.server import Services

REQUEST = ImageRequest("black-forest-labs/FLUX.1-schnell", "a pier", 512, 512, 7, "people")


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


def buy(services: Services, request: ImageRequest = REQUEST, timeout: float = 1.5) -> Outcome:
    return buying.buy(together.connect(services.environment(), timeout), request)


def test_a_picture_is_bought_once_for_what_the_catalog_says(services: Services) -> None:
    outcome = buy(services)
    assert outcome.good
    assert outcome.content is not None
    assert (outcome.content.width, outcome.content.height) == (512, 512)
    assert services.bill.creates("together") == 1
    assert services.bill.total == 708


def test_a_picture_at_an_address_is_fetched(services: Services) -> None:
    services.faults.script("together", Fault.lie("url_for_base64"))
    assert buy(services).good


GOOD, UNUSABLE, UNKNOWN, REFUSED = OutcomeClass.GOOD, OutcomeClass.UNUSABLE, OutcomeClass.UNKNOWN, OutcomeClass.REFUSED


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *((lie, UNUSABLE) for lie in ("html_200", "empty_200", "json_error_200", "truncated_json", "nan_json")),
        *((lie, UNUSABLE) for lie in ("gzip", "double_gzip", "length_short", "no_data", "two_data", "base64_garbage")),
        *((lie, UNUSABLE) for lie in ("half_jpeg", "png_without_end", "blank", "svg", "bomb")),
        *((lie, UNKNOWN) for lie in ("length_huge", "length_negative", "two_lengths", "chunked_cut")),
        *((lie, GOOD) for lie in ("no_length", "hangs_up", "jpeg_as_png", "wrong_size")),
        *((fault, UNKNOWN) for fault in ("reset", "reset-charged", "cut", "502", "504", "524", "529")),
        *((status, REFUSED) for status in ("307", "400", "401", "402", "403", "404", "422", "429", "503")),
        ("500", OutcomeClass.FAILED),
        *((status, UNUSABLE) for status in ("204", "206", "999")),
    ],
)
def test_every_fault_has_its_outcome_and_is_asked_once(services: Services, word: str, kind: OutcomeClass) -> None:
    services.faults.script("together", Fault.parse(word))
    outcome = buy(services)
    assert outcome.kind is kind, outcome.message
    assert outcome.message or outcome.good
    assert sum(seen.method == "POST" for seen in services.requests) == 1


@pytest.mark.parametrize("fault", [Fault.hang(charged=True), Fault.hang("headers", charged=True), Fault.drip(1)])
def test_an_answer_that_does_not_come_in_time_may_have_been_paid(services: Services, fault: Fault) -> None:
    services.faults.script("together", fault)
    outcome = buy(services, timeout=0.3)
    assert (outcome.kind, outcome.code) == (UNKNOWN, "timeout")


@pytest.mark.parametrize(
    ("model", "code"),
    [
        ("black-forest-labs/FLUX.1-schnell-Free", "model_unavailable"),
        ("nobody/nothing", "model_unavailable"),
    ],
)
def test_a_model_that_is_not_served_costs_nothing(services: Services, model: str, code: str) -> None:
    outcome = buy(services, ImageRequest(model, "a pier", 512, 512))
    assert (outcome.kind, outcome.code) == (REFUSED, code)
    assert services.bill.total == 0


def test_the_services_own_complaint_about_a_field_is_told(services: Services) -> None:
    outcome = buy(services, ImageRequest(REQUEST.model, "a pier", 2000, 512))
    assert (outcome.kind, outcome.code) == (REFUSED, "invalid_request")
    assert "width" in outcome.message
