"""What is known of one account while a run asks its service: its pace, whether it answers, and how its calls went."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from assetgen.core.events import ProviderLimited
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import AccountUse, Allowance
from assetgen.core.requests import Answer
from assetgen.execution.breaking import COOL_DOWN, Breaker, RetryBudget
from assetgen.execution.deciding import LONGEST_WAIT
from assetgen.execution.pacing import Pace
from assetgen.execution.stops import OF_SERVICE

NOT_NOW = frozenset({429, 503})
"""Refusals that ask for less."""
DOWN = frozenset({OutcomeClass.NOT_SENT, OutcomeClass.FAILED, OutcomeClass.UNKNOWN})
DOWN_CODES = frozenset({"network", "service_down"})
"""Failures of the service or of the way to it, whatever was asked."""
NOTICED = 0.5
"""Seconds without a call from which on somebody who watches notices them."""
QUIET = 5.0
"""Seconds without a refusal or news until it is worth saying that limits drift: they may soon go back."""


@dataclass(slots=True)
class Account:
    """One account. It learns from answers and outcomes, and says when that changes its limits."""

    name: str
    pace: Pace
    breaker: Breaker = field(default_factory=Breaker)
    retries: RetryBudget = field(default_factory=RetryBudget)
    in_flight: int = 0
    refusals: int = 0
    waited: float = 0.0
    _shown_concurrency: int = field(init=False)
    _shown_interval: float = field(init=False)
    _restless_at: float = -math.inf

    def __post_init__(self) -> None:
        self._shown_concurrency = self.pace.slots
        self._shown_interval = self.pace.interval

    def wait(self, now: float) -> float:
        """Seconds until a call may start; infinite until one that is under way has ended."""
        return math.inf if self.in_flight >= self.pace.concurrency else self.pace.wait(now)

    def start(self, now: float) -> bool:
        """A call starts; whether it is the one that tries a service that was down."""
        self.in_flight += 1
        self.pace.started(now)
        self.retries.called()
        return self.breaker.start()

    def rested(self, seconds: float) -> None:
        """A call was held back for its rate."""
        self.waited += seconds

    def finish(self, *, trying: bool) -> None:
        """A call is over."""
        self.in_flight -= 1
        if trying:
            self.breaker.finish()

    def answered(self, now: float, answer: Answer, allowance: Allowance | None) -> ProviderLimited | None:
        """Learn from an answer: that it is a success, and what it says of the account."""
        good = answer.status // 100 == 2
        if good:
            self.pace.succeeded(now)
        if allowance is not None:
            self.pace.allowed(now, allowance)
        return (self._shows_up(now) if good else None) or self._drifted(now)

    def ended(self, now: float, outcome: Outcome) -> ProviderLimited | None:
        """Learn from how a call ended."""
        if outcome.code in OF_SERVICE:
            message = f"it is not asked again in this run ({outcome.code})"
            self.breaker.stop(math.inf, replace(outcome, message=message))
            return None
        if outcome.kind is OutcomeClass.REFUSED and outcome.status in NOT_NOW:
            return self._slowed(now, outcome)
        return self._failed(now, outcome) if _is_down(outcome) else self._shows_up(now)

    def use(self) -> AccountUse:
        """How its calls went so far."""
        return AccountUse(
            self.pace.concurrency,
            self.pace.slots,
            self._per_minute(),
            self.retries.calls,
            self.refusals,
            self.retries.retries,
            self.waited,
        )

    def _slowed(self, now: float, outcome: Outcome) -> ProviderLimited | None:
        self.refusals += 1
        self._restless_at = now
        wait = outcome.retry_after if outcome.retry_after != math.inf else None
        if wait is not None and wait > LONGEST_WAIT:
            message = f"it wishes not to be asked for {wait:.0f} s"
            known = self.breaker.blocks(now) is not None
            self.breaker.stop(now + wait, Outcome(OutcomeClass.NOT_SENT, outcome.code, message))
            return None if known else self._say(now, f"it answered with {outcome.status}")
        news = self.pace.refused(now, wait)
        changed = self._failed(now, outcome, news=news) if _is_down(outcome) else self._shows_up(now)
        shows = news and self._is_noticed(now)
        return changed or (self._say(now, f"it answered with {outcome.status}") if shows else None)

    def _is_noticed(self, now: float) -> bool:
        """Whether a refusal shows: one after the other at the edge of a limit doesn't."""
        return self.pace.concurrency < self._shown_concurrency or self.pace.wait(now) >= NOTICED

    def _failed(self, now: float, outcome: Outcome, *, news: bool = True) -> ProviderLimited | None:
        why = f"it fails again and again, at last with `{outcome.code}`"
        message = f"{why}, and is left alone for {COOL_DOWN:.0f} s"
        opens = self.breaker.failed(now, Outcome(OutcomeClass.NOT_SENT, "service_down", message), news=news)
        return self._say(now, why) if opens else None

    def _shows_up(self, now: float) -> ProviderLimited | None:
        """The service is there, whatever it said."""
        return self._say(now, "it answers again") if self.breaker.answered(now) else None

    def _drifted(self, now: float) -> ProviderLimited | None:
        """Small changes are said when they have come to something."""
        if self.breaker.blocks(now) is not None or now < self._restless_at + QUIET:
            return None
        concurrency, interval, was = self.pace.concurrency, self.pace.interval, self._shown_concurrency
        slow, fast = max(interval, self._shown_interval), min(interval, self._shown_interval)
        if concurrency >= 2 * was or (concurrency > was and concurrency == self.pace.slots):
            return self._say(now, "it answers well")
        if slow >= NOTICED and slow >= 2 * fast:
            slower = interval == slow
            return self._say(now, "few more are allowed" if slower else "more are allowed again")
        return None

    def _say(self, now: float, reason: str) -> ProviderLimited | None:
        blocked = self.breaker.blocks(now) is not None
        was, concurrency = self._shown_concurrency, 0 if blocked else self.pace.concurrency
        self._shown_concurrency, self._shown_interval, self._restless_at = concurrency, self.pace.interval, now
        until = self.breaker.until if blocked else self.pace.paused_until
        wait = round(max(0.0, until - now), 3)
        if wait == math.inf:
            return None
        return ProviderLimited(self.name, concurrency, was, reason, self._per_minute(), wait)

    def _per_minute(self) -> float | None:
        return round(60 / self.pace.interval, 1) if self.pace.interval else None


def _is_down(outcome: Outcome) -> bool:
    return outcome.kind in DOWN or outcome.code in DOWN_CODES
