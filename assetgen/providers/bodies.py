"""JSON as OpenAI shaped it and many services copied it: pictures in a list, and errors with their words."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.core.actions import JSON
from assetgen.core.outcomes import Elsewhere, Reading, unusable
from assetgen.core.requests import Answer, ImageRequest
from assetgen.providers import outcomes
from assetgen.providers.outcomes import UnreadableError

UNUSABLE = "unusable_image"
_NAMES = {"message": ("message", "msg"), "type": ("type",), "code": ("code", "error")}
"""By what we call it, what services call it within an error."""


def picture(answer: Answer, request: ImageRequest) -> Reading:
    """The one picture of a successful answer, or the address where it lies."""
    try:
        return _listed(outcomes.parsed(answer), request)
    except UnreadableError as error:
        return unusable(UNUSABLE, str(error))


def error_of(body: Mapping[str, JSON]) -> dict[str, str]:
    """The message, type and code of an error, empty where there are none.

    `{"error": {…}}` is how most say it; some only have a text there, and servers built on FastAPI say `detail`, which
    may be a text, an object, or a list of objects.
    """
    found = body.get("error") or body.get("detail")
    if isinstance(found, list) and found:
        found = found[0]
    named: Mapping[str, JSON] = found if isinstance(found, dict) else {"message": found}
    return {ours: _text(named, theirs) for ours, theirs in _NAMES.items()}


def _listed(body: Mapping[str, JSON], request: ImageRequest) -> Reading:
    match body:
        case {"data": [{"b64_json": str(text)}]}:
            return outcomes.picture(outcomes.unbased(text), request)
        case {"data": [{"url": str(url)}]}:
            return Elsewhere(url)
        case {"data": [_, _, *_] as several}:
            raise UnreadableError(f"The answer holds {len(several)} pictures instead of one.")
        case {"error": _}:
            words = outcomes.quoted(error_of(body)["message"])
            raise UnreadableError(f"The answer holds an error instead of a picture: {words}")
        case _:
            raise UnreadableError("The answer holds no picture.")


def _text(named: Mapping[str, JSON], names: tuple[str, ...]) -> str:
    return next((str(named[name]) for name in names if named.get(name)), "")
