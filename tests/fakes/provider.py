"""Providers that answer as a script says, and write down what they were asked."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum, auto

from assetgen.core.outcomes import Content, Elsewhere, Outcome, OutcomeClass, Pending, Reading, good
from assetgen.core.ports import Clock
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Call, Request, Source
from tests.fakes.clock import FakeClock

Script = Sequence[Outcome]
LOST = Outcome(OutcomeClass.UNKNOWN, "timeout", "no answer came back")
UNREACHED = Outcome(OutcomeClass.NOT_SENT, "network", "no route to host")
LIMITED = Outcome(OutcomeClass.REFUSED, "rate_limited", "slow down", 429)
BROKEN = Outcome(OutcomeClass.FAILED, "service_error", "oops", 500)
REFUSED = Outcome(OutcomeClass.REFUSED, "content_refused", "not this prompt", 422)
INVALID = Outcome(OutcomeClass.REFUSED, "invalid_request", "no such setting", 400)
NO_KEY = Outcome(OutcomeClass.REFUSED, "auth", "the key was refused", 401)
NO_MONEY = Outcome(OutcomeClass.REFUSED, "quota", "the credit is spent", 402)
NO_MODEL = Outcome(OutcomeClass.REFUSED, "model_unavailable", "not this model", 404)
CUT = Outcome(OutcomeClass.UNUSABLE, "unusable_image", "the file is cut")
GOOD = Outcome(OutcomeClass.GOOD)
UNFETCHED = Outcome(OutcomeClass.UNKNOWN, "download_failed", "the file can't be had now")
SLOW = Outcome(OutcomeClass.UNKNOWN, "timeout", "it has not ended in time")
EXPIRED = Outcome(OutcomeClass.UNKNOWN, "expired", "the file is gone")
UNLISTED = Outcome(OutcomeClass.UNKNOWN, "outcome_unknown", "the list can't be had")


class Creation(Enum):
    """What becomes of a request for a job."""

    ACCEPTED = auto()
    ANSWER_LOST = auto()
    NEVER_ARRIVED = auto()
    TAKEN_TWICE = auto()


class ScriptedProvider:
    """Every call takes the next outcome of the script; when it is used up, all is well."""

    def __init__(
        self,
        name: str,
        script: Sequence[Outcome | Creation] = (),
        content: Callable[[Request], Content] | None = None,
        takes: float | Callable[[], float] = 0.0,
    ) -> None:
        self.name = name
        self.calls: list[Call] = []
        self.takes = takes
        self.script = list(script)
        self.most_at_once = 0
        self._at_once = 0
        self._content = content or (lambda request: Content(repr(request).encode(), "image/png", 64, 64))

    def build(self, request: Request) -> Call:
        return Call("things", dataclasses.asdict(request))

    async def call(self, call: Call) -> Answer:
        self.calls.append(call)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            await asyncio.sleep(self.takes() if callable(self.takes) else self.takes)
        finally:
            self._at_once -= 1
        return self._answered(call, self.script.pop(0) if self.script else GOOD)

    def _answered(self, call: Call, step: Outcome | Creation) -> Answer:
        assert isinstance(step, Outcome)
        return answer_of(step, Source.CALL)

    def read(self, answer: Answer, request: Request) -> Reading:
        outcome = _read(answer)
        return good(self._content(request)) if outcome.good else outcome

    async def close(self) -> None:
        """Nothing is held open."""


class LinkingProvider(ScriptedProvider):
    """Answers with an address where the bytes lie; fetching them takes the next outcome of `fetches`."""

    def __init__(self, name: str, script: Sequence[Outcome | Creation] = (), fetches: Script = ()) -> None:
        super().__init__(name, script)
        self.fetches = list(fetches)
        self.fetched = 0
        self.seconds: Decimal | None = None

    def read(self, answer: Answer, request: Request) -> Reading:
        reading = super().read(answer, request)
        if isinstance(reading, Outcome) and reading.good and answer.source is not Source.FILE:
            return Elsewhere("https://files.example/1", self.seconds)
        return reading

    async def fetch(self, url: str) -> Answer:
        self.fetched += 1
        return answer_of(self.fetches.pop(0) if self.fetches else GOOD, Source.FILE)


class ScriptedJobs(LinkingProvider):
    """A job service with a list of its jobs. `jobs` is its true bill: each job is paid for."""

    settle_time = 2.0
    listed_for = 3600.0

    def __init__(
        self,
        name: str,
        script: Sequence[Outcome | Creation] = (),
        *,
        follows: Script = (),
        fetches: Script = (),
        finds: Script = (),
        clock: Clock | None = None,
    ) -> None:
        super().__init__(name, script, fetches)
        self.jobs: dict[str, tuple[Call, dt.datetime]] = {}
        self.follows = list(follows)
        self.finds = list(finds)
        self.clock = clock or FakeClock()

    async def call(self, call: Call) -> Answer:
        self.script = self.script or [Creation.ACCEPTED]
        return await super().call(call)

    def _answered(self, call: Call, step: Outcome | Creation) -> Answer:
        if isinstance(step, Outcome):
            return answer_of(step, Source.CALL)
        if step is not Creation.NEVER_ARRIVED:
            self.create(call)
        if step is Creation.TAKEN_TWICE:
            self.create(call)
        if step is not Creation.ACCEPTED:
            raise AttemptError(LOST)
        return Answer(201, json.dumps({"job": list(self.jobs)[-1]}).encode())

    def create(self, call: Call) -> str:
        job = f"job-{len(self.jobs) + 1}"
        self.jobs[job] = (call, self.clock.now())
        return job

    def read(self, answer: Answer, request: Request) -> Reading:
        said = json.loads(answer.body)
        return Pending(said["job"]) if "job" in said else super().read(answer, request)

    async def follow(self, job: str) -> Answer:
        assert job in self.jobs, "nobody knows this job"
        return answer_of(self.follows.pop(0) if self.follows else GOOD, Source.JOB)

    async def find(self, call: Call, age: float) -> Sequence[str]:
        if self.finds:
            raise AttemptError(self.finds.pop(0))
        shown = self.clock.now() - dt.timedelta(seconds=min(age, self.listed_for))
        return [job for job, (made, when) in self.jobs.items() if made == call and when >= shown]


def answer_of(outcome: Outcome, source: Source = Source.CALL) -> Answer:
    """The answer that means this outcome; a service that is not heard of gives none."""
    if outcome.kind in {OutcomeClass.NOT_SENT, OutcomeClass.UNKNOWN} and outcome.status is None:
        raise AttemptError(outcome)
    said = {"kind": outcome.kind, "code": outcome.code, "message": outcome.message, "status": outcome.status}
    return Answer(outcome.status or 200, json.dumps(said).encode(), source=source)


def _read(answer: Answer) -> Outcome:
    said = json.loads(answer.body)
    return Outcome(OutcomeClass(said["kind"]), said["code"], said["message"], said["status"])
