"""One request and its answer: what is asked, what is known of its way, and in which words its troubles are told."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from socket import gaierror
from typing import NamedTuple

from assetgen import __version__
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Source
from assetgen.providers.outcomes import classify

UNARRIVED = ("connection.", "proxy.", "socks.", "http11.send_request_headers.", "http11.response_closed.")
"""Events during which a service can't have the whole of a request with a body. All others may mean that it has."""
UNTAKEN = ("http11.send_request_headers.failed", "http11.send_request_body.failed")
"""Events that say that the operating system did not take all of a request."""
HEADERS = {
    "User-Agent": f"assetgen/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}
"""What every request says, beside what is asked."""
SLOWEST = 1000
"""Bytes in a second that an answer must bring, once it has begun."""


class BrokenError(Exception):
    """There is no connection, it broke, or what came over it is no answer; in a few words."""


class Reply(NamedTuple):
    """A whole answer as it came over the wire; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """One request.

    Attributes:
        most: The bytes of its answer that are taken.
        unusable_as: The code of a success that has more bytes; empty where its outcome can be learnt in another way.
        deadline: The seconds for all of it.
    """

    method: str
    url: str
    host: str
    headers: Mapping[str, str] = field(repr=False)
    content: bytes | None = field(repr=False)
    source: Source
    most: int
    deadline: float
    unusable_as: str = ""


@dataclass(slots=True)
class Progress:
    """How far an exchange has come.

    Attributes:
        window: Seconds within which an answer that comes too slowly is given up.
        arrived: The service may have the whole request.
        refused: The operating system did not take all of it, so it can't have arrived.
        status: That of the answer, once it has begun.
        declared: The length of the body that the answer announces.
        slow: Next to nothing came for too long.
    """

    ask: Ask
    window: float = 30.0
    arrived: bool = False
    refused: bool = False
    status: int | None = None
    declared: str | None = None
    received: int = 0
    slow: bool = False

    async def trace(self, event: str, facts: Mapping[str, object]) -> None:
        """Told by httpx of every step on the way by a proxy."""
        if event in UNTAKEN and type(facts.get("exception")).__name__ == "WriteError":
            self.refused = True
        elif event.endswith(".started") and not event.startswith(UNARRIVED) and not _is_for_a_proxy(facts):
            self.arrived = True

    def is_enough(self, received: int) -> bool:
        """Whether so many bytes within the window are worth going on."""
        return received >= SLOWEST * self.window

    def timed_out(self) -> Outcome:
        if self.slow:
            message = f"The answer of {self.ask.host} came too slowly: {self.received} bytes, then next to none"
            return self._without_answer("timeout", f"{message} for {self.window:g} s.")
        code = "timeout" if self.arrived else "network"
        return self._without_answer(code, f"No answer from {self.ask.host} within {self.ask.deadline:g} s.")

    def broken(self, error: Exception) -> Outcome:
        return self._without_answer("network", self._what_broke(reason_of(error)))

    def too_long(self) -> AttemptError:
        """More came than is taken. A status that refuses says enough; a success that can't be read is a loss."""
        assert self.status is not None, "an answer begins with its status"
        message = f"The answer of {self.ask.host} has more than {self.ask.most // 1_000_000} MB."
        kind, code = classify(self.status)
        if kind is OutcomeClass.GOOD:
            kind = OutcomeClass.UNUSABLE if self.ask.unusable_as else OutcomeClass.UNKNOWN
        return AttemptError(Outcome(kind, code or self.ask.unusable_as or "network", message, self.status))

    def _what_broke(self, reason: str) -> str:
        host = self.ask.host
        if self.status is not None:
            of_all = f" of {self.declared}" if self.declared else ""
            return f"The answer of {host} was cut off after {self.received}{of_all} bytes."
        if self.arrived:
            return f"The connection to {host} broke before an answer came: {reason}."
        return f"No connection to {host}: {reason}."

    def _without_answer(self, code: str, message: str) -> Outcome:
        sent = self.status is not None or (self.arrived and not self.refused)
        return Outcome(OutcomeClass.UNKNOWN if sent else OutcomeClass.NOT_SENT, code, message)


def _is_for_a_proxy(facts: Mapping[str, object]) -> bool:
    """Asking a proxy for a way to the service is a request of its own."""
    return getattr(facts.get("request"), "method", b"") == b"CONNECT"


def reason_of(error: BaseException) -> str:
    """The first cause of an error, in a few words."""
    causes = [error]
    while (cause := _cause(causes[-1])) is not None and len(causes) < 20:
        causes.append(cause)
    for one in reversed(causes):
        match one:
            case gaierror():
                return "its name is not known"
            case ssl.SSLCertVerificationError():
                return f"its certificate is not valid: {one.verify_message}"
            case ssl.SSLError():
                return f"no secure connection came about: {one.strerror}"
            case TimeoutError():
                return "it did not answer in time"
            case OSError() if one.errno:
                return os.strerror(one.errno).lower()
    words = str(error).strip(". ") or type(error).__name__
    return words[0].lower() + words[1:]


def _cause(error: BaseException) -> BaseException | None:
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    return error.__cause__ or error.__context__
