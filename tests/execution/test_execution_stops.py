from __future__ import annotations

import dataclasses

import pytest

from assetgen.core.events import Event
from assetgen.core.jobs import Purchase
from assetgen.core.outcomes import Outcome
from assetgen.execution.stops import Stops
from tests.fakes.provider import BROKEN, GOOD, INVALID, LIMITED, LOST, NO_KEY, NO_MODEL, NO_MONEY, REFUSED, UNREACHED
from tests.fakes.purchases import picture

ASKED = picture("castle", "one")
SAME_MODEL = picture("keep", "one")
OTHER_MODEL = dataclasses.replace(ASKED, model="sdxl", request=dataclasses.replace(picture().request, model="sdxl"))
ELSEWHERE = picture("castle", "two")


def code(stops: Stops, purchase: Purchase) -> str:
    """For what the service of a purchase is not asked any more."""
    outcome = stops.why(purchase)
    return outcome.code if outcome is not None else ""


@pytest.mark.parametrize("outcome", [NO_KEY, NO_MONEY])
def test_an_account_that_is_refused_ends_all_its_models(outcome: Outcome) -> None:
    stops = Stops(lambda event: None)
    stops.note(ASKED, outcome)
    assert [code(stops, one) for one in (ASKED, SAME_MODEL, OTHER_MODEL)] == [outcome.code] * 3
    assert stops.why(ELSEWHERE) is None


def test_a_model_that_is_not_served_ends_alone() -> None:
    stops = Stops(lambda event: None)
    stops.note(ASKED, NO_MODEL)
    assert [code(stops, one) for one in (ASKED, SAME_MODEL)] == [NO_MODEL.code] * 2
    assert stops.why(OTHER_MODEL) is None
    assert stops.why(ELSEWHERE) is None


@pytest.mark.parametrize("outcome", [GOOD, LIMITED, BROKEN, REFUSED, INVALID, LOST, UNREACHED])
def test_what_speaks_of_one_request_ends_nothing(outcome: Outcome) -> None:
    stops = Stops(lambda event: None)
    stops.note(ASKED, outcome)
    assert stops.why(ASKED) is None


def test_each_end_is_said_once() -> None:
    said: list[Event] = []
    stops = Stops(said.append)
    for purchase in (ASKED, SAME_MODEL, OTHER_MODEL):
        stops.note(purchase, NO_KEY)
    stops.note(ELSEWHERE, NO_KEY)
    assert [(getattr(event, "provider", ""), getattr(event, "code", "")) for event in said] == [
        ("one", "auth"),
        ("two", "auth"),
    ]
