"""What is to be said of the services that were asked: keys, answers, and the time of day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assetgen.api.soundings import Sounded
from assetgen.core.actions import JSON
from assetgen.core.examination import Area, Check, Level

MOST_SKEW = 60.0
"""Seconds by which this machine's clock may be wrong without a word."""
FAILING = 1
INVALID = 2
KEY_OR_QUOTA = 6


def service_checks(
    soundings: Iterable[Sounded], assets: Mapping[str, int], lacking: Mapping[str, Sequence[str]]
) -> Iterator[Check]:
    """One check for every service.

    Args:
        assets: By service, how many assets it may be asked for as one of their own; empty where nobody knows.
        lacking: By service without which assets can't be made, all services of which one would do.
    """
    for one in soundings:
        name = one.service.name
        yield _check(
            one, _wanted(assets.get(name)), [other for other in lacking.get(name, ()) if other != name], name in lacking
        )


def clock_checks(soundings: Iterable[Sounded]) -> Iterator[Check]:
    """Whether this machine's time is that of the services; nothing where none of them tells it."""
    skews = [one.skew for one in soundings if one.skew is not None]
    if not skews:
        return
    most = max(skews, key=abs)
    details: dict[str, JSON] = {"skew_seconds": round(most, 1)}
    if abs(most) <= MOST_SKEW:
        yield Check(Area.PROGRAM, "clock", Level.GOOD, "as the services' clocks", details=details)
        return
    way = "behind" if most > 0 else "ahead of"
    said = f"{abs(most):.0f} s {way} the services' clocks"
    advice = "set this machine's clock: certificates, dates and limits of a day go by it"
    yield Check(Area.PROGRAM, "clock", Level.WARNING, said, advice, details=details)


def _check(one: Sounded, wanted: str, others: Sequence[str], lacking: bool) -> Check:
    area, name, details = Area.SERVICES, one.service.name, _details(one)
    if not one.source and not (one.trouble and one.said):
        said = f"{one.variable} is not set{wanted}"
        if not lacking:
            return Check(area, name, Level.NOTE, said, details=details)
        return Check(area, name, Level.PROBLEM, said, _get_key(one, others), KEY_OR_QUOTA, details)
    if one.trouble:
        return _troubled(one, wanted, lacking, details)
    said = f"key from {one.variable} ({one.source}){_where(one)}"
    if one.seconds is None:
        return Check(area, name, Level.NOTE, f"{one.said}, {said}", details=details)
    return Check(area, name, Level.GOOD, f"answers in {one.seconds * 1000:.0f} ms, {said}", details=details)


def _troubled(one: Sounded, wanted: str, lacking: bool, details: Mapping[str, JSON]) -> Check:
    area, name = Area.SERVICES, one.service.name
    said = f"{one.said.rstrip('.')}{wanted}{_where(one)}"
    if one.trouble in {"auth", "quota"}:
        page = f"look at {one.service.account}" if one.service.account else "look at the service's console"
        advice = f"{one.variable} comes from {_source(one)}: {page}"
        return Check(area, name, Level.PROBLEM, said, advice, KEY_OR_QUOTA, details)
    if one.trouble == "model_unavailable":
        level, code = (Level.PROBLEM, KEY_OR_QUOTA) if lacking else (Level.NOTE, 0)
        return Check(area, name, level, said, "", code, details)
    advice = one.advice or f"`assetgen explain {one.trouble}` says what helps"
    return Check(area, name, Level.PROBLEM, said, advice, FAILING if one.address else INVALID, details)


def _get_key(one: Sounded, others: Sequence[str]) -> str:
    place = f" from {one.service.account}" if one.service.account else ""
    instead = f"; or that of {' or '.join(others)} instead" if others else ""
    return f"export {one.variable}=…{place}\nor write it into .env beside assetgen.yaml{instead}"


def _where(one: Sounded) -> str:
    """The address, where it is not the service's own."""
    usual = not one.address or one.address == one.service.base_url
    return "" if usual else f", at {one.address} ({one.host})"


def _source(one: Sounded) -> str:
    return "the environment" if one.source == "environment" else one.source


def _wanted(assets: int | None) -> str:
    if assets is None:
        return ""
    return {0: ", only an alternative here", 1: ", wanted for 1 asset"}.get(assets, f", wanted for {assets} assets")


def _details(one: Sounded) -> dict[str, JSON]:
    return {
        "key": one.variable,
        "key_set": bool(one.source),
        "key_source": one.source or None,
        "base_url": one.address or None,
        "host": one.host,
        "code": one.trouble,
        "milliseconds": round(one.seconds * 1000) if one.seconds is not None else None,
    }
