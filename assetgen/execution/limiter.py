"""How many calls may be under way, and when the next one may begin: for the whole run, and for each account."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from assetgen.core.clock import SystemClock
from assetgen.core.events import ProviderLimited
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import AccountUse, Allowance, Clock
from assetgen.core.requests import Answer
from assetgen.execution.accounts import Account
from assetgen.execution.pacing import Pace
from assetgen.execution.stops import OF_SERVICE

AHEAD = 2
"""For so many calls at once, one more may be about to begin."""
SOON = 0.25
"""Seconds before a call's turn from which on it may be prepared."""
CLOSE = 0.001
"""Seconds by which an alarm may ring early or late."""
ENDED = Outcome(OutcomeClass.NOT_SENT, "cancelled", "the run ended before it was sent")


class SlotLimiter:
    """Slots for calls in flight. Whoever decodes, stores or waits for something else holds none.

    The callers of an account queue. Only the first of them waits for the account, and then for one of the run's
    places, so it is fair within an account and among accounts, and a slow account keeps no place from the others.
    Whatever changes, all who may go on by it are let go at once.
    """

    def __init__(
        self,
        concurrency: int,
        slots: Mapping[str, int],
        per_minute: Mapping[str, float] | None = None,
        *,
        clock: Clock | None = None,
        allowance: Callable[[Answer], Allowance | None] = lambda answer: None,
    ) -> None:
        """Limits by provider; what is in no mapping of rates has none that is known.

        Args:
            clock: The machine's, where none is given.
            allowance: Reads what an answer says of its account's limits.
        """
        rates = per_minute or {}
        self._clock = clock or SystemClock()
        self._allowance = allowance
        self._places = _Places(concurrency)
        self._ahead = max(1, concurrency // AHEAD)
        self._queues = {name: self._queue(Account(name, Pace(most, rates.get(name)))) for name, most in slots.items()}
        self._ended = False

    def _queue(self, account: Account) -> _Queue:
        queue = _Queue(account, _Alarm(self._clock), _Alarm(self._clock))
        queue.closer.ring = partial(self._serve, queue)
        queue.alarm.ring = partial(self._serve, queue)
        queue.alarm.rested = account.rested
        return queue

    def near(self, provider: str) -> AbstractAsyncContextManager[Outcome | None]:
        queue = self._queues[provider]
        return self._let_go_on(queue, queue.far, self._less_near)

    def slot(self, provider: str) -> AbstractAsyncContextManager[Outcome | None]:
        queue = self._queues[provider]
        return self._let_go_on(queue, queue.waiting, self._freed)

    def told(self, provider: str, said: Answer | Outcome) -> ProviderLimited | None:
        queue, now = self._queues[provider], self._clock.monotonic()
        if isinstance(said, Answer):
            changed = queue.account.answered(now, said, self._allowance(said))
        else:
            changed = queue.account.ended(now, said)
        if changed is not None or (isinstance(said, Outcome) and said.code in OF_SERVICE):
            self._serve(queue)
        return changed

    def may_retry(self, provider: str, outcome: Outcome) -> bool:
        """Those that came too early wait for their turn anyway: they don't count."""
        return outcome.code == "rate_limited" or self._queues[provider].account.retries.may_retry()

    def end(self) -> None:
        self._ended = True
        for queue in self._queues.values():
            self._serve(queue)

    def in_flight(self) -> int:
        return self._places.taken

    def use(self) -> dict[str, AccountUse]:
        return {name: queue.account.use() for name, queue in self._queues.items()}

    @asynccontextmanager
    async def _let_go_on(
        self, queue: _Queue, line: deque[asyncio.Future[_Grant]], leave: Callable[[_Queue, _Grant], None]
    ) -> AsyncIterator[Outcome | None]:
        """Stand in line until one may go on, and `leave` afterwards, unless it was told that there is no going on."""
        ticket: asyncio.Future[_Grant] = asyncio.get_running_loop().create_future()
        line.append(ticket)
        self._serve(queue)
        try:
            yield (await ticket).instead
        finally:
            if ticket.done() and not ticket.cancelled() and ticket.result().instead is None:
                leave(queue, ticket.result())
            self._serve(queue)

    def _less_near(self, queue: _Queue, _grant: _Grant) -> None:
        queue.near -= 1

    def _freed(self, queue: _Queue, grant: _Grant) -> None:
        queue.account.finish(trying=grant.trying)
        self._places.give_back()

    def _serve(self, queue: _Queue) -> None:
        """Let everybody go on who may now, here and where a place has become free."""
        self._let_near(queue)
        self._let_begin(queue)
        while (other := self._places.next()) is not None:
            self._let_begin(other)

    def _let_near(self, queue: _Queue) -> None:
        """Those before whom few are, and whose account lets all of them begin soon."""
        for ticket in queue.those_in(queue.far):
            instead = self._instead(queue)
            if instead is None:
                pace = queue.account.pace
                wait = pace.wait(self._clock.monotonic()) + queue.near * pace.interval - SOON
                if queue.near >= self._ahead or wait > 0:
                    queue.closer.set(wait if queue.near < self._ahead else math.inf)
                    return
                queue.near += 1
            queue.far.popleft()
            ticket.set_result(_Grant(instead))

    def _let_begin(self, queue: _Queue) -> None:
        """Those for whom account and run have a place."""
        for ticket in queue.those_in(queue.waiting):
            instead, trying = self._instead(queue), False
            if instead is None:
                wait = queue.account.wait(self._clock.monotonic())
                if wait or not self._places.take(queue):
                    queue.alarm.set(wait or math.inf)
                    if wait:
                        self._places.leave(queue)
                    return
                trying = queue.account.start(self._clock.monotonic())
            queue.waiting.popleft()
            ticket.set_result(_Grant(instead, trying))
        self._places.leave(queue)

    def _instead(self, queue: _Queue) -> Outcome | None:
        return ENDED if self._ended else queue.account.breaker.blocks(self._clock.monotonic())


@dataclass(frozen=True, slots=True)
class _Grant:
    """One may go on; or how the call ends instead. `trying` if it finds out whether a service is there again."""

    instead: Outcome | None
    trying: bool = False


@dataclass(eq=False, slots=True)
class _Queue:
    """The callers of one account.

    Attributes:
        closer: Lets the first of those that are not near yet look again.
        alarm: Lets the first of those that wait for a slot look again.
        far: Those that are not near yet.
        near: How many are near, or begin at this moment.
        waiting: Those that wait for a slot.
    """

    account: Account
    closer: _Alarm
    alarm: _Alarm
    far: deque[asyncio.Future[_Grant]] = field(default_factory=deque)
    near: int = 0
    waiting: deque[asyncio.Future[_Grant]] = field(default_factory=deque)

    @staticmethod
    def those_in(line: deque[asyncio.Future[_Grant]]) -> Iterator[asyncio.Future[_Grant]]:
        """The first in line, again and again, as long as somebody stands there. Those who gave up are passed over."""
        while line:
            if line[0].done():
                line.popleft()
            else:
                yield line[0]


class _Alarm:
    """Rings after a while, once.

    Attributes:
        ring: What is done then.
        rested: Told for how many seconds it was set.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due = math.inf
        self._task: asyncio.Task[None] | None = None
        self.ring: Callable[[], None] = lambda: None
        self.rested: Callable[[float], None] = lambda seconds: None

    def set(self, seconds: float) -> None:
        """Ring after so many seconds, and not at all if they are infinite."""
        due = self._clock.monotonic() + seconds
        if self._task is not None:
            if abs(due - self._due) < CLOSE:
                return
            self._task.cancel()
            self._task = None
        if seconds < math.inf:
            self._due = due
            self._task = asyncio.get_running_loop().create_task(self._wait(seconds))

    async def _wait(self, seconds: float) -> None:
        began = self._clock.monotonic()
        with contextlib.ExitStack() as stack:
            stack.callback(lambda: self.rested(self._clock.monotonic() - began))
            await self._clock.sleep(seconds)
        self._task = None
        self.ring()


class _Places:
    """The calls of the whole run. Accounts whose first callers need a free place stand in line for it."""

    def __init__(self, most: int) -> None:
        self.taken = 0
        self._most = most
        self._line: dict[_Queue, None] = {}

    def take(self, queue: _Queue) -> bool:
        """Take a free place, where nobody came earlier; else stand in line."""
        self._line.setdefault(queue)
        if self.taken >= self._most or next(iter(self._line)) is not queue:
            return False
        self.taken += 1
        self.leave(queue)
        return True

    def leave(self, queue: _Queue) -> None:
        """Stand in line no more."""
        self._line.pop(queue, None)

    def give_back(self) -> None:
        self.taken -= 1

    def next(self) -> _Queue | None:
        """Who stands first in line, where a place is free."""
        return next(iter(self._line), None) if self.taken < self._most else None
