"""What is said of a whole cache after looking through it, or after deleting from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.core.actions import Kind
from assetgen.core.money import Usd


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the cache: `bytes` on the disk, where equal blobs count once; `worth` is what was paid for it."""

    entries: int = 0
    bytes: int = 0
    worth: Usd = Usd()
    last: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """What the cache holds; kinds that it has nothing of are left out. `damaged` counts unreadable sidecars."""

    by_kind: Mapping[Kind, Share]
    total: Share
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Cleared:
    """What was cleared, or would be. `worth` is what was paid for it; `keys` are the purchases."""

    entries: int
    bytes: int
    worth: Usd
    keys: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What nobody needed: blobs without a sidecar (and their bytes), files never finished, locks nobody holds."""

    blobs: int
    bytes: int
    temporaries: int
    locks: int


@dataclass(frozen=True, slots=True)
class Damage:
    """One purchase that is not what it was, and in which way."""

    key: str
    what: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many purchases are whole, which are damaged, and the keys of those whose bytes are gone."""

    whole: int
    damaged: tuple[Damage, ...]
    lost: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.damaged and not self.lost


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many purchases the index knows now, and which sidecars could not be read."""

    entries: int
    damaged: tuple[Damage, ...]
