"""Services that fail again and again are left alone for a while, and retries stay few beside calls.

Pure: the time, in seconds of a clock that never goes back, is an argument.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assetgen.core.outcomes import Outcome

FAILURES = 10
"""Failures in a row after which a service counts as down: few enough to spare it, more than bad luck alone brings."""
ROUNDS = 4
"""And so often after a pause: calls that fail together fail for one reason, which may be gone in a second."""
COOL_DOWN = 30.0
"""Seconds until it is tried again."""
SHARE = 0.1
FLOOR = 10
"""Retries of one account: this share of its calls, and these few besides."""


@dataclass(slots=True)
class Breaker:
    """Whether a service is asked at all: it is (closed), it isn't (open), or by one call alone (half-open).

    Attributes:
        why: How calls end that are not made, while it is not closed.
        until: When one call may try again.
    """

    why: Outcome | None = None
    until: float = -math.inf
    _failures: int = 0
    _rounds: int = 0
    _trying: bool = False

    def blocks(self, now: float) -> Outcome | None:
        """How a call would end instead of being made; None where it may be made."""
        return self.why if self._trying or now < self.until else None

    def start(self) -> bool:
        """A call that isn't blocked starts; whether it is the one that tries, which then has to `finish`."""
        self._trying = self.why is not None
        return self._trying

    def finish(self) -> None:
        """The call that tried is over, and may have found out nothing."""
        self._trying = False

    def failed(self, now: float, instead: Outcome, *, news: bool = True) -> bool:
        """The service failed, once more; whether that opens it, with what its calls are told from now on.

        Args:
            news: The call began after the failures before it were known.
        """
        self._failures += 1
        self._rounds += news
        few = self._failures < FAILURES or self._rounds < ROUNDS
        if now < self.until or (self.why is None and few):
            return False
        opens = self.why is None
        self.stop(now + COOL_DOWN, instead)
        return opens

    def stop(self, until: float, instead: Outcome) -> None:
        """Open it, whatever came before."""
        self.why, self.until = instead, max(until, self.until)

    def answered(self, now: float) -> bool:
        """The service can be asked; whether that closes it. Answers that come before it is tried were on their way."""
        self._failures = self._rounds = 0
        if self.why is None or now < self.until:
            return False
        self.why = None
        return True


@dataclass(slots=True)
class RetryBudget:
    """Retries beside calls."""

    calls: int = 0
    retries: int = 0

    def called(self) -> None:
        """A call was made, the first one or another."""
        self.calls += 1

    def may_retry(self) -> bool:
        """Whether there is one more retry; it counts as made."""
        if self.retries + 1 > FLOOR + SHARE * self.calls:
            return False
        self.retries += 1
        return True
