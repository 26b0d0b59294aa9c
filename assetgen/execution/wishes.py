"""What the user allows to be paid for a second time."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.core.journal import REBOUGHT, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.surveys import Consent


@dataclass(slots=True)
class Wishes:
    """The user's consent, each part of which is good once per purchase in a run.

    Attributes:
        frozen: Nothing is bought at all.
        upgrading: Ids of assets that stand as an alternative model made them, and are wanted of their first choice.
    """

    consent: Consent = Consent()
    frozen: bool = False
    upgrading: frozenset[str] = frozenset()
    _at_risk: Usd = Usd()
    _used: set[str] = field(default_factory=set)

    def may_rebuy(self, row: Row) -> bool:
        """Whether a row may be superseded.

        What was refused or unusable in the open account stays, so that the same command never pays for it twice. Bytes
        that are gone are there again as soon as they are bought.
        """
        return self.consent.rebuy and row.state in REBOUGHT and (row.gone or not row.here)

    def too_risky(self, row: Row) -> Usd | None:
        """The limit that keeps an unknown outcome from being risked, where it is that alone."""
        limit = self.consent.limit
        return limit if self._wanted(row) and limit is not None and self._at_risk + row.booked > limit else None

    def _wanted(self, row: Row) -> bool:
        return self.consent.retry and row.state is RowState.UNKNOWN and row.purchase.key not in self._used

    def may_retry(self, row: Row) -> bool:
        """Whether an unknown outcome may be risked; it counts as risked from then on."""
        if not self._wanted(row) or self.too_risky(row) is not None:
            return False
        self._at_risk += row.booked
        self._used.add(row.purchase.key)
        return True
