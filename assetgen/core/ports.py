"""The doors between the rooms: what each part may ask of another, without knowing which one answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from assetgen.core.actions import JSON, Kind
from assetgen.core.costs import CostBreakdown, CostRecord
from assetgen.core.events import ProviderLimited
from assetgen.core.jobs import Purchase
from assetgen.core.journal import OPEN, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Content, Outcome
from assetgen.core.records import FileStamp
from assetgen.core.requests import Answer


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a storage: `path` relative to its root with `/`, and the address to reach it by.

    Attributes:
        stamp: What tells later that it was not touched, where the storage is a folder.
    """

    path: str
    url: str
    sha256: str
    bytes: int
    stamp: FileStamp | None = None


class AssetStorage(Protocol):
    """Where finished files go. A file is there whole, or not there."""

    def store(self, path: str, data: bytes, sha256: str = "", *, lasting: bool = True) -> Stored:
        """Write one file durably.

        Args:
            sha256: Of the data, where it is known already.
            lasting: Else a power failure may take the whole file with its name, until `flush`.

        Raises:
            StorageError: It could not be written; then nothing stands under this name that wasn't there before.
        """
        ...

    def flush(self) -> None:
        """Make everything last that was stored. Raises StorageError."""
        ...

    def store_json(self, path: str, value: JSON) -> Stored:
        """Write a JSON document durably: UTF-8, two spaces, a final newline, keys in the order given."""
        ...

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises StorageError where it can't be read."""
        ...

    def get_url(self, path: str) -> str:
        """The address of a file, relative and percent-encoded, or below the public URL."""
        ...

    def get_duration(self, path: str) -> float | None:
        """The length of a sound in seconds; None for what is no sound."""
        ...

    def exists(self, path: str) -> bool:
        """Whether a file stands under this name."""
        ...


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """What the cache knows of one purchase: its sidecar. `digest` is the bytes' SHA-256, `paid` what they cost.

    Attributes:
        attempt: The token of the attempt that brought it.
    """

    key: str
    digest: str
    bytes: int
    media_type: str
    provider: str
    model: str
    kind: Kind
    paid: Usd
    stored: dt.datetime
    request: Mapping[str, JSON]
    sample_rate: int | None = None
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class Remembered:
    """Bytes from the cache, checked against their hash."""

    entry: CacheEntry
    data: bytes


class AssetCache(Protocol):
    """What was bought, by the key of its purchase. Trouble is an error here, never a miss: a miss is a purchase."""

    def find(self, key: str) -> CacheEntry | None:
        """The entry of a purchase whose blob stands with the right size, or None.

        Raises:
            CacheError: There is an entry, and it or its blob can't be read or is damaged.
        """
        ...

    def load(self, key: str) -> Remembered | None:
        """Entry and bytes, hashed now. Raises CacheError where the bytes are not what was bought."""
        ...

    def knows(self, key: str) -> bool:
        """Whether there is an entry of a purchase, be it whole or damaged; quick enough for an event loop.

        Raises:
            CacheError: Nobody can tell.
        """
        ...

    def expect(self, purchases: int) -> None:
        """Be ready to keep so many. Raises CacheError where that can't be."""
        ...

    def keep(
        self, purchase: Purchase, content: Content, kind: Kind, paid: Usd, when: dt.datetime, attempt: str = ""
    ) -> CacheEntry:
        """Store what was bought, durably: blob, then sidecar, then index.

        Args:
            attempt: The token of the attempt that brought it.

        Raises:
            CacheError: It could not be written.
        """
        ...

    def resolve(self, job: str, purchases: Sequence[str]) -> None:
        """Remember that a job, by its key, came to these purchases of another seller than its first. Durable."""
        ...

    def resolution(self, job: str) -> tuple[str, ...] | None:
        """The purchases that a job came to; None where nothing is remembered. Raises CacheError."""
        ...

    def lock(self, key: str) -> AbstractContextManager[bool]:
        """Try for the kernel's lock on one purchase without waiting; yields whether it was had. Nothing blocks."""
        ...

    def flush(self) -> None:
        """Bring the index up to date with what was kept."""
        ...


