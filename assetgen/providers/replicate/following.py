"""Asking about one job until it has ended. It costs nothing, so trouble on the way only means to ask again."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Source
from assetgen.providers import outcomes
from assetgen.providers._http import Client
from assetgen.providers.outcomes import UnreadableError
from assetgen.providers.replicate.predictions import Prediction
from assetgen.providers.waits import retry_after

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.5, 2.0, 1.25
LONGEST_QUESTION = 30.0
"""Seconds for one answer that costs nothing; another one can be asked for."""


@dataclass(slots=True)
class Follower:
    """Asks about one job. `missing` counts how often in a row the service knew nothing of it."""

    client: Client
    job: str
    missing: int = 0

    async def until_ended(self, seconds: float) -> Answer | None:
        """The answer that shows its end, or None where it has not ended in time.

        Raises:
            AttemptError: Nothing can be learnt of it.
        """
        loop = asyncio.get_running_loop()
        end, pause = loop.time() + seconds, FIRST_PAUSE
        while (left := end - loop.time()) > 0:
            said = await self._ask(left)
            if isinstance(said, Answer):
                return said
            await asyncio.sleep(min(max(pause, said), max(0.0, end - loop.time())))
            pause = min(LONGEST_PAUSE, pause * GROWTH)
        return None

    async def call_off(self) -> Answer | None:
        """Have it ended, as well as that can be had, and look once more; its end, where it has one by then."""
        try:
            await self._send("POST", f"predictions/{self.job}/cancel", LONGEST_QUESTION)
        except AttemptError:
            pass  # The service ends it by itself: every job is sent with a limit.
        else:
            await asyncio.sleep(FIRST_PAUSE)
        said = await self._ask(LONGEST_QUESTION)
        return said if isinstance(said, Answer) else None

    async def _ask(self, left: float) -> Answer | float:
        """The answer that shows its end; until then, the seconds for which the service wants to be left alone."""
        try:
            answer = await self._send("GET", f"predictions/{self.job}", min(left, LONGEST_QUESTION))
        except AttemptError as error:
            if error.outcome.code == "auth":
                raise
            return 0.0
        self._check(answer.status)
        if answer.status == 429:
            wait = retry_after(answer.headers, outcomes.details(answer)) or 0.0
            return wait if wait < math.inf else LONGEST_PAUSE
        return answer if self._shows_end(answer) else 0.0

    def _check(self, status: int) -> None:
        """Raise AttemptError where asking again is of no use."""
        if status in {401, 403}:
            raise self._lost("auth", f"The service refuses the key when asked about the job `{self.job}`.")
        self.missing = self.missing + 1 if status == 404 else 0
        if self.missing > 1:
            raise self._lost("expired", f"The service knows nothing of the job `{self.job}` any more.")

    def _shows_end(self, answer: Answer) -> bool:
        """Whether it is a whole answer about this very job, which has ended."""
        try:
            prediction = Prediction.of(answer)
        except UnreadableError:
            return False
        return answer.status == 200 and prediction.id == self.job and prediction.ended

    async def _send(self, method: str, path: str, deadline: float) -> Answer:
        return await self.client.send(method, path, source=Source.JOB, deadline=deadline)

    def _lost(self, code: str, message: str) -> AttemptError:
        return AttemptError(Outcome(OutcomeClass.UNKNOWN, code, message))
