"""Replicate's list of jobs: where a job is found again whose acceptance was lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from assetgen.core.actions import JSON
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Call
from assetgen.providers import outcomes
from assetgen.providers.outcomes import UnreadableError
from assetgen.providers.replicate import calls
from assetgen.providers.replicate.predictions import is_id

PAGES = 50


@dataclass(frozen=True, slots=True)
class Listing:
    """Looks through all jobs since a moment. `get` asks the service for a path."""

    get: Callable[[str], Awaitable[Answer]]

    async def find(self, call: Call, age: dt.timedelta) -> list[str]:
        """The ids of jobs of exactly this call that are not older than this, the oldest first.

        Raises:
            AttemptError: The list can't be had, is too long, or no longer shows what a job was asked for that might
                be it. To say that there is none would mean to pay again.
        """
        of_model = [item async for item in self._items(age) if calls.is_of(call, item)]
        found = [item for item in of_model if calls.asks_the_same(call, item)]
        if not found and any(not item.get("input") for item in of_model):
            raise _unclear("the service no longer shows what one of the jobs was asked for")
        return [str(item["id"]) for item in sorted(found, key=lambda item: str(item.get("created_at")))]

    async def _items(self, age: dt.timedelta) -> AsyncIterator[Mapping[str, JSON]]:
        """What is listed of that time, the newest first. When that begins is told by the service's own clock."""
        query: dict[str, str] = {}
        since: dt.datetime | None = None
        for _ in range(PAGES):
            answer = await self._page(query)
            since = since or _date(answer) - age
            page = _parsed(answer)
            results = page.get("results")
            if not isinstance(results, list):
                raise _unclear("the answer is no list")
            items = [item for item in results if isinstance(item, dict) and is_id(item.get("id"))]
            young = [item for item in items if not _is_before(item, since)]
            for item in young:
                yield item
            if not page.get("next") or (items and not young):
                return
            query["cursor"] = _cursor(page["next"])
        raise _unclear(f"it has more than {PAGES} pages")

    async def _page(self, query: Mapping[str, str]) -> Answer:
        answer = await self.get(f"predictions?{urlencode(query)}" if query else "predictions")
        if answer.status != 200:
            raise _unclear(f"the answer was {answer.status}")
        return answer


def _parsed(answer: Answer) -> dict[str, JSON]:
    try:
        return outcomes.parsed(answer)
    except UnreadableError as error:
        raise _unclear(str(error)) from None


def _date(answer: Answer) -> dt.datetime:
    """What time it is for the service."""
    try:
        found = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        raise _unclear("it doesn't say what time it is") from None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _cursor(following: JSON) -> str:
    """Where the next page begins. The rest of its address is not used: the service's own base URL is."""
    values = parse_qs(urlsplit(following).query).get("cursor") if isinstance(following, str) else None
    if not values:
        raise _unclear("it doesn't say where its next page begins")
    return values[0]


def _is_before(item: Mapping[str, JSON], since: dt.datetime) -> bool:
    """Whether the service lists a job all the same that is older; one whose age it doesn't tell is not."""
    try:
        created = dt.datetime.fromisoformat(str(item.get("created_at")))
    except ValueError:
        return False
    return (created if created.tzinfo else created.replace(tzinfo=dt.UTC)) < since


def _unclear(reason: str) -> AttemptError:
    message = f"The list of jobs doesn't tell whether it was taken: {reason.rstrip('.')}."
    return AttemptError(Outcome(OutcomeClass.UNKNOWN, "outcome_unknown", message))
