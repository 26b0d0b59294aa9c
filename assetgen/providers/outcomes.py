"""From answers to outcomes: what a status means for money and retries, in words that a user understands."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from http import HTTPStatus

import pybase64

from assetgen.core.actions import JSON
from assetgen.core.outcomes import Content, Outcome, OutcomeClass, good, unusable
from assetgen.core.requests import Answer, ImageRequest
from assetgen.media.pictures import verify
from assetgen.media.problems import MediaError
from assetgen.providers.waits import retry_after

LONGEST_QUOTE = 300
"""Characters of a service's own words."""

_MEANINGS: Mapping[int, tuple[OutcomeClass, str]] = {
    401: (OutcomeClass.REFUSED, "auth"),
    402: (OutcomeClass.REFUSED, "quota"),
    403: (OutcomeClass.REFUSED, "auth"),
    407: (OutcomeClass.REFUSED, "network"),
    408: (OutcomeClass.REFUSED, "service_down"),
    425: (OutcomeClass.REFUSED, "service_down"),
    429: (OutcomeClass.REFUSED, "rate_limited"),
    500: (OutcomeClass.FAILED, "service_error"),
    503: (OutcomeClass.REFUSED, "service_down"),
}

_WORDS: Mapping[str, str] = {
    "auth": "The key was refused",
    "content_refused": "The prompt was refused",
    "invalid_request": "The request was not accepted",
    "model_unavailable": "The model is not served to this account",
    "network": "A proxy refused the request",
    "quota": "The account has no credit left",
    "rate_limited": "The account may not send more requests now",
    "service_down": "The service can't take requests now",
    "service_error": "The service failed",
}


class UnreadableError(Exception):
    """An answer is not what was agreed; the message says why in one sentence."""


def classify(status: int) -> tuple[OutcomeClass, str]:
    """What a status says of a paying request, with the failure's code.

    GOOD only means that the body is worth reading. A gateway's 502 or 504 says nothing of the service behind it, and
    so does any status from 500 on that services aren't known to use, so nobody knows what was done. UNUSABLE has no
    code here: it depends on what was bought.
    """
    if status in _MEANINGS:
        return _MEANINGS[status]
    match status:
        case 204 | 205 | 206:
            return OutcomeClass.UNUSABLE, ""
        case _ if 200 <= status < 300:
            return OutcomeClass.GOOD, ""
        case _ if 300 <= status < 400:
            return OutcomeClass.REFUSED, "service_down"
        case _ if 400 <= status < 500:
            return OutcomeClass.REFUSED, "invalid_request"
        case _ if 500 <= status < 600:
            return OutcomeClass.UNKNOWN, "service_down"
        case _:
            return OutcomeClass.UNUSABLE, ""


def unsuccessful(answer: Answer, *, said: str = "", code: str = "", unusable_as: str, body: JSON = None) -> Outcome:
    """The outcome of an answer whose status is no success.

    Args:
        said: The service's own words, raw.
        code: What the body says that it is, where that is more than the status tells.
        unusable_as: The code of what is paid for and can't be used.
    """
    kind, usual = classify(answer.status)
    assert kind is not OutcomeClass.GOOD, "a success is read, not explained"
    final = unusable_as if kind is OutcomeClass.UNUSABLE else code or usual
    wait = retry_after(answer.headers, body) if kind in {OutcomeClass.REFUSED, OutcomeClass.FAILED} else None
    return Outcome(kind, final, in_words(answer.status, final, said), answer.status, wait)


def in_words(status: int, code: str, said: str = "") -> str:
    """One sentence for the code, then the status, then the service's own words."""
    if 300 <= status < 400:
        return f"The service wants the request elsewhere ({status}), which is not followed: check its base URL."
    behind = code == "service_down" and classify(status)[0] is OutcomeClass.UNKNOWN
    words = "No answer of the service itself came" if behind else _WORDS.get(code, "No picture or sound came")
    lead = f"{words} ({_named(status)})"
    return f"{lead}: {quoted(said)}" if said.strip() else f"{lead}."


def quoted(text: str) -> str:
    """A service's words on one line of at most 300 characters, with everything escaped that is no plain text.

    No word is cut, be it the only one: a part of a key would not be recognized as one.
    """
    begun, rest = text[: 4 * LONGEST_QUOTE], text[4 * LONGEST_QUOTE :]
    line = " ".join(begun.split())
    if rest and not (begun[-1].isspace() or rest[0].isspace()):
        line = line.rpartition(" ")[0]
    plain = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)
    if len(plain) > LONGEST_QUOTE - bool(rest):
        plain = plain[:LONGEST_QUOTE].rpartition(" ")[0]
        rest = "more"
    return f"{plain}…" if rest else plain


def content(answer: Answer) -> bytes:
    """The bytes of an answer. Raises UnreadableError where there are none, or they are compressed."""
    if answer.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise UnreadableError("The answer is compressed, which was not agreed.")
    if not answer.body:
        raise UnreadableError("The answer is empty.")
    return answer.body


def parsed(answer: Answer) -> dict[str, JSON]:
    """The JSON object of an answer.

    Raises:
        UnreadableError: It is compressed, empty, or anything but one JSON object.
    """
    value = _json(content(answer))
    if not isinstance(value, dict):
        raise UnreadableError("The answer is no JSON object.")
    return value


def details(answer: Answer) -> dict[str, JSON]:
    """The JSON object of an answer, empty where there is none: for what only explains a status."""
    try:
        return parsed(answer)
    except UnreadableError:
        return {}


def unbased(text: JSON) -> bytes:
    """The bytes of standard base64, strictly. Raises UnreadableError."""
    try:
        return pybase64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        raise UnreadableError("The answer is not the base64 that was agreed.") from None


def picture(data: bytes, request: ImageRequest) -> Outcome:
    """A picture that was bought. Its size may be another one than asked for, within reason: it is cut to size later."""
    try:
        found = verify(data, reject_blank=not request.blank)
    except MediaError as error:
        return unusable("unusable_image", error.message)
    if 2 * found.width < request.width or 2 * found.height < request.height:
        size, wanted = f"{found.width}x{found.height}", f"{request.width}x{request.height}"
        return unusable("unusable_image", f"The picture has {size} pixels instead of {wanted}.")
    return good(Content(data, found.media_type, width=found.width, height=found.height))


def file(answer: Answer, request: ImageRequest) -> Outcome:
    """A picture that was fetched from where it lay."""
    match answer.status:
        case 200:
            return picture(answer.body, request)
        case 404 | 410:
            return unusable("expired", "It was paid for, and the service has removed it since.")
        case status:
            return unusable("download_failed", f"It was paid for, and its address answers with {_named(status)}.")


def _json(data: bytes) -> JSON:
    # Ten times as fast as the standard library's, which would be half of the work of reading a picture.
    from pydantic_core import from_json

    try:
        value: JSON = from_json(data, allow_inf_nan=False)
    except ValueError:
        raise UnreadableError("The answer is no JSON.") from None
    return value


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
