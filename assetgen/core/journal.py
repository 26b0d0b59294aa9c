"""The journal of paid calls: one row per attempt, and what may follow from the one that counts for a purchase."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd


class RowState(StrEnum):
    """Where an attempt stands."""

    SENDING = "sending"
    """Its money is set aside; the request is on its way, or was when its process ended."""
    ACCEPTED = "accepted"
    """A job service has taken it, and can be asked about it."""
    RECEIVED = "received"
    """Paid for and right; the bytes are not in the cache yet."""
    STORED = "stored"
    """The bytes are in the cache."""
    UNKNOWN = "unknown"
    """Nobody knows whether it was done and charged."""
    DECLINED = "declined"
    """The service will not make this content."""
    UNUSABLE = "unusable"
    """Paid for, and the bytes can't be used."""
    LOST = "lost"
    """Paid for, by the user's word, and the bytes never came."""
    RELEASED = "released"
    """Surely not done, and free."""
    FAILED = "failed"
    """The service says that it failed; it may have charged."""
    ABANDONED = "abandoned"
    """Its outcome stayed unknown, and the user chose to ask again."""
    SUPERSEDED = "superseded"
    """The user chose to buy it again."""
    DISCARDED = "discarded"
    """Its bytes were cleared from the cache."""


OPEN = frozenset({RowState.SENDING, RowState.ACCEPTED, RowState.RECEIVED})
"""Not final: somebody is at work on it, or was killed at it."""

STANDING = OPEN | {RowState.STORED, RowState.UNKNOWN, RowState.DECLINED, RowState.UNUSABLE, RowState.LOST}
"""One row in one of these is all that a purchase can have: it has to leave before another attempt can be made."""

REBOUGHT = frozenset({RowState.STORED, RowState.DECLINED, RowState.UNUSABLE, RowState.LOST})
"""What the user's explicit wish to pay again moves out of the way."""


@dataclass(frozen=True, slots=True)
class Row:
    """One attempt.

    Attributes:
        host: The class of the service's address, `real` or `loopback`.
        reserved: What was set aside for it.
        booked: What it counts for in every sum: the reservation until it is settled, then its cost.
        job: The id under which a job service knows it.
        here: It belongs to the open account of this run.
        asker: A mark of the address and the key that it was sent with.
        ours: They are today's, so that the service would know of it.
        code, message: How it ended, in the words of its outcome.
    """

    id: int
    cache: str
    purchase: Purchase
    host: str
    account: int
    project: str
    run: str
    action: str
    attempt: int
    state: RowState
    token: str
    reserved: Usd
    booked: Usd
    sent: dt.datetime
    job: str = ""
    digest: str = ""
    code: str = ""
    message: str = ""
    here: bool = False
    asker: str = ""
    ours: bool = True

    @property
    def gone(self) -> bool:
        """Whether it was bought, so that its bytes can only be wanted where they are lost."""
        return self.state in {RowState.STORED, RowState.LOST}

    @property
    def reservation(self) -> Reservation:
        return Reservation(self.id, self.purchase.key, self.reserved, self.token, self.sent, self.ours)


@dataclass(frozen=True, slots=True)
class Reservation:
    """One attempt's row, as whoever makes the attempt holds it; `ours` as in `Row`."""

    row: int
    key: str
    amount: Usd
    token: str
    sent: dt.datetime
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """The money of one output folder, from its opening until the last run that joined it ends by itself."""

    id: int
    out: str
    host: str
    opened: dt.datetime
    closed: dt.datetime | None
    booked: Usd
    unknown: Usd


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a row that was not final: the row as it stands now, and where it stood before."""

    row: Row
    was: RowState
