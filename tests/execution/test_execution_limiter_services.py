"""Limits beside services that enforce them: no call too many, and few calls to a service that is down."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Mapping

import pytest

from assetgen.core.outcomes import Outcome
from assetgen.core.provider import AttemptError, Provider
from assetgen.core.requests import ImageRequest
from assetgen.execution.limiter import SlotLimiter
from assetgen.providers import together
from assetgen.providers.waits import allowance
from tests.services.faults import Fault
from tests.services.server import Services


class Buyer:
    """Buys pictures as a run does, and writes down what came of it and when each call began."""

    def __init__(self, environment: Mapping[str, str], per_minute: float | None = None, slots: int = 8) -> None:
        self.outcomes: list[Outcome] = []
        self.began: list[float] = []
        rates = {} if per_minute is None else {"together": per_minute}
        self._limiter = SlotLimiter(16, {"together": slots}, rates, allowance=allowance)
        self._environment = environment

    def __call__(self, pictures: int) -> None:
        asyncio.run(self._buy(pictures))

    async def _buy(self, pictures: int) -> None:
        provider = together.connect(self._environment, 5.0)
        try:
            await asyncio.gather(*(self._one(provider, number) for number in range(pictures)))
        finally:
            await provider.close()

    async def _one(self, provider: Provider, number: int) -> None:
        request = ImageRequest("black-forest-labs/FLUX.1-schnell", f"pier {number}", 256, 256)
        async with self._limiter.slot("together") as instead:
            self.outcomes.append(instead or await self._ask(provider, request))

    async def _ask(self, provider: Provider, request: ImageRequest) -> Outcome:
        self.began.append(time.monotonic())
        try:
            answer = await provider.call(provider.build(request))
        except AttemptError as error:
            outcome = error.outcome
        else:
            self._limiter.told("together", answer)
            read = provider.read(answer, request)
            assert isinstance(read, Outcome)
            outcome = read
        self._limiter.told("together", outcome)
        return outcome


def test_a_service_that_enforces_its_limit_by_the_second_never_has_to() -> None:
    # A little less than the limit, because a busy machine sends less evenly than any network.
    with Services(limits={"together": 600}) as services:
        buyer = Buyer(services.environment(), per_minute=540)
        buyer(13)
    assert [outcome.code for outcome in buyer.outcomes] == [""] * 13
    assert buyer.began[-1] - buyer.began[0] < 2.0


def test_after_a_refusal_nothing_is_sent_until_the_service_allows_it() -> None:
    with Services() as services:
        services.faults.script("together", Fault.status(429, headers={"Retry-After": "0.4"}))
        buyer = Buyer(services.environment(), slots=1)
        buyer(3)
    assert [outcome.status for outcome in buyer.outcomes] == [429, None, None]
    assert buyer.began[1] - buyer.began[0] >= 0.4


@pytest.mark.parametrize("slots", [8, 64])
def test_200_pictures_cost_a_service_that_is_down_few_requests(slots: int) -> None:
    with Services() as services:
        services.faults.always("together", Fault.status(500))
        buyer = Buyer(services.environment(), slots=slots)
        buyer(200)
        assert len(services.requests) <= 30
    assert len(buyer.outcomes) == 200
    assert {outcome.code for outcome in buyer.outcomes} == {"service_error", "service_down"}


def test_200_pictures_try_a_service_that_is_gone_few_times() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1"
        buyer = Buyer({"TOGETHER_API_KEY": "a-key-for-nobody", "TOGETHER_BASE_URL": address})
        buyer(200)
    assert len(buyer.began) <= 30
    assert {outcome.code for outcome in buyer.outcomes} == {"network", "service_down"}
