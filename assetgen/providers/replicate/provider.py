"""The service as a provider: send a job, ask about it until it has ended, fetch what came of it, find it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from assetgen.core.outcomes import Outcome, OutcomeClass, Reading
from assetgen.core.provider import AttemptError, Probed
from assetgen.core.requests import Answer, Call, ImageRequest, Request, Source
from assetgen.providers import outcomes
from assetgen.providers._http import Client
from assetgen.providers.probing import probed
from assetgen.providers.replicate import calls, predictions
from assetgen.providers.replicate.following import LONGEST_QUESTION, Follower
from assetgen.providers.replicate.listing import Listing

FILE_HOSTS = ("replicate.delivery",)
REMOVED_AFTER = 3600.0
MARGIN = 300.0


class Replicate:
    """Takes a job, and can be asked about it for an hour."""

    listed_for = REMOVED_AFTER - MARGIN

    def __init__(self, name: str, client: Client, timeout: float) -> None:
        self.name = name
        self._client = client
        self._timeout = timeout
        # On the way to a real service a request can linger in gateways; nothing stands between two programs here.
        self.settle_time = 0.3 if client.loopback else 30.0

    def build(self, request: Request) -> Call:
        assert isinstance(request, ImageRequest), "it sells pictures"
        return calls.build(request)

    async def call(self, call: Call) -> Answer:
        return await self._client.post(call, calls.headers(call, self._timeout))

    def read(self, answer: Answer, request: Request) -> Reading:
        assert isinstance(request, ImageRequest), "it sells pictures"
        return outcomes.file(answer, request) if answer.source is Source.FILE else predictions.read(answer)

    async def fetch(self, url: str) -> Answer:
        return await self._client.download(url, trusted=FILE_HOSTS)

    async def follow(self, job: str) -> Answer:
        """See `JobService`. A job that has not ended in time is called off, and looked at once more."""
        follower = Follower(self._client, job)
        ended = await follower.until_ended(self._timeout) or await follower.call_off()
        if ended is None:
            message = f"The job `{job}` has not ended within {self._timeout:g} s; it was called off."
            raise AttemptError(Outcome(OutcomeClass.UNKNOWN, "timeout", message))
        return ended

    async def find(self, call: Call, age: float) -> Sequence[str]:
        return await Listing(self._list).find(call, dt.timedelta(seconds=age))

    async def probe(self, deadline: float) -> Probed:
        return probed(await self._client.send("GET", "account", deadline=deadline), predictions.unsuccessful)

    async def warm(self, calls: int) -> None:
        await self._client.warm(calls)

    async def close(self) -> None:
        await self._client.close()

    async def _list(self, path: str) -> Answer:
        return await self._client.send("GET", path, source=Source.JOB, deadline=min(LONGEST_QUESTION, self._timeout))
