"""What Replicate's answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assetgen.core.actions import JSON
from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass, Pending, Reading
from assetgen.core.requests import Answer, Source
from assetgen.providers import outcomes
from assetgen.providers.outcomes import UnreadableError

ENDED = frozenset({"succeeded", "failed", "canceled", "aborted"})
LONGEST_RUN = 86_400
"""Seconds; a run that says that it took longer is not believed."""

_ID = re.compile(r"[a-z0-9]{8,64}")
_UNSAFE = re.compile(r"nsfw|safety|sensitive|moderat", re.IGNORECASE)
_NOT_SERVED = re.compile(r"version does not exist|not permitted", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prediction:
    """A job as the service shows it. Addresses in it are never used but for that of its output."""

    id: str
    status: str
    output: JSON
    error: str
    removed: bool
    seconds: Decimal | None

    @classmethod
    def of(cls, answer: Answer) -> Prediction:
        """Raises UnreadableError where the answer shows no job."""
        body = outcomes.parsed(answer)
        name = body.get("id")
        if not is_id(name):
            raise UnreadableError("The answer names no job.")
        return cls(
            str(name),
            str(body.get("status")),
            body.get("output"),
            str(body.get("error") or ""),
            body.get("data_removed") is True,
            _seconds(body.get("metrics")),
        )

    @property
    def ended(self) -> bool:
        return self.status in ENDED


def is_id(value: JSON) -> bool:
    """Whether it can stand in an address of ours."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def read(answer: Answer) -> Reading:
    """An answer to a request for a job, or about one.

    An answer that shows no job although it says that there is one leaves everything open: the job can be looked for.
    """
    if outcomes.classify(answer.status)[0] is not OutcomeClass.GOOD:
        return unsuccessful(answer)
    try:
        prediction = Prediction.of(answer)
    except UnreadableError as error:
        return Outcome(OutcomeClass.UNKNOWN, "outcome_unknown", str(error), answer.status)
    return _ended(prediction, answer.status) if prediction.ended else Pending(prediction.id)


def _ended(prediction: Prediction, status: int) -> Reading:
    match prediction.status:
        case "succeeded":
            return _succeeded(prediction)
        case "aborted":
            message = "The service gave it up before it began, which costs nothing: no machine was free in time."
            return Outcome(OutcomeClass.REFUSED, "service_down", message, status)
        case "canceled":
            message = "It was called off while it ran, because it took too long."
            return Outcome(OutcomeClass.FAILED, "timeout", message, status, seconds=prediction.seconds)
        case _:
            return _failed(prediction, status)


def _succeeded(prediction: Prediction) -> Reading:
    match prediction.output:
        case str(url) | [str(url)]:
            return Elsewhere(url, prediction.seconds, prediction.id)
        case output if output is None or prediction.removed:
            return _useless(
                prediction, "expired", "It was paid for; Replicate removes what came of a job after an hour."
            )
        case [_, _, *_] as several:
            return _useless(prediction, "unusable_image", f"The job made {len(several)} pictures instead of one.")
        case _:
            return _useless(prediction, "unusable_image", "The job succeeded, and no picture came of it.")


def _failed(prediction: Prediction, status: int) -> Outcome:
    words = outcomes.quoted(prediction.error) or "it doesn't say why"
    if _UNSAFE.search(prediction.error):
        code, message = "content_refused", f"The picture was withheld as unsafe: {words}"
    else:
        code, message = "service_error", f"The run failed: {words}"
    return Outcome(OutcomeClass.FAILED, code, message, status, seconds=prediction.seconds)


def _useless(prediction: Prediction, code: str, message: str) -> Outcome:
    return Outcome(OutcomeClass.UNUSABLE, code, message, seconds=prediction.seconds)


def unsuccessful(answer: Answer) -> Outcome:
    """An answer whose status is no success."""
    kind, _ = outcomes.classify(answer.status)
    body = outcomes.details(answer)
    said = str(body.get("detail") or body.get("title") or "")
    if answer.source is Source.JOB or kind is OutcomeClass.UNUSABLE:
        # No such answer is an end of a job, and the job may be there.
        message = outcomes.in_words(answer.status, "outcome_unknown", said)
        return Outcome(OutcomeClass.UNKNOWN, "outcome_unknown", message, answer.status)
    code = _code(answer.status, f"{body.get('title')} {said}")
    return outcomes.unsuccessful(answer, said=said, code=code, unusable_as="unusable_image", body=body)


def _code(status: int, words: str) -> str:
    """What the words of a refusal tell beyond its status."""
    if status == 404 or (status == 422 and _NOT_SERVED.search(words)):
        return "model_unavailable"
    return "content_refused" if status in {400, 422} and _UNSAFE.search(words) else ""


def _seconds(metrics: JSON) -> Decimal | None:
    """The seconds that the run took, which is what is billed."""
    match metrics:
        case {"predict_time": int() | float() as seconds} if 0 <= seconds <= LONGEST_RUN:
            return Decimal(str(float(seconds)))
        case _:
            return None
