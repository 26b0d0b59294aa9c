"""How one attempt at a purchase ended. A failure is a value with a class, not an exception."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class OutcomeClass(StrEnum):
    """The six ways an attempt can end; retries, failover and money follow from it alone."""

    NOT_SENT = "not_sent"
    """The service cannot have seen the request."""
    REFUSED = "refused"
    """A complete answer that says: not done."""
    FAILED = "failed"
    """A complete answer that says: we failed."""
    UNKNOWN = "unknown"
    """The request left, and no complete answer came back."""
    UNUSABLE = "unusable"
    """Paid for, but the bytes cannot be used."""
    GOOD = "good"
    """Paid for and right."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes that were bought, after inspection. `duration` in seconds for sound, sizes in pixels for pictures."""

    data: bytes = field(repr=False)
    media_type: str
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    sample_rate: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt.

    Attributes:
        code: The contract's failure code, empty when it is good.
        retry_after: The seconds that the service asks to wait; may be absurd.
        seconds: What a service that bills by time reports to have billed.
    """

    kind: OutcomeClass
    code: str = ""
    message: str = ""
    status: int | None = None
    retry_after: float | None = None
    content: Content | None = None
    seconds: Decimal | None = None

    @property
    def good(self) -> bool:
        return self.kind is OutcomeClass.GOOD


def good(content: Content) -> Outcome:
    return Outcome(OutcomeClass.GOOD, content=content)


def unusable(code: str, message: str) -> Outcome:
    return Outcome(OutcomeClass.UNUSABLE, code, message)


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted and not done yet: the service can be asked about it under this id, for nothing."""

    job: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Done: the bytes lie at this address, for a while. `seconds` as in `Outcome`, `job` as in `Pending`."""

    url: str = field(repr=False)
    seconds: Decimal | None = None
    job: str = ""


Reading = Outcome | Pending | Elsewhere
"""What an answer means: the end, or where to go on."""
