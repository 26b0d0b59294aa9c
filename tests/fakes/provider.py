"""A provider that answers as a script says, and writes down what it was asked."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Sequence

from assetgen.core.outcomes import Content, Outcome, OutcomeClass, good
from assetgen.core.ports import AttemptError
from assetgen.core.requests import Answer, Call, Request

Script = Sequence[Outcome]
LOST = Outcome(OutcomeClass.UNKNOWN, "timeout", "no answer came back")
UNREACHED = Outcome(OutcomeClass.NOT_SENT, "network", "no route to host")
LIMITED = Outcome(OutcomeClass.REFUSED, "rate_limited", "slow down", 429)
BROKEN = Outcome(OutcomeClass.FAILED, "service_error", "oops", 500)
REFUSED = Outcome(OutcomeClass.REFUSED, "content_refused", "not this prompt", 422)
NO_KEY = Outcome(OutcomeClass.REFUSED, "auth", "the key was refused", 401)
CUT = Outcome(OutcomeClass.UNUSABLE, "unusable_image", "the file is cut")


class ScriptedProvider:
    """Every call takes the next outcome of the script; when it is used up, all is well."""

    def __init__(
        self,
        name: str,
        script: Script = (),
        content: Callable[[Request], Content] | None = None,
        takes: float = 0.0,
    ) -> None:
        self.name = name
        self.calls: list[Call] = []
        self.most_at_once = 0
        self._at_once = 0
        self._takes = takes
        self._script = list(script)
        self._content = content or (lambda request: Content(repr(request).encode(), "image/png", 64, 64))

    def build(self, request: Request) -> Call:
        return Call("things", dataclasses.asdict(request))

    async def call(self, call: Call) -> Answer:
        self.calls.append(call)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(self._takes)
        self._at_once -= 1
        outcome = self._script.pop(0) if self._script else Outcome(OutcomeClass.GOOD)
        if outcome.kind in {OutcomeClass.NOT_SENT, OutcomeClass.UNKNOWN} and outcome.status is None:
            raise AttemptError(outcome)
        self._next = outcome
        return Answer(outcome.status or 200, b"")

    def read(self, answer: Answer, request: Request) -> Outcome:
        return good(self._content(request)) if self._next.good else self._next
