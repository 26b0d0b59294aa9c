"""What an attempt counts for in the ledger."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass

FREE = frozenset({OutcomeClass.NOT_SENT, OutcomeClass.REFUSED})


def charge(purchase: Purchase, amount: Usd, outcome: Outcome) -> Usd:
    """Nothing where it was not done, what was billed by time where that is reported, else all that was set aside."""
    if outcome.kind in FREE:
        return Usd()
    if outcome.kind is OutcomeClass.UNKNOWN or purchase.seconds is None or outcome.seconds is None:
        return amount
    micros = Decimal(amount.micros) * outcome.seconds / purchase.seconds
    return Usd(int(micros.to_integral_value(ROUND_CEILING)))
