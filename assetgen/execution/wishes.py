"""What the user allows to be paid for a second time."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.core.journal import REBOUGHT, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.surveys import Consent


@dataclass(slots=True)
class Wishes:
    """The user's consent, each part of which is good once per purchase in a run."""

    consent: Consent = Consent()
    _at_risk: Usd = Usd()
    _used: set[str] = field(default_factory=set)

    def may_rebuy(self, row: Row) -> bool:
        """Whether a row may be superseded: not one of this account, so that the same command never pays twice."""
        return self.consent.rebuy and row.state in REBOUGHT and not row.here

    def may_retry(self, row: Row) -> bool:
        """Whether an unknown outcome may be risked; it counts as risked from then on."""
        if not self.consent.retry or row.state is not RowState.UNKNOWN or row.purchase.key in self._used:
            return False
        at_risk = self._at_risk + row.booked
        if self.consent.limit is not None and at_risk > self.consent.limit:
            return False
        self._at_risk = at_risk
        self._used.add(row.purchase.key)
        return True
