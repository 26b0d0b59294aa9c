"""How far one job has come: what was tried and paid for it, and what is said of it on the way."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.core.costs import CostRecord
from assetgen.core.events import ActionFailedOver, ActionRetry, ActionWaited, ActionWaiting, CallEnded, Wait
from assetgen.core.jobs import Candidate, Job, Purchase
from assetgen.core.journal import Reservation
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.execution.deciding import Retry
from assetgen.execution.workshop import Workshop

TELLING = 0.001
"""Seconds; whoever waited for less did not wait."""


@dataclass(slots=True)
class Progress:
    """One job in one run.

    Attributes:
        attempts, paid, unknown: What was tried, and what it cost or may have cost.
        seller: Who is asked, and for which model.
        asked: The seller at hand was asked at all.
        pending: The attempt that is under way.
    """

    job: Job
    shop: Workshop
    attempts: int = 0
    paid: Usd = Usd()
    unknown: Usd = Usd()
    seller: tuple[str, str] = ("", "")
    asked: bool = False
    pending: Reservation | None = None

    def book(self, purchase: Purchase, outcome: Outcome, cost: Usd) -> None:
        """Count what an attempt cost."""
        if outcome.kind is OutcomeClass.UNKNOWN:
            self.unknown += cost
        else:
            self.paid += cost
        record = CostRecord(
            self.shop.clock.now(),
            self.job.kind,
            purchase.model,
            purchase.provider,
            purchase.request.units,
            cost,
        )
        if outcome.good or cost:
            self.shop.costs.record(record)

    def say_ended(self, purchase: Purchase, outcome: Outcome, seconds: float, cost: Usd, *, again: bool) -> None:
        who, took = (purchase.provider, purchase.model), round(seconds, 3)
        self.shop.emit(CallEnded(self.job.id, self.job.kind, *who, outcome.kind, outcome.code, took, cost, again))

    def say_retry(self, purchase: Purchase, outcome: Outcome, retry: Retry) -> None:
        self.shop.emit(
            ActionRetry(
                self.job.id,
                purchase.provider,
                purchase.model,
                outcome.code,
                outcome.message,
                retry.number,
                retry.of,
                round(retry.wait, 3),
            )
        )

    def say_failed_over(self, candidate: Candidate, following: Candidate, outcome: Outcome) -> None:
        one, other = candidate.offer, following.offer
        self.shop.emit(
            ActionFailedOver(
                self.job.id,
                outcome.code,
                outcome.message,
                one.provider,
                one.model,
                other.provider,
                other.model,
                asked=self.asked,
            )
        )

    def say_waiting(self, reason: str) -> None:
        self.shop.emit(ActionWaiting(self.job.id, self.seller[0], reason))

    def say_waited(self, seconds: float, reason: Wait = Wait.PROCESS) -> None:
        if seconds >= TELLING:
            self.shop.emit(ActionWaited(self.job.id, *self.seller, reason, round(seconds, 3)))
