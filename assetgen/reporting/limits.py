"""What a service allows for now, in a few words: how many calls at once, how often, or none for a while."""

from __future__ import annotations

import math

from assetgen.core.events import ProviderLimited
from assetgen.reporting.theme import Symbols, plural, safe

NOTICED = 1.0
"""Seconds without a call from which on they are spoken of."""
LASTING = 10.0
"""Seconds for which it is shown that a service allows as much as before again."""


def said(event: ProviderLimited, symbols: Symbols, *, since: float = 0.0) -> str:
    """`together 8 → 4 at once, it answered with 429`; `since` is how many seconds ago that began."""
    return f"{safe(event.provider)} {_change(event, symbols, event.wait - since)}, {safe(event.reason)}"


def _change(event: ProviderLimited, symbols: Symbols, wait: float) -> str:
    pause = f"not asked for {math.ceil(wait)} s" if wait >= NOTICED else ""
    if event.concurrency == 0:
        return pause or "not asked for now"
    if event.was == 0:
        return f"asked again, {event.concurrency} at once"
    if event.concurrency != event.was:
        changed = f"{event.was} {symbols.arrow} {event.concurrency} at once"
        return f"{changed}, {pause}" if pause else changed
    if pause or event.per_minute is None:
        return pause or f"{event.concurrency} at once"
    return f"{plural(round(event.per_minute), 'call', symbols)} a minute"


class Limits:
    """What the services allow at the moment."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[float, ProviderLimited]] = {}
        self._most: dict[str, int] = {}

    def change(self, t: float, event: ProviderLimited) -> None:
        """A service allows something else from the time `t` on."""
        most = max(self._most.get(event.provider, 0), event.was, event.concurrency)
        self._most[event.provider] = most
        self._last[event.provider] = (t, event)

    def at_once(self, provider: str) -> int | None:
        """Calls that a service allows at once, 0 while it isn't asked; None where it never said anything."""
        known = self._last.get(provider)
        return known[1].concurrency if known else None

    def wait(self, provider: str, t: float) -> float:
        """Seconds for which a service isn't asked at the time `t`."""
        known = self._last.get(provider)
        return max(known[0] + known[1].wait - t, 0.0) if known else 0.0

    def pause(self, provider: str) -> float:
        """For how many seconds a service wished not to be asked when it last said something."""
        known = self._last.get(provider)
        return known[1].wait if known else 0.0

    def told(self, t: float, symbols: Symbols) -> list[str]:
        """A text for every service that allows less than at first, or said something just now; the newest last."""
        telling = sorted(self._last.values(), key=lambda one: one[0])
        return [said(event, symbols, since=t - at) for at, event in telling if self._is_telling(t, at, event)]

    def _is_telling(self, t: float, at: float, event: ProviderLimited) -> bool:
        return event.concurrency < self._most[event.provider] or t < at + max(event.wait, LASTING)
