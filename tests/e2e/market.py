"""A folder whose pictures three services may be asked for, and the runs in it: the whole tool, in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetgen.api import Project, RunOptions
from assetgen.core.actions import JSON
from assetgen.core.clock import SystemClock
from assetgen.core.events import Event, Timed
from assetgen.core.jobs import Plan
from assetgen.core.journal import Row
from assetgen.core.money import Usd
from assetgen.core.ports import Clock
from assetgen.core.results import RunResult
from assetgen.core.surveys import Consent, Survey
from assetgen.dsl import checking
from assetgen.ledger.journal import Journal
from assetgen.settings import Settings
from tests.services.server import Services

CHAINS: Mapping[str, Any] = {
    "flux-schnell": ["together", "replicate", {"model": "gpt-image-2"}],
    "gpt-image-2": [{"provider": "openai", "model": "gpt-image-2:low"}],
}
"""Two who sell the model, and an alternative of a third."""


def picture(name: str, prompt: str = "", size: str = "256x256") -> Mapping[str, JSON]:
    return {"type": "asset_image", "id": name, "prompt": prompt or f"A pier, {name}", "size": size}


def pictures(count: int) -> list[Mapping[str, JSON]]:
    return [picture(f"p{number:03}") for number in range(count)]


@dataclass
class Market:
    """Attributes:
    settings: Beside the folders and chains.
    environment: Addresses and keys.
    events: What was said in the last run.
    """

    folder: Path
    services: Services
    settings: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=SystemClock)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environment = {**self.services.environment(), **self.environment}

    def project(self, **settings: Any) -> Project:
        where = {name: self.folder / name for name in ("out", "cache_dir", "state_dir")}
        chosen = {**where, "models": CHAINS, **self.settings, **settings}
        return Project(Settings.model_validate(chosen), dict(self.environment), self.clock)

    def planned(self, actions: list[Mapping[str, JSON]], **settings: Any) -> tuple[Project, Plan]:
        project = self.project(**settings)
        return project, project.plan(checking.parse(actions, project.rules))

    async def running(
        self, actions: list[Mapping[str, JSON]], options: RunOptions | None = None, **settings: Any
    ) -> RunResult:
        project, plan = self.planned(actions, **settings)
        return await project.run(plan, options or RunOptions(listeners=(self.hear,)))

    def run(self, *actions: Mapping[str, JSON], **options: Any) -> RunResult:
        self.events.clear()
        return asyncio.run(self.running(list(actions), RunOptions(listeners=(self.hear,), **options)))

    def survey(self, *actions: Mapping[str, JSON], **consent: Any) -> Survey:
        project, plan = self.planned(list(actions))
        return project.survey(plan, consent=Consent(**consent))

    def hear(self, timed: Timed) -> None:
        self.events.append(timed.event)

    def heard(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def rows(self) -> tuple[Row, ...]:
        journal = Journal.find(self.folder / "state_dir")
        return tuple(journal.rows()) if journal is not None else ()

    def booked(self) -> int:
        """What all attempts come to in the ledger, in micro-dollars."""
        return Usd.sum(row.booked for row in self.rows()).micros

    def images(self) -> dict[str, Any]:
        """The manifest's pictures by id."""
        manifest = json.loads((self.folder / "out/manifest.json").read_text())
        return {image["id"]: image for image in manifest["images"]}

    def asked(self, service: str = "") -> int:
        """Requests that pay, to one service or to all."""
        return sum(seen.where == "create" and service in ("", seen.service) for seen in self.services.requests)
