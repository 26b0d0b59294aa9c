"""One purchase from beginning to end, as a run makes it."""

from __future__ import annotations

import asyncio

from assetgen.core.outcomes import Elsewhere, Outcome
from assetgen.core.provider import AttemptError, Fetcher, Provider
from assetgen.core.requests import Request


def buy(provider: Provider, request: Request) -> Outcome:
    """How it ends; the provider is closed afterwards."""

    async def scenario() -> Outcome:
        try:
            reading = provider.read(await provider.call(provider.build(request)), request)
            if isinstance(reading, Elsewhere):
                assert isinstance(provider, Fetcher)
                reading = provider.read(await provider.fetch(reading.url), request)
        except AttemptError as error:
            return error.outcome
        finally:
            await provider.close()
        assert isinstance(reading, Outcome)
        return reading

    return asyncio.run(scenario())
