"""What the answer to a free question says of a service."""

from __future__ import annotations

from collections.abc import Callable

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import Probed
from assetgen.core.requests import Answer
from assetgen.providers.outcomes import classify, in_words


def probed(answer: Answer, unsuccessful: Callable[[Answer], Outcome]) -> Probed:
    """Whether the service answers as itself, and takes the key.

    Args:
        unsuccessful: What an answer of this service means whose status is no success.
    """
    date = answer.headers.get("date", "")
    if classify(answer.status)[0] is OutcomeClass.GOOD:
        return Probed(date=date) if _is_json(answer.body) else Probed("service_error", _stranger("no JSON"), date)
    if answer.status == 404:
        return Probed("service_error", _stranger("404 Not Found"), date)
    outcome = unsuccessful(answer)
    # Services quote parts of a key that they refuse.
    message = in_words(answer.status, outcome.code) if outcome.code == "auth" else outcome.message
    return Probed(outcome.code, message, date)


def _is_json(body: bytes) -> bool:
    return body.lstrip()[:1] in (b"{", b"[")


def _stranger(why: str) -> str:
    return f"Something answers at its address, but not as the service does ({why}): check its base URL."
