"""How many calls may be under way, and when the next one may begin: for the whole run, and for each account."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

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
ENDED = Outcome(OutcomeClass.NOT_SENT, "cancelled", "the run ended before it was sent")


class SlotLimiter:
    """Slots for calls in flight. Whoever decodes, stores or waits for something else holds none.

    The callers of an account queue. Only the first of them waits for the account, and then for one of the run's
    places, so it is fair within an account and among accounts, and a slow account keeps no place from the others.
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
        self._queues = {name: _Queue(Account(name, Pace(most, rates.get(name)))) for name, most in slots.items()}
        self._ended = False

    @asynccontextmanager
    async def near(self, provider: str) -> AsyncIterator[Outcome | None]:
        queue = self._queues[provider]
        async with queue.approach:
            instead = await self._approached(queue)
        if instead is not None:
            yield instead
            return
        try:
            yield None
        finally:
            queue.near -= 1
            queue.closer.ring()

    @asynccontextmanager
    async def slot(self, provider: str) -> AsyncIterator[Outcome | None]:
        queue = self._queues[provider]
        async with queue.turn:
            instead = await self._first(queue)
        if instead is not None:
            yield instead
            return
        trying = queue.account.start(self._clock.monotonic())
        try:
            yield None
        finally:
            queue.account.finish(trying=trying)
            queue.freed()
            self._places.give_back()

    def told(self, provider: str, said: Answer | Outcome) -> ProviderLimited | None:
        queue, now = self._queues[provider], self._clock.monotonic()
        if isinstance(said, Answer):
            changed = queue.account.answered(now, said, self._allowance(said))
        else:
            changed = queue.account.ended(now, said)
        if changed is not None or (isinstance(said, Outcome) and said.code in OF_SERVICE):
            queue.wake()
        return changed

    def may_retry(self, provider: str, outcome: Outcome) -> bool:
        """Those that came too early wait for their turn anyway: they don't count."""
        return outcome.code == "rate_limited" or self._queues[provider].account.retries.may_retry()

    def end(self) -> None:
        self._ended = True
        for queue in self._queues.values():
            queue.wake()

    def in_flight(self) -> int:
        return self._places.taken

    def use(self) -> dict[str, AccountUse]:
        return {name: queue.account.use() for name, queue in self._queues.items()}

    async def _approached(self, queue: _Queue) -> Outcome | None:
        """Wait until few are nearer, and the account lets all of them begin soon; or how the call ends instead."""
        while (instead := self._instead(queue)) is None:
            pace = queue.account.pace
            wait = pace.wait(self._clock.monotonic()) + queue.near * pace.interval - SOON
            if queue.near < self._ahead and wait <= 0:
                queue.near += 1
                return None
            await queue.closer.nap(self._clock, wait if queue.near < self._ahead else math.inf)
        return instead

    async def _first(self, queue: _Queue) -> Outcome | None:
        """Wait until a call may begin, and take a place for it; or how it ends instead."""
        try:
            while (instead := self._instead(queue)) is None:
                wait = queue.account.wait(self._clock.monotonic())
                if wait == 0 and self._places.take(queue):
                    return None
                if wait:
                    self._places.leave(queue)
                await self._nap(queue, wait or math.inf)
            return instead
        finally:
            self._places.leave(queue)

    def _instead(self, queue: _Queue) -> Outcome | None:
        return ENDED if self._ended else queue.account.breaker.blocks(self._clock.monotonic())

    async def _nap(self, queue: _Queue, seconds: float) -> None:
        began = self._clock.monotonic()
        queue.needs_place = seconds == math.inf
        await queue.change.nap(self._clock, seconds)
        if seconds < math.inf:
            queue.account.waited += self._clock.monotonic() - began


class _Queue:
    """The callers of one account.

    Attributes:
        approach: Had by the first of those that are not near yet.
        near: How many are.
        closer: Rings when that may have changed.
        turn: Had by the first of those that are near.
        change: Rings when the first may begin, perhaps.
        needs_place: It waits for nothing else.
    """

    def __init__(self, account: Account) -> None:
        self.account = account
        self.approach = asyncio.Lock()
        self.near = 0
        self.closer = _Bell()
        self.turn = asyncio.Lock()
        self.change = _Bell()
        self.needs_place = False

    def wake(self) -> None:
        """Something changed."""
        self.closer.ring()
        self.change.ring()

    def freed(self) -> None:
        """A call has ended, which is news only for who waits for that."""
        if self.needs_place:
            self.change.ring()


class _Bell:
    """What one caller at a time waits for."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    async def nap(self, clock: Clock, seconds: float) -> None:
        """Wait this long, or until it rings."""
        self._rung.clear()
        if seconds == math.inf:
            await self._rung.wait()
            return
        waits = {asyncio.create_task(self._rung.wait()), asyncio.create_task(_slept(clock, seconds))}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    def ring(self) -> None:
        self._rung.set()


async def _slept(clock: Clock, seconds: float) -> bool:
    await clock.sleep(seconds)
    return True


class _Places:
    """The calls of the whole run. The first callers of accounts stand in line for a free place."""

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
        if queue in self._line:
            del self._line[queue]
            self._call_next()

    def give_back(self) -> None:
        self.taken -= 1
        self._call_next()

    def _call_next(self) -> None:
        if self._line and self.taken < self._most:
            next(iter(self._line)).change.ring()
