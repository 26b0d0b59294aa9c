"""What a service sells: which model, at which sizes or with which voices, for how much."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.core.actions import Kind
from assetgen.core.money import Price


@dataclass(frozen=True, slots=True)
class Service:
    """A provider as a user meets it: its key, its address, where to get an account.

    `keys` are environment variables, the first one preferred; empty means that it needs no key.
    """

    name: str
    keys: tuple[str, ...] = ()
    base_url_variable: str = ""
    base_url: str = ""
    account: str = ""
    requests_per_minute: int | None = None
    concurrency: int = 8
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """The pictures that a service makes: a fixed list, or any size in a range on a grid, in pixels."""

    fixed: tuple[tuple[int, int], ...] = ()
    smallest: int = 64
    largest: int = 2048
    step: int = 1


@dataclass(frozen=True, slots=True)
class TextLimit:
    """The longest text of one request, in Unicode characters or in UTF-8 bytes."""

    most: int
    bytes: bool = False

    def measure(self, text: str) -> int:
        return len(text.encode()) if self.bytes else len(text)

    def fits(self, text: str) -> bool:
        return self.measure(text) <= self.most


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of a service. `pitch` in semitones is what makes it this tone; not every family takes it."""

    name: str
    takes_pitch: bool = False
    takes_speed: bool = True


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider's way to serve one model.

    Attributes:
        sold_as: The model's id on the wire, with its version.
        longest: The seconds after which the service itself ends a run that it bills by time.
    """

    provider: str
    model: str
    sold_as: str
    kind: Kind
    source: str
    checked: dt.date
    price: Price | None = None
    sizes: Sizes | None = None
    text_limit: TextLimit | None = None
    voices: Mapping[str, Voice] = field(default_factory=dict)
    takes: frozenset[str] = frozenset()
    ends: dt.date | None = None
    chargeable_attempts: int = 1
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Seller:
    """An offer's place in a model's chain; an alternative model's result counts as degraded."""

    offer: Offer
    degraded: bool = False
