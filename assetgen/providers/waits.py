"""How long a service asks to wait, and what it says of an account's limits, in the many ways in which services do."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime

from assetgen.core.actions import JSON
from assetgen.core.ports import Allowance
from assetgen.core.requests import Answer

NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"
UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
TOO_MANY = 429
TOKENS = "-tokens"
LIMITED = ("", "-requests", TOKENS)
LONGEST_TEXT = 4000
"""Bytes of a refusal in which its limit is looked for."""
_NUMBER = re.compile(NUMBER)
_DURATION = re.compile(rf"(?:{NUMBER}(?:ms|h|m|s))+")
_PART = re.compile(rf"({NUMBER})(ms|h|m|s)")
_REDUCED = re.compile(rb"reduced to ([0-9]{1,6}) requests per minute")
_IN_WORDS = re.compile(rf"(?:resets|try again) in ~?((?:{NUMBER}(?:ms|h|m|s))+)")


def retry_after(headers: Mapping[str, str], body: JSON = None) -> float | None:
    """The seconds that an answer asks to wait: infinite where what it says makes no sense, None where it says nothing.

    What is meant for this answer goes before what describes the account's limits. A date is measured against the
    answer's own date, because our clock may be wrong.
    """
    return next(_said(headers, body), None)


def allowance(answer: Answer) -> Allowance | None:
    """What an answer says of its account's limit, the tightest one; None where it says nothing that makes sense.

    Most count down in headers what is left until a limit is reset; one that was reduced is named in a refusal's words.
    """
    named = _REDUCED.search(answer.body[:LONGEST_TEXT]) if answer.status == TOO_MANY else None
    if named and int(named[1]):
        return Allowance(int(named[1]), 60.0)
    counted = [one for end in LIMITED if (one := _counted(answer.headers, end)) is not None]
    return min(counted, key=lambda one: (one.calls > 0, one.calls / one.seconds), default=None)


def _counted(headers: Mapping[str, str], end: str) -> Allowance | None:
    left, reset = headers.get(f"x-ratelimit-remaining{end}"), headers.get(f"x-ratelimit-reset{end}")
    if left is None or reset is None:
        return None
    calls, seconds = _seconds(left), _reset(reset)
    if math.inf in {calls, seconds} or not seconds or (calls and end == TOKENS):
        # Nobody knows how many tokens a call takes; that none are left says enough.
        return None
    return Allowance(int(calls), seconds)


def _said(headers: Mapping[str, str], body: JSON) -> Iterator[float]:
    """Every wait that the answer names, the most trustworthy first."""
    if "retry-after-ms" in headers:
        yield _seconds(headers["retry-after-ms"]) / 1000
    if "retry-after" in headers:
        yield _seconds_or_date(headers["retry-after"], headers.get("date", ""))
    yield from _of_body(body)
    resets = [_reset(headers[name]) for end in LIMITED if (name := f"x-ratelimit-reset{end}") in _spent(headers, end)]
    yield from [max(resets)] if resets else []


def _of_body(body: JSON) -> Iterator[float]:
    if not isinstance(body, dict):
        return
    if "retry_after" in body:
        yield _seconds(body["retry_after"])
    error = body.get("error")
    inner = error if isinstance(error, dict) else {}
    details = inner.get("details")
    for detail in details if isinstance(details, list) else []:
        if isinstance(detail, dict) and detail.get("@type") == RETRY_INFO:
            yield _duration(detail.get("retryDelay"))
    for words in (body.get("detail"), inner.get("message")):
        found = _IN_WORDS.search(words) if isinstance(words, str) else None
        if found:
            yield _duration(found[1])


def _spent(headers: Mapping[str, str], end: str) -> Mapping[str, str]:
    """The headers, where this limit of the account is used up or not told."""
    return headers if headers.get(f"x-ratelimit-remaining{end}", "0").strip() == "0" else {}


def _seconds(value: JSON) -> float:
    match value:
        case bool():
            return math.inf
        case int() | float() if 0 <= value <= 10**12:
            return float(value)
        case str() if _NUMBER.fullmatch(value.strip()):
            return float(value)
        case _:
            return math.inf


def _seconds_or_date(text: str, now: str) -> float:
    seconds = _seconds(text)
    if seconds < math.inf:
        return seconds
    then, since = _date(text), _date(now)
    return max(0.0, (then - since).total_seconds()) if then and since else math.inf


def _date(text: str) -> dt.datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _duration(value: JSON) -> float:
    """`41s`, `6m0s`, `20ms`, `1.5s`."""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        return math.inf
    return sum(float(number) * UNITS[unit] for number, unit in _PART.findall(value))


def _reset(value: str) -> float:
    """Plain seconds at some services, a duration at others."""
    readers: tuple[Callable[[JSON], float], ...] = (_seconds, _duration)
    return min(read(value) for read in readers)