class Ledger(Protocol):
    """The journal of attempts and the wall of the budget. What returns is durable; StorageError where it can't be.

    Whoever calls it holds the lock on the purchase.
    """

    async def standing(self, key: str) -> Row | None:
        """The row that counts for a purchase: under way, bought, unknown, or remembered as refused."""
        ...

    async def row(self, identifier: int) -> Row:
        """One attempt as it stands now."""
        ...

    async def standings(self, keys: Iterable[str]) -> Mapping[str, Row]:
        """By key, the rows that count for several purchases."""
        ...

    async def reserve(
        self, purchase: Purchase, job: str, attempt: int, amount: Usd, *, instead: Reservation | None = None
    ) -> Reservation:
        """Set the money aside and write the row `sending`, in one commit, before anything is sent.

        Args:
            instead: A settled attempt whose money was kept for this one.

        Raises:
            WallError: It does not fit under a wall now.
        """
        ...

    def leaving(self, reservation: Reservation) -> None:
        """Note that the request is about to leave; quick enough for an event loop.

        Raises:
            StorageError: It can't be noted, and the request must not be sent.
        """
        ...

    def may_have_left(self, row: Row) -> bool:
        """Whether the request of a killed run may have left, as far as that can be known. It blocks."""
        ...

    def received(self, reservation: Reservation, answer: Answer) -> None:
        """Keep an answer as it came, before anybody reads it: a killed run leaves it to the next one.

        It blocks, as `last` and `answers` do.
        """
        ...

    def last(self, reservation: Reservation) -> None:
        """Have what was kept survive a power failure as well. What is stored needs it no more.

        Raises:
            StorageError: It can't be made to last.
        """
        ...

    def answers(self, reservation: Reservation) -> Sequence[Answer]:
        """The answers that were kept, in the order in which they came."""
        ...

    async def adopt(self, reservation: Reservation, jobs: Sequence[str]) -> str | None:
        """Write down the first of these ids that no other attempt has as the one under which the service knows it."""
        ...

    async def settle(
        self, reservation: Reservation, outcome: Outcome, cost: Usd, *, keep: bool = False, digest: str = ""
    ) -> None:
        """Book the attempt as what it turned out to be.

        Args:
            keep: Its money stays set aside, for an attempt that follows.
            digest: Of the bytes that are safe in the cache already: the row is final at once, as by `stored`.
        """
        ...

    async def put_off(self, reservation: Reservation) -> None:
        """Leave the attempt as it is for a later run: nobody is at work on it, and its money won't come free now."""
        ...

    async def stored(self, reservation: Reservation, digest: str) -> None:
        """The bytes are safe in the cache: the row is final, and the answers are let go."""
        ...

    async def abandon(self, row: Row) -> None:
        """Give up an unknown outcome, by the user's wish: its money stays counted, its purchase may be sent again."""
        ...

    async def supersede(self, row: Row) -> None:
        """Move a bought or refused row out of the way, by the user's wish to pay again; its money stays counted."""
        ...

    async def unfinished(self, states: Collection[RowState] = OPEN) -> Sequence[Row]:
        """Every row of this cache in these states that these services can be asked about, as they were sent."""
        ...

    async def spent(self) -> Usd:
        """What counts against the budget by now, with reservations and unknown outcomes."""
        ...

    async def over_life(self, keys: Iterable[str]) -> tuple[Usd, Usd]:
        """What was ever paid for these purchases, and what may have been: (booked, of that unknown)."""
        ...


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a service says of an account's limit: this many calls more within these seconds, then more again."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class AccountUse:
    """How the calls of one account went so far.

    Attributes:
        concurrency, most: Calls at once that are allowed now, and where nothing is wrong.
        per_minute: Requests a minute that are allowed now; None where no rate is known.
        calls: Those that were let through.
        refusals: How often the service asked for less.
        retries: Calls that were let through as a second try.
        waited: Seconds in which a call was held back for the account's rate.
    """

    concurrency: int
    most: int
    per_minute: float | None
    calls: int
    refusals: int
    retries: int
    waited: float


class RateLimiter(Protocol):
    """The limits of each account: how many calls at once, how often, and whether its service can be asked at all."""

    def near(self, provider: str) -> AbstractAsyncContextManager[Outcome | None]:
        """Wait until there is little to wait for at one provider: time to set money aside, and then to take a slot.

        Few are near at a time. It yields what `slot` does, and is left when the slot is had.
        """
        ...

    def slot(self, provider: str) -> AbstractAsyncContextManager[Outcome | None]:
        """Wait for a place at one provider, and hold it for one call.

        It yields None; or, where the service isn't asked now, how the call ends instead: then nothing is to be sent.
        """
        ...

    def told(self, provider: str, said: Answer | Outcome) -> ProviderLimited | None:
        """Learn from an answer or from how a call ended, before its slot is free; what changed by it, if it shows.

        An answer is told as it came, for what it says of the account; where it is no success, how it ended is told too.
        """
        ...

    def may_retry(self, provider: str, outcome: Outcome) -> bool:
        """Whether a call that ended so may be made once more: where much fails, retries only add to it."""
        ...

    def end(self) -> None:
        """Let everybody go who waits or comes: no call begins any more."""
        ...

    def in_flight(self) -> int:
        """How many calls are under way."""
        ...

    def use(self) -> Mapping[str, AccountUse]:
        """By provider, how its account fares."""
        ...


class CostTracker(Protocol):
    """What a run has cost so far."""

    def record(self, record: CostRecord) -> None: ...

    def records(self) -> Iterable[CostRecord]: ...

    @property
    def total(self) -> Usd: ...

    def breakdown(self) -> CostBreakdown: ...


class Clock(Protocol):
    """Time, so that a test can own it."""

    def now(self) -> dt.datetime:
        """The time of day, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back."""
        ...

    async def sleep(self, seconds: float) -> None: ...
