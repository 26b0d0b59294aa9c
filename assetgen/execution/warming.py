"""What a run will need is made ready while it takes its first locks and sets its first money aside."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

from assetgen.core.provider import Provider, Warmer
from assetgen.core.surveys import Standing, State, Survey

MOST = 64
"""Connections to one service that are opened ahead."""


@contextlib.asynccontextmanager
async def warmed(
    survey: Survey,
    providers: Mapping[str, Provider],
    concurrency: int,
    expect: Callable[[int], Awaitable[None]],
) -> AsyncIterator[None]:
    """Have connections to each service that will be asked, for its first calls at once; nothing waits for them.

    Args:
        expect: Told how many assets will have to be bought and kept.
    """
    first = Counter(seller for one in survey.standings if (seller := _asked_first(one)) is not None)
    warmers = [(providers[name], min(calls, concurrency, MOST)) for name, calls in first.items()]
    tasks: list[asyncio.Future[None]] = [
        asyncio.create_task(_warm(one, calls)) for one, calls in warmers if isinstance(one, Warmer)
    ]
    if concurrency:
        tasks.append(asyncio.ensure_future(expect(first.total())))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _warm(provider: Warmer, calls: int) -> None:
    await provider.warm(calls)


def _asked_first(standing: Standing) -> str | None:
    if standing.edited or standing.state not in {State.NEW, State.CHANGED}:
        return None
    return next((one.offer.provider for one in standing.job.candidates if not one.unavailable), None)
