"""A ledger for what costs nothing: it keeps no journal, and so refuses to pay."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence

from assetgen.core.errors import BudgetError
from assetgen.core.jobs import Purchase
from assetgen.core.journal import OPEN, Reservation, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome
from assetgen.core.requests import Answer


class FreeLedger:
    """Lets free attempts through, for drafts. A paid one needs a journal that survives a crash, and is refused."""

    def __init__(self) -> None:
        self._rows = itertools.count(1)

    async def join(self) -> None:
        """There is no account."""

    async def leave(self, exit_code: int) -> None:
        """There is no account."""

    def close(self) -> None:
        """Nothing is held open."""

    async def standing(self, key: str) -> Row | None:
        return None

    async def row(self, identifier: int) -> Row:
        raise LookupError(identifier)

    async def standings(self, keys: Iterable[str]) -> Mapping[str, Row]:
        return {}

    async def reserve(
        self, purchase: Purchase, job: str, attempt: int, amount: Usd, *, instead: Reservation | None = None
    ) -> Reservation:
        if amount:
            raise BudgetError(
                f"`{purchase.provider}` takes ${amount} for `{job}`, and drafts cost nothing",
                action=job,
                help="run without --draft",
            )
        return Reservation(next(self._rows), purchase.key, amount, "", dt.datetime.now(dt.UTC))

    def leaving(self, reservation: Reservation) -> None:
        """What is asked for nothing can be asked again."""

    def may_have_left(self, row: Row) -> bool:
        return True

    def received(self, reservation: Reservation, answer: Answer) -> None:
        """What was free can be asked for again: nothing to keep."""

    def last(self, reservation: Reservation) -> None:
        """Nothing is kept."""

    def answers(self, reservation: Reservation) -> Sequence[Answer]:
        return ()

    async def adopt(self, reservation: Reservation, jobs: Sequence[str]) -> str | None:
        return next(iter(jobs), None)

    async def settle(
        self, reservation: Reservation, outcome: Outcome, cost: Usd, *, keep: bool = False, digest: str = ""
    ) -> None:
        """Nothing was set aside, so there is nothing to book."""

    async def put_off(self, reservation: Reservation) -> None:
        """A free attempt is just made again."""

    async def stored(self, reservation: Reservation, digest: str) -> None:
        """The cache's sidecar is all there is to know of a free attempt."""

    async def abandon(self, row: Row) -> None:
        """There are no rows."""

    async def supersede(self, row: Row) -> None:
        """There are no rows."""

    async def unfinished(self, states: Collection[RowState] = OPEN) -> Sequence[Row]:
        return ()

    async def spent(self) -> Usd:
        return Usd()

    async def over_life(self, keys: Iterable[str]) -> tuple[Usd, Usd]:
        return Usd(), Usd()
