"""What all services of one server share: the clock, the bill, the shelf of files, and the record of what was asked."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assetgen.core.actions import JSON
from assetgen.core.requests import canonical
from tests.services.bill import Bill, Entry
from tests.services.faults import Faults
from tests.services.pictures import Pictures
from tests.services.sounds import Sounds
from tests.services.wire import Answer, Request

HOUR = 3600.0


@dataclass(slots=True)
class Seen:
    """One request that arrived.

    Attributes:
        body: Its JSON; None where there is none.
        key: The key it came with, empty for none.
        status: What it was answered; 0 while it wasn't, or if it never is.
        fault: What befell it, in a word.
        amount: What it put on the bill, in micro-dollars.
    """

    method: str
    path: str
    service: str
    headers: Mapping[str, str]
    body: JSON
    time: float
    key: str
    where: str = ""
    status: int = 0
    amount: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to one service, past its door.

    Attributes:
        path: Below the service's base path.
        lie: What the answer must be wrong in, one of `faults.LIES`.
        free: The work is done, and not billed.
    """

    request: Request
    path: str
    body: dict[str, JSON]
    lie: str = ""
    free: bool = False


@dataclass(frozen=True, slots=True)
class Executed:
    """An answer with what it put on the bill; `entry` None for what costs nothing."""

    answer: Answer
    entry: Entry | None = None


class Service(Protocol):
    """One vendor's API."""

    name: str

    def where(self, method: str, path: str) -> str:
        """What sort of request this is: `create`, `poll`, `list`, or empty for an unknown address."""
        ...

    def key_of(self, request: Request) -> str:
        """The key that the request shows, in the service's own manner; empty for none."""
        ...

    def denied(self, key: str) -> Answer:
        """What it says to a key that it doesn't know, or to none."""
        ...

    def failure(self, status: int) -> Answer:
        """The body and headers that it is documented to send with a status."""
        ...

    def unreadable(self, message: str) -> Answer:
        """What it says to a body that is no JSON object."""
        ...

    def answer(self, ask: Ask) -> Executed:
        """Do what is asked, or refuse it."""
        ...

    def advance(self) -> None:
        """Bring whatever depends on the time up to date."""
        ...

    def clear(self) -> None:
        """Forget everything."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    """Something to download: made when it is asked for, gone at `expires`; `make` is given the lie to tell, if any."""

    make: Callable[[str], bytes]
    content_type: str
    expires: float
    lie: str = ""


@dataclass(slots=True)
class World:
    """The shared state. `latency` is the seconds that a picture or a piece of speech takes."""

    latency: float
    pictures: Pictures
    limits: Mapping[str, int]
    seconds_rate: int | None = None
    bill: Bill = field(default_factory=Bill)
    faults: Faults = field(default_factory=Faults)
    sounds: Sounds = field(default_factory=Sounds)
    violations: list[str] = field(default_factory=list)
    requests: list[Seen] = field(default_factory=list)
    elsewhere: list[Seen] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    origin: str = ""
    other: str = ""
    ahead: float = 0.0
    after: Callable[[float, Callable[[], None]], object] = lambda _seconds, _callback: None

    def now(self) -> float:
        """Seconds since 1970, by the services' clock."""
        return time.time() + self.ahead

    def shelve(self, name: str, file: File) -> str:
        """Put a file where it can be downloaded, and return its address."""
        path = f"/files/{name}"
        self.files[path] = file
        return self.origin + path

    def book(self, ask: Ask, service: str, model: str, amount: int, prediction: str = "") -> Entry:
        """Put an executed request on the bill."""
        request = canonical(ask.body).decode()
        return self.bill.add(Entry(service, model, 0 if ask.free else amount, request, prediction))

    def clear(self) -> None:
        """Forget everything but the clock."""
        for kept in (self.violations, self.requests, self.elsewhere, self.files):
            kept.clear()
        self.bill.clear()
        self.faults.clear()


def iso(seconds: float) -> str:
    """A time as services write it: UTC, with milliseconds and a `Z`."""
    text = dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
