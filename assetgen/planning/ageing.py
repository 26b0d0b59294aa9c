"""What does not hold for long: models that end, and prices that were read long ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from assetgen.catalog.prices import stale
from assetgen.core.jobs import Job
from assetgen.core.offers import Offer
from assetgen.core.surveys import Standing, State
from assetgen.core.validation import Finding, Severity

SOON = dt.timedelta(days=90)
"""How long before its end a model is spoken of."""
OLD = 180
"""Days for which a price is believed without a word."""


def findings(offer: Offer, today: dt.date) -> tuple[Finding, ...]:
    """What is to be said of an offer on this day: `model_ends`, `price_old`, or nothing."""
    return (*_ending(offer, today), *_old(offer, today))


def with_warnings(standings: Iterable[Standing], today: dt.date) -> Iterator[Standing]:
    """The standings, each finding with the first asset that is to be bought by its offer."""
    told: set[tuple[str, str]] = set()
    for standing in standings:
        offer = _asked_first(standing.job) if standing.state in {State.NEW, State.CHANGED} else None
        if offer is None or (offer.provider, offer.sold_as) in told:
            yield standing
            continue
        told.add((offer.provider, offer.sold_as))
        found = findings(offer, today)
        job = standing.job
        yield replace(standing, job=replace(job, warnings=(*job.warnings, *found))) if found else standing


def _asked_first(job: Job) -> Offer | None:
    able = (candidate.offer for candidate in job.candidates if not candidate.unavailable)
    return next(able, job.candidates[0].offer if job.candidates else None)


def _ending(offer: Offer, today: dt.date) -> Iterator[Finding]:
    if offer.ends is None or offer.ends - today > SOON:
        return
    days = (offer.ends - today).days
    when = f"ends on {offer.ends}, in {_days(days)}" if days > 0 else f"ended on {offer.ends}"
    advice = "finish what you began with it, or choose another model: `assetgen models` shows their dates"
    yield Finding("model_ends", f"`{_name(offer)}` {when}", severity=Severity.WARNING, help=advice)


def _old(offer: Offer, today: dt.date) -> Iterator[Finding]:
    for one in stale(today, OLD, [offer]):
        assert one.price is not None, "only a price can be old"
        checked = one.price.checked
        said = f"the price of `{_name(offer)}` was read on {checked}, {_days((today - checked).days)} ago"
        advice = "update assetgen, or set it under `prices:` in assetgen.yaml"
        yield Finding("price_old", said, severity=Severity.WARNING, help=advice)


def _name(offer: Offer) -> str:
    return f"{offer.provider}/{offer.model}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
