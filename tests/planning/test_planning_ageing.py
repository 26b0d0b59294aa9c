"""Models that end and old prices are spoken of, once each, and only where something is to be bought."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assetgen.api import Project
from assetgen.core.jobs import Plan
from assetgen.core.surveys import Survey
from assetgen.planning.ageing import findings
from assetgen.planning.records import LastRun
from assetgen.planning.surveying import Surveyor
from tests.fakes.clock import START, FakeClock
from tests.planning.projects import IMAGE, LINE, plan_of, project

KEYS = {"OPENAI_API_KEY": "a-key-of-some-length", "TOGETHER_API_KEY": "a-key-of-some-length"}
TODAY = START.date()
FAR = 400 * 86_400.0


def lines(number: int) -> list[dict[str, Any]]:
    return [{**LINE, "id": f"line{n}", "text": f"Nobody said word {n}."} for n in range(number)]


def survey(around: Project, plan: Plan, *, later: float = 0.0) -> Survey:
    clock = FakeClock()
    clock.seconds = later
    cache = around.cache()
    return Surveyor(around.storage, cache.find, LastRun(), lambda job: (), clock=clock).survey(plan)


def warned(found: Survey) -> list[tuple[str, str]]:
    return [(one.job.id, warning.code) for one in found.standings for warning in one.job.warnings]


def test_a_model_that_ends_soon_is_spoken_of_with_its_first_asset(tmp_path: Path) -> None:
    around = project(tmp_path, KEYS, draft=False)
    found = survey(around, plan_of(around, IMAGE, *lines(3)))
    assert warned(found) == [("line0", "model_ends")]
    (warning,) = found.standings[1].job.warnings
    assert "ends on 2027-01-06, in 45 days" in warning.message
    assert "assetgen models" in warning.help


def test_old_prices_are_spoken_of_by_the_clock_that_was_given(tmp_path: Path) -> None:
    around = project(tmp_path, KEYS, draft=False)
    found = survey(around, plan_of(around, IMAGE, *lines(2)), later=FAR)
    assert warned(found) == [("pier", "price_old"), ("line0", "model_ends"), ("line0", "price_old")]
    assert "ended on 2027-01-06" in found.standings[1].job.warnings[0].message


def test_drafts_neither_end_nor_cost(tmp_path: Path) -> None:
    around = project(tmp_path)
    assert warned(survey(around, plan_of(around, IMAGE, LINE), later=FAR)) == []


def test_the_price_of_the_user_is_as_old_as_the_day(tmp_path: Path) -> None:
    prices = {"together/flux-schnell": {"usd": "0.01", "per": "image"}}
    around = project(tmp_path, KEYS, draft=False, prices=prices)
    clock = FakeClock()
    clock.seconds = FAR
    around = replace(around, clock=clock)
    assert warned(survey(around, plan_of(around, IMAGE), later=FAR)) == []


@pytest.mark.parametrize(("days", "codes"), [(91, []), (90, ["model_ends"]), (0, ["model_ends"]), (-9, ["model_ends"])])
def test_a_model_is_spoken_of_from_ninety_days_before_its_end_on(days: int, codes: list[str]) -> None:
    offer = next(one for one in project(draft=False).offers if one.provider == "openai")
    found = findings(replace(offer, ends=TODAY + dt.timedelta(days=days)), TODAY)
    assert [one.code for one in found] == codes


@pytest.mark.parametrize(("days", "codes"), [(180, []), (181, ["price_old"])])
def test_a_price_is_believed_for_half_a_year(days: int, codes: list[str]) -> None:
    offer = next(one for one in project(draft=False).offers if one.provider == "together")
    assert offer.price is not None
    found = findings(offer, offer.price.checked + dt.timedelta(days=days))
    assert [one.code for one in found] == codes
