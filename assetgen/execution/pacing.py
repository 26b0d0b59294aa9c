"""How often and how many at once an account is asked: steadily, and less when its service wishes so.

Pure: the time, in seconds of a clock that never goes back, is an argument.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from assetgen.core.ports import Allowance
from assetgen.execution.deciding import LONGEST_WAIT

EVEN = 0.98
"""The share of a rate that is used: what is sent evenly arrives a little unevenly."""
LATENESS = 0.01
"""Seconds by which a call may start late without those after it being late too; `EVEN` makes up for it."""
CONNECTING = 0.2
"""Seconds by which the very first call may arrive later than those after it: it has to find the way."""
UNPROVEN = 16
"""Calls at once until one of them has succeeded: a service that is down is not asked more often than that."""
SMALLEST = 1 / 16
STEP = 1 / 8
"""What as many successes as there are calls at once add to the share."""
PAUSE = 0.5
"""Seconds without a call when a service doesn't say how long, divided by the share that is left."""
SHORTEST_PAUSE = 0.25
"""Refusals within it belong together: their calls had left when the first one came back."""


@dataclass(slots=True)
class Pace:
    """The limits of one account, as it is asked now.

    Starts are spaced by an interval, so that no window of a second or more holds more than its limit and two. Each
    refusal halves the share of the limits that is used; successes add to it again, a little each.

    Attributes:
        slots: Calls at once where nothing is wrong.
        per_minute: Requests a minute where nothing is wrong; None where that isn't known.
    """

    slots: int
    per_minute: float | None = None
    share: float = 1.0
    paused_until: float = -math.inf
    _proven: bool = False
    _spread: float = 0.0
    _last: float = -math.inf
    _refused_until: float = -math.inf

    @property
    def concurrency(self) -> int:
        """Calls at once."""
        most = self.slots if self._proven else min(self.slots, UNPROVEN)
        return max(1, int(most * self.share))

    @property
    def interval(self) -> float:
        """Seconds between two starts."""
        own = 60 / (self.per_minute * self.share * EVEN) if self.per_minute else 0.0
        return max(own, self._spread)

    def wait(self, now: float) -> float:
        """Seconds until a call may start."""
        return max(0.0, self._last + self.interval - now, self.paused_until - now)

    def started(self, now: float) -> None:
        """A call starts."""
        if self._last == -math.inf:
            self._last = now + min(self.interval, CONNECTING)
        else:
            self._last = max(self._last + self.interval, now - LATENESS)

    def refused(self, now: float, wait: float | None) -> bool:
        """The service wishes less, after `wait` seconds if it says so; whether that is news."""
        news = now >= self._refused_until
        if news:
            self.share = max(SMALLEST, self.share / 2)
        pause = PAUSE / self.share if wait is None else max(wait, SHORTEST_PAUSE)
        self._refused_until = max(self._refused_until, now + pause)
        self.paused_until = max(self.paused_until, self._refused_until)
        return news

    def succeeded(self, now: float) -> None:
        """A call was answered well."""
        self._proven = True
        if now >= self._refused_until:
            step = STEP / self.concurrency
            self.share = min(1.0, self.share + step)
            # A limit that was named once may have been raised since; what is counted down is named anew each time.
            self._spread *= 1 - step

    def allowed(self, now: float, allowance: Allowance) -> None:
        """Spread what the service says is left over the time until there is more."""
        if allowance.seconds > LONGEST_WAIT:
            # The limit of a day is no reason to be slow: what is left of it can be had at once.
            return
        if allowance.calls:
            self._spread = allowance.seconds / allowance.calls / EVEN
        else:
            self.paused_until = max(self.paused_until, now + allowance.seconds)
