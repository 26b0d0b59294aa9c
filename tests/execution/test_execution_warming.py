"""Connections before calls."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from assetgen.core.jobs import Plan
from assetgen.core.provider import Provider
from assetgen.core.surveys import Standing, State, Survey
from assetgen.execution.warming import MOST, warmed
from tests.fakes.provider import ScriptedProvider
from tests.fakes.shop import picture_job


class Warm(ScriptedProvider):
    """Notes for how many calls it is to be ready; `stuck` never is."""

    stuck = False
    ready = 0

    async def warm(self, calls: int) -> None:
        self.ready = calls
        if self.stuck:
            await asyncio.Event().wait()


def survey_of(*standings: Standing) -> Survey:
    return Survey(Plan(()), standings)


def standings(provider: ScriptedProvider, count: int, state: State = State.NEW) -> list[Standing]:
    jobs = (picture_job(provider, name=str(number), subject=str(number)) for number in range(count))
    return [Standing(job, state) for job in jobs]


async def begin(survey: Survey, providers: Mapping[str, Provider], concurrency: int) -> list[int]:
    expected: list[int] = []

    async def expect(purchases: int) -> None:
        expected.append(purchases)

    async with warmed(survey, providers, concurrency, expect):
        await asyncio.sleep(0)
    return expected


def test_as_many_connections_are_opened_as_there_will_be_calls_at_once() -> None:
    for count, concurrency, expected in ((3, 8, 3), (30, 8, 8), (300, 100, MOST)):
        one = Warm("one")
        bought = asyncio.run(begin(survey_of(*standings(one, count)), {"one": one}, concurrency))
        assert (one.ready, bought) == (expected, [count])


def test_who_will_not_be_asked_is_not_disturbed() -> None:
    one = Warm("one")
    asyncio.run(begin(survey_of(*standings(one, 3, State.CACHED)), {"one": one}, 8))
    changed_by_hand = (replace(each, edited=True) for each in standings(one, 3, State.CHANGED))
    asyncio.run(begin(survey_of(*changed_by_hand), {"one": one}, 8))
    first, *_ = standings(one, 1)
    unable = replace(first.job, candidates=tuple(replace(each, unavailable="no key") for each in first.job.candidates))
    asyncio.run(begin(survey_of(replace(first, job=unable)), {"one": one}, 8))
    assert one.ready == 0
    assert asyncio.run(begin(survey_of(first), {"one": one}, 0)) == [], "nothing is bought, so nothing is kept"


def test_nothing_waits_for_a_connection_that_never_stands() -> None:
    one = Warm("one")
    one.stuck = True
    asyncio.run(asyncio.wait_for(begin(survey_of(*standings(one, 3)), {"one": one}, 8), 2))
    assert one.ready == 3
