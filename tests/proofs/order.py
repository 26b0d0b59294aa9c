"""What is on the disk before what: every durable step of one purchase, in the order in which the kernel sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

from assetgen.core.journal import RowState
from tests.proofs import calls, promises
from tests.proofs.calls import Call
from tests.proofs.promise import hold
from tests.proofs.site import CACHE, OUT, PRICES, STATE, Site, pictures

WRITES = frozenset({"write", "pwrite64", "writev", "ftruncate"})
SYNCS = frozenset({"fsync", "fdatasync"})
RENAMES = frozenset({"rename", "renameat", "renameat2"})
MAKES = frozenset({"mkdir", "mkdirat"})
SPOOL, BLOBS, SIDECARS = f"{STATE}/spool", f"{CACHE}/assets/blobs", f"{CACHE}/assets/purchases"
KEPT = f"{SPOOL}/kept"
"""In place of the answers that have their names, which nobody sees from the calls."""
LEDGER = (f"{STATE}/ledger.db", f"{STATE}/ledger.db-journal")
LOCKS = ("/lock", "/locks/", "/runs/", "/departures/", "index.lock", "/run.jsonl", "/said-")
"""Files whose content nothing depends on after a power failure."""


@dataclass
class Disk:
    """What a power failure would take: files with writes, and folders with new names, that nobody has synced since.

    Attributes:
        steps: How many calls it has seen.
        proven: Which rules were put to the test, and how often.
    """

    site: Site
    unsynced: set[str] = field(default_factory=set)
    steps: int = 0
    proven: dict[str, int] = field(default_factory=dict)

    def see(self, call: Call) -> None:
        """Check what must be on the disk before this call, then take it into account."""
        path = self._path(call)
        if call.is_wake_up or any(name in path for name in LOCKS):
            return
        self.steps += 1
        for concerns, rule, needed in RULES:
            if concerns(call.name, path):
                self._prove(rule, needed(path))
        if concerns_a_purchase(call.name, path) and self.site.services.requests == []:
            self._prove_row()
        self._take(call.name, path)

    def _path(self, call: Call) -> str:
        target = call.target
        if not PurePath(target).is_absolute():
            return target
        return target.removeprefix(f"{self.site.folder}/")

    def _take(self, name: str, path: str) -> None:
        if name in WRITES:
            self.unsynced.add(path)
        elif name in SYNCS:
            self.unsynced.discard(KEPT if path.startswith(f"{SPOOL}/") else path)
        elif name in RENAMES | MAKES:
            self.unsynced.add(str(PurePath(path).parent))
        if name in RENAMES:
            self._follow(path)

    def _follow(self, path: str) -> None:
        """An answer is written without being synced, and needs to be only as long as its bytes are stored nowhere."""
        if path.startswith(SPOOL):
            self.unsynced.discard(path)
            self.unsynced.add(KEPT)
        elif path.startswith(SIDECARS):
            self.unsynced = {one for one in self.unsynced if not one.startswith(SPOOL)}

    def _prove(self, rule: str, needed: tuple[str, ...]) -> None:
        left = [path for path in self.unsynced if path.startswith(needed)]
        hold("order on the disk", not left, f"{rule}: not synced: {left}")
        self.proven[rule] = self.proven.get(rule, 0) + 1

    def _prove_row(self) -> None:
        """At the very first request: it is in the ledger, with its money."""
        rows, _ = self.site.observed()
        sending = [row for row in rows if row.state is RowState.SENDING and row.booked == PRICES[self.site.model]]
        hold("order on the disk", len(sending) == 1, f"a request leaves, and the ledger has {rows}")


def concerns_a_purchase(name: str, path: str) -> bool:
    return name == "sendto" and path.startswith("socket:")


def _renames(below: str) -> Callable[[str, str], bool]:
    return lambda name, path: name in RENAMES and path.startswith(below)


def _writes_ledger(name: str, path: str) -> bool:
    return name in WRITES and path in LEDGER


RULES: tuple[tuple[Callable[[str, str], bool], str, Callable[[str], tuple[str, ...]]], ...] = (
    (concerns_a_purchase, "the ledger before a request", lambda _: LEDGER),
    (
        lambda name, path: name in RENAMES and not path.startswith(SPOOL),
        "a file before its name",
        lambda path: (path,),
    ),
    (_writes_ledger, "an answer, or what it brought, before it is booked", lambda _: (SPOOL,)),
    (_renames(SIDECARS), "a blob before its sidecar", lambda _: (BLOBS,)),
    (_writes_ledger, "blob and sidecar before they are booked", lambda _: (BLOBS, SIDECARS)),
    (
        lambda name, path: name in {"unlink", "unlinkat"} and path.startswith(SPOOL),
        "all of it before the answer is let go",
        lambda _: (BLOBS, SIDECARS, *LEDGER),
    ),
    (_renames(f"{OUT}/.assetgen-"), "the pictures before the manifest", lambda _: (f"{OUT}/images",)),
)


def in_order(site: Site) -> Disk:
    """Buy one picture and see the order of its steps; every rule must have been put to the test."""
    site.write(pictures(site.model, 1))
    disk = Disk(site)
    child = site.start(held=(*calls.DURABLE, "write", "writev"))
    assert child.door is not None
    try:
        for call in child.door.calls():
            disk.see(call)
            call.allow()
    finally:
        child.kill()
    promises.ended_well(child.wait(), child.said, {0})
    hold("order on the disk", len(disk.proven) == len(RULES), f"only these came up: {sorted(disk.proven)}")
    return disk
