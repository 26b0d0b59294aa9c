"""The doors to services: what a provider can do, and what only some can."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from assetgen.core.outcomes import Outcome, Reading
from assetgen.core.requests import Answer, Call, Request


class Provider(Protocol):
    """One service. `build` and `read` are pure; `build` is the same for keys and for sending."""

    name: str

    def build(self, request: Request) -> Call:
        """The request in the service's words, with everything that is sent and nothing that isn't."""
        ...

    async def call(self, call: Call) -> Answer:
        """Send it once and bring back the whole answer, whatever it is.

        Raises:
            AttemptError: There is no complete answer; it says whether the request may have been seen.
        """
        ...

    def read(self, answer: Answer, request: Request) -> Reading:
        """What an answer means; those of `follow` and `fetch` are told apart by their `source`."""
        ...

    async def close(self) -> None:
        """Let go of connections. It can be called again afterwards."""
        ...


@runtime_checkable
class Fetcher(Protocol):
    """A provider whose answers may be `Elsewhere`."""

    async def fetch(self, url: str) -> Answer:
        """What lies at an address that an answer named; `source` is `FILE`. Asking again is free.

        Raises:
            AttemptError: It can't be had.
        """
        ...


@runtime_checkable
class JobService(Fetcher, Protocol):
    """A provider that takes a job and can be asked about it afterwards, so that no answer is ever lost for good."""

    settle_time: float
    """Seconds after which a request that was cut off has arrived, if it ever does."""

    listed_for: float
    """Seconds for which `find` still sees what a job was asked for."""

    async def follow(self, job: str) -> Answer:
        """Ask about a job until it has ended; `source` is `JOB`.

        Raises:
            AttemptError: It has not ended in time, or nothing can be learnt of it.
        """
        ...

    async def find(self, call: Call, age: float) -> Sequence[str]:
        """The ids of jobs of exactly this request that the service took in the last `age` seconds, the oldest first.

        The service's own clock counts, since ours may be wrong.

        Raises:
            AttemptError: The service can't be asked.
        """
        ...


@runtime_checkable
class Warmer(Protocol):
    """A provider that can be ready for its first calls before they come."""

    async def warm(self, calls: int) -> None:
        """Open what so many calls at once will need; nothing is asked. What can't be opened is left to the calls."""
        ...


@dataclass(frozen=True, slots=True)
class Probed:
    """What a service answers to a free question.

    Attributes:
        code: The contract's failure code; empty where all is well and the key is taken.
        message: What is wrong, in a sentence that holds no part of a key.
        date: The service's own time, as its `Date` header says it; may be empty.
    """

    code: str = ""
    message: str = ""
    date: str = ""


@runtime_checkable
class Prober(Protocol):
    """A provider whose service can be asked, for nothing, whether it answers and takes the key."""

    async def probe(self, deadline: float) -> Probed:
        """Ask once, within `deadline` seconds. Nothing is made, and nothing is charged.

        Raises:
            AttemptError: There is no complete answer, or no key to ask with.
        """
        ...


class AttemptError(Exception):
    """A call without a complete answer, with the outcome that follows from it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome
