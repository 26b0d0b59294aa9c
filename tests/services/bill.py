"""The true bill: what the services really did, whatever became of their answers."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass

from assetgen.core.actions import JSON


@dataclass(slots=True)
class Entry:
    """One request that a service executed.

    Attributes:
        amount: In micro-dollars. 0 until a job starts, and for good where it never does.
        request: The canonical JSON of its body.
        prediction: The id of the job; empty for services without jobs.
        delivered: The whole answer went out while the client was still there.
    """

    service: str
    model: str
    amount: int
    request: str
    prediction: str = ""
    delivered: bool = False


class Bill:
    """Everything that was executed, in order. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[Entry] = []
        self._by_request: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        self._repeated: list[Entry] = []
        self._total = 0

    @property
    def entries(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)

    @property
    def total(self) -> int:
        """In micro-dollars."""
        return self._total

    def add(self, entry: Entry) -> Entry:
        """Book an executed request, and remember it as repeated where an earlier one of it was delivered."""
        with self._lock:
            same = self._by_request[entry.service, entry.request]
            if any(one.delivered for one in same):
                self._repeated.append(entry)
            same.append(entry)
            self._entries.append(entry)
            self._total += entry.amount
        return entry

    def charge(self, entry: Entry, amount: int) -> None:
        """Set what a booked request costs after all."""
        with self._lock:
            self._total += amount - entry.amount
            entry.amount = amount

    def creates(self, service: str) -> int:
        """How many paid requests a service executed."""
        return sum(entry.service == service for entry in self.entries)

    def by_request(self) -> Counter[str]:
        """How often each request was executed, by the canonical JSON of its body."""
        return Counter(entry.request for entry in self.entries)

    def repeated(self) -> list[Entry]:
        """Requests that were executed again although an earlier answer to the very same one had been delivered."""
        with self._lock:
            return list(self._repeated)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._by_request.clear()
            self._repeated.clear()
            self._total = 0

    def as_json(self) -> dict[str, JSON]:
        """Total, creates by service, entries and repeated entries."""
        entries = self.entries
        return {
            "total": self.total,
            "creates": dict(Counter(entry.service for entry in entries)),
            "entries": [asdict(entry) for entry in entries],
            "repeated": [asdict(entry) for entry in self.repeated()],
        }
