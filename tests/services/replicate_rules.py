"""What Replicate refuses, in its own words, and what the headers of a request ask for."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from assetgen.core.actions import JSON
from tests.services.fields import Complaint, Field, Wrong, first_complaint
from tests.services.replicate_models import FLUX, INPUT, SDXL, SDXL_VERSION
from tests.services.wire import Answer, json_answer
from tests.services.world import Ask

UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600}
MODEL_PATH = re.compile(r"/models/([\w.-]+/[\w.-]+)/predictions")
_PREFER = re.compile(r"wait(?:=([1-9]|[1-5][0-9]|60))?")
_CANCEL_AFTER = re.compile(r"(?:[1-9][0-9]*[smh])+")

ENVELOPE: Mapping[str, Field] = {
    "version": Field(str),
    "input": Field(dict, required=True),
    "webhook": Field(str),
    "webhook_events_filter": Field(list),
    "stream": Field(bool),
}
FAILURES: Mapping[int, tuple[str, str]] = {
    400: ("Bad request", "The request could not be understood."),
    401: ("Unauthenticated", "You did not pass a valid authentication token"),
    402: (
        "Insufficient credit",
        (
            "You have insufficient credit to run this model. Go to "
            "https://replicate.com/account/billing#billing to purchase credit. Once you purchase credit, please wait a "
            "few minutes before trying again."
        ),
    ),
    403: ("Forbidden", "You do not have permission to perform this action."),
    404: ("Not found", "The requested resource could not be found."),
    422: (
        "Invalid version or not permitted",
        ("The specified version does not exist (or perhaps you don't have permission to use it?)"),
    ),
    500: ("Internal server error", "An internal error occurred."),
    503: ("Service unavailable", "The service is temporarily unavailable."),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What the headers of a create ask for: seconds to hold the answer, and seconds until the job is given up."""

    wait: float = 0.0
    cancel_after: float = math.inf


def model_of(ask: Ask) -> str | Answer:
    """Which model is to run; community models only run by their version."""
    complaint = first_complaint(ask.body, ENVELOPE)
    if complaint:
        return _invalid(complaint, "")
    by_path = MODEL_PATH.fullmatch(ask.path)
    version = ask.body.get("version")
    if by_path:
        if by_path[1] not in INPUT:
            return problem(404, *FAILURES[404])
        if version is not None:
            return _invalid(Complaint("version", Wrong.UNKNOWN, "is not permitted"), "")
        return by_path[1] if by_path[1] == FLUX else problem(422, *FAILURES[422])
    if version is None:
        return _invalid(Complaint("version", Wrong.REQUIRED, "is required"), "")
    known = {SDXL_VERSION: SDXL, f"{SDXL}:{SDXL_VERSION}": SDXL, FLUX: FLUX}
    return known.get(cast("str", version)) or problem(422, *FAILURES[422])


def refused_input(model: str, body: Mapping[str, JSON]) -> Answer | None:
    """What is wrong with the input for a model."""
    complaint = first_complaint(cast("dict[str, JSON]", body["input"]), INPUT[model])
    return _invalid(complaint, "input") if complaint else None


def _invalid(complaint: Complaint, parent: str) -> Answer:
    """The documented form of a complaint about the input; about a missing field it names the parent."""
    field = ".".join(filter(None, (parent, complaint.field)))
    place = (parent or "(root)") if complaint.wrong is Wrong.REQUIRED else field
    words = f"{complaint.field} {complaint.message}" if complaint.wrong is Wrong.REQUIRED else complaint.message
    if complaint.wrong is Wrong.UNKNOWN:
        place, words = parent or "(root)", f"Additional property {complaint.field} is not allowed"
    fields: JSON = [{"type": complaint.wrong.value, "field": place, "description": words}]
    return json_answer(
        422,
        {
            "title": "Input validation failed",
            "detail": f"- {place}: {words}\n",
            "status": 422,
            "invalid_fields": fields,
        },
    )


def terms_of(headers: Mapping[str, str]) -> Terms | Answer:
    """What `Prefer` and `Cancel-After` ask for, or what is wrong with them."""
    prefer, cancel = headers.get("prefer"), headers.get("cancel-after")
    wait = _PREFER.fullmatch(prefer) if prefer is not None else None
    if prefer is not None and not wait:
        return problem(400, "Bad request", f"Prefer: {prefer!r} is not `wait` or `wait=n` with n from 1 to 60")
    if cancel is not None and not _CANCEL_AFTER.fullmatch(cancel):
        return problem(400, "Bad request", f"Cancel-After: {cancel!r} is not a duration such as 30s or 1m")
    seconds = sum(int(part[:-1]) * UNIT_SECONDS[part[-1]] for part in re.findall(r"[0-9]+[smh]", cancel or ""))
    return Terms(float(wait[1] or 60) if wait else 0.0, seconds or math.inf)


def problem(status: int, title: str, detail: str) -> Answer:
    """The documented body of an error."""
    return json_answer(status, {"title": title, "detail": detail, "status": status})
