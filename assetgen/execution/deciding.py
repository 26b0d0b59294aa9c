"""What to do after an attempt: one pure function of how it ended and how the ones before it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assetgen.core.outcomes import Outcome, OutcomeClass

RETRIES_NOT_DONE = 3
RETRIES_FAILED = 2
LONGEST_WAIT = 120.0
FIRST_BACKOFF = 0.5
LONGEST_BACKOFF = 30.0

RETRIED_STATUSES = frozenset({408, 425, 429, 503})
"""Refusals that say: not now. Whatever else was refused would be refused again."""

FAILS_OVER = frozenset(
    {"auth", "quota", "model_unavailable", "rate_limited", "service_down", "service_error", "network"}
)
"""Failures of the seller, not of what was asked: the next one may do it."""


@dataclass(frozen=True, slots=True)
class Accept:
    """The bytes are bought and right."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Ask the same seller once more after `wait` seconds; it is retry number `number` of at most `of`."""

    wait: float
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class NextSeller:
    """This seller can't; nothing was bought; another one may."""


@dataclass(frozen=True, slots=True)
class Fail:
    """The asset fails: what was asked was refused, or what was paid for can't be used."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Nobody knows whether it was done and charged: asking again could pay twice."""


Decision = Accept | Retry | NextSeller | Fail | Hold


def decide(outcome: Outcome, before: Sequence[Outcome], jitter: float) -> Decision:
    """What follows from an attempt.

    Args:
        outcome: How it ended.
        before: How earlier attempts at the same purchase with the same seller ended.
        jitter: From 0 to 1; back-off is drawn from the whole range up to its cap, so that callers spread.
    """
    match outcome.kind:
        case OutcomeClass.GOOD:
            return Accept()
        case OutcomeClass.UNKNOWN:
            return Hold()
        case OutcomeClass.UNUSABLE:
            return Fail()
        case OutcomeClass.FAILED:
            return _retry(outcome, before, jitter, RETRIES_FAILED) if outcome.status == 500 else Fail()
        case OutcomeClass.NOT_SENT:
            return _retry(outcome, before, jitter, RETRIES_NOT_DONE)
        case OutcomeClass.REFUSED:
            if outcome.status in RETRIED_STATUSES and outcome.code not in {"auth", "quota"}:
                return _retry(outcome, before, jitter, RETRIES_NOT_DONE)
            return give_up(outcome)


def _retry(outcome: Outcome, before: Sequence[Outcome], jitter: float, most: int) -> Decision:
    number = Counter(_class(one) for one in before)[_class(outcome)] + 1
    if number > most:
        return give_up(outcome)
    if outcome.retry_after is not None:
        return Retry(outcome.retry_after, number, most) if outcome.retry_after <= LONGEST_WAIT else give_up(outcome)
    return Retry(jitter * min(LONGEST_BACKOFF, FIRST_BACKOFF * 2**number), number, most)


def _class(outcome: Outcome) -> str:
    """What surely was not done shares one allowance, however it was said."""
    return "failed" if outcome.kind is OutcomeClass.FAILED else "not_done"


def give_up(outcome: Outcome) -> Decision:
    """What follows where the same seller is not asked once more."""
    return NextSeller() if outcome.code in FAILS_OVER else Fail()
