"""Twenty pictures, and the run that buys them killed at random, again and again, until it ends by itself."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assetgen.core.money import Usd
from tests.proofs import promises
from tests.proofs.figures import Figures
from tests.proofs.nursery import Nursery
from tests.proofs.site import JOBS, PRICES, SYNCHRONOUS, Site, pictures
from tests.services.server import Services

ASSETS = 20
KILLS = 200
SEED = 20_261_122


@dataclass(frozen=True)
class Weather:
    """One kind of storm.

    Attributes:
        latency: Seconds that the service takes for a picture.
        longest: Seconds that a run lives before it is killed, at most.
        settings: Of the project, in `assetgen.yaml`.
    """

    name: str
    model: str
    kills: int
    latency: float
    longest: float
    concurrency: int
    settings: Mapping[str, Any] = field(default_factory=dict)


WEATHERS = (
    Weather("synchronous service", SYNCHRONOUS, KILLS, 0.1, 0.6, 2),
    Weather("job service", JOBS, KILLS, 0.1, 0.6, 2),
    # With this timeout the service holds its answer back for one second, and then only says that the job is under way.
    Weather("job service, long jobs", JOBS, KILLS // 5, 1.2, 1.4, 10, {"timeouts": {"replicate": 2}}),
)


@pytest.mark.parametrize("weather", WEATHERS, ids=lambda weather: weather.name.replace(" ", "-"))
def test_hundreds_of_kills_buy_nothing_twice_and_lose_nothing_unnamed(
    weather: Weather, nursery: Nursery, place: Path, figures: Figures
) -> None:
    chance, numbers = random.Random(SEED), Counter(kills=0, held=0)  # noqa: S311 - repeatable
    with Services(latency=weather.latency) as services:
        while numbers["kills"] < weather.kills:
            services.clear()
            site = Site(
                place / str(numbers["storms"]),
                services,
                nursery,
                weather.model,
                Usd(PRICES[weather.model].micros * ASSETS),
                ("--concurrency", str(weather.concurrency)),
                weather.settings,
            )
            site.write(pictures(weather.model, ASSETS))
            numbers.update(weathered(site, weather, chance))
            shutil.rmtree(site.folder)
    form = "{kills} kills in {storms} storms, {creates} creates for {assets} assets, {held} held and named, 0 repeated"
    figures(f"kill storms, {weather.name}: {form}", **numbers)


def weathered(site: Site, weather: Weather, chance: random.Random) -> Counter[str]:
    """One storm, until a run ends by itself."""
    kills = 0
    while True:
        child = site.start()
        if not child.ended(chance.uniform(0.1, weather.longest)):
            child.kill()
        code = child.wait()
        promises.under_the_wall(site)
        promises.whole_so_far(site)
        promises.bought_once(site)
        if code != -9:
            break
        kills += 1
    promises.ended_well(code, child.said, {0} if weather.model == JOBS else {0, 4})
    promises.bought_once(site, ASSETS if weather.model == JOBS else None)
    lost = promises.losses_named(site, code)
    promises.right_manifest(site)
    promises.asks_nothing_more(site, code)
    creates = len(site.services.bill.entries)
    return Counter(storms=1, kills=kills, creates=creates, assets=ASSETS, held=len(lost))
