"""Replicate's predictions: what each was asked for, and how far it has come at any time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from assetgen.core.actions import JSON
from tests.services.bill import Entry
from tests.services.pictures import Painting
from tests.services.world import HOUR, iso

TERMINAL = ("succeeded", "failed", "canceled", "aborted")
STARTING_SHARE = 0.25
"""How much of its time a prediction waits for a machine."""
NOMINAL_SECONDS = 1.2
"""The time that a run is said to have taken where the server takes none."""
NSFW = {
    "stability-ai/sdxl": "NSFW content detected. Try running it again, or try a different prompt.",
    "black-forest-labs/flux-schnell": "All generated images contained NSFW content. Try running it again with a "
    "different prompt.",
}
ENDS: Mapping[str, str] = {
    "job_failed": "failed",
    "job_nsfw": "failed",
    "job_aborted": "aborted",
    "job_canceled": "canceled",
    "job_unknown_status": "hibernating",
}
"""The last status of a job that is lied about."""


@dataclass(slots=True)
class Prediction:
    """One job; times in seconds since 1970.

    Attributes:
        input: As it was sent.
        deadline: When it is given up, started or not.
        stopped: When it was canceled.
        entry: Its line on the bill; `price` goes there when it starts.
    """

    id: str
    model: str
    version: str
    input: Mapping[str, JSON]
    paintings: list[Painting]
    created: float
    seconds: float
    price: int
    entry: Entry
    deadline: float = math.inf
    stopped: float = math.inf
    lie: str = ""
    outputs: list[str] = field(default_factory=list)

    @property
    def starts(self) -> float:
        return math.inf if self.lie == "job_queued" else self.created + self.seconds * STARTING_SHARE

    @property
    def ends(self) -> float:
        return math.inf if self.lie in {"job_stuck", "job_queued"} else self.created + self.seconds

    @property
    def given_up(self) -> float:
        """When somebody or its deadline stops it, if it isn't done by then."""
        return min(self.deadline, self.stopped)

    def status(self, now: float) -> str:
        stop = self.given_up
        if stop <= now and stop < self.ends:
            return "aborted" if stop <= self.starts and self.seconds else "canceled"
        if now < self.starts:
            return "starting"
        if now < self.ends:
            return "processing"
        return ENDS.get(self.lie, "succeeded")

    def started(self, now: float) -> bool:
        """Whether it has begun to run, and costs money."""
        return now >= self.starts and self.status(now) != "aborted"

    def ended(self, now: float) -> bool:
        return self.status(now) in TERMINAL

    def removed(self, now: float) -> bool:
        """Whether input, output and logs are gone: an hour after it was created."""
        return now >= self.created + HOUR or self.lie == "data_removed"

    def error(self, now: float) -> str | None:
        if self.status(now) != "failed":
            return None
        return NSFW.get(self.model, NSFW["stability-ai/sdxl"]) if self.lie == "job_nsfw" else "CUDA out of memory."

    def run_seconds(self, now: float) -> float:
        """The time that the run is billed for."""
        if not self.seconds:
            return NOMINAL_SECONDS
        return round(min(now, self.ends, self.given_up) - self.starts, 6)

    def as_json(self, now: float, api: str) -> dict[str, JSON]:
        """As the service shows it; `api` is the base of its addresses."""
        status, removed = self.status(now), self.removed(now)
        ended, started = self.ended(now), self.started(now)
        shown: list[JSON] = list(self.outputs)
        shown_id = f"{self.id[:-1]}x" if self.lie == "job_id_changed" else self.id
        return {
            "id": shown_id,
            "model": self.model,
            "version": self.version,
            "input": {} if removed else dict(self.input),
            "output": shown if status == "succeeded" and not removed else None,
            "error": self.error(now),
            "logs": "" if removed or not started else "Using seed: 12345\n",
            "status": status,
            "source": "api",
            "data_removed": removed,
            "created_at": iso(self.created),
            "started_at": iso(self.starts) if started else None,
            "completed_at": iso(min(self.ends, self.given_up)) if ended else None,
            "metrics": self._metrics(now) if ended and started else {},
            "urls": {
                "get": f"{api}/predictions/{self.id}",
                "cancel": f"{api}/predictions/{self.id}/cancel",
                "web": f"https://replicate.com/p/{self.id}",
            },
        }

    def _metrics(self, now: float) -> JSON:
        seconds = self.run_seconds(now)
        total = round(min(self.ends, self.given_up) - self.created, 6) or seconds
        return {"predict_time": seconds, "total_time": total, "image_count": len(self.outputs)}
