"""One project under proof: its folder, the services it buys from, and what all of them say afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assetgen.core.journal import Account, Row
from assetgen.core.money import Usd
from assetgen.ledger.journal import Journal
from tests.proofs.nursery import PATIENCE, Child, Nursery
from tests.services.server import Services

ACTIONS = "actions.json"
CACHE, STATE, OUT = "cache", "state", "out"
PRIVATE = ".assetgen"

SYNCHRONOUS = "flux-schnell"
"""Sold by Together: its answer is all that there ever is."""
JOBS = "sdxl"
"""Sold by Replicate: its jobs can be found again."""
TOLD = {SYNCHRONOUS: "synchronous service", JOBS: "job service"}
PRICES = {SYNCHRONOUS: Usd(708), JOBS: Usd(9000)}
"""Of one picture of these sizes, by the catalog and on the bill."""
SIZES = {SYNCHRONOUS: "512x512", JOBS: "1024x1024"}


def pictures(model: str, count: int, about: str = "A pier at dusk") -> list[dict[str, str]]:
    """Actions for so many different pictures of one model."""
    return [
        {
            "type": "asset_image",
            "id": f"{about.split()[1]}{number:04}",
            "prompt": f"{about}, number {number}",
            "size": SIZES[model],
            "model": model,
        }
        for number in range(count)
    ]


@dataclass
class Site:
    """A folder with actions, and all that a run of them leaves.

    Attributes:
        budget: What `--max-cost` says; it is never passed.
        patience: Seconds within which a run ends.
        settings: The lines of `assetgen.yaml`.
    """

    folder: Path
    services: Services
    nursery: Nursery
    model: str
    budget: Usd
    options: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    actions: list[dict[str, str]] = field(default_factory=list)
    patience: float = PATIENCE

    def write(self, actions: list[dict[str, str]]) -> None:
        """Write the files that a user has."""
        self.actions = actions
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / ACTIONS).write_text(json.dumps({"actions": actions}))
        if self.settings:
            (self.folder / "assetgen.yaml").write_text(json.dumps(self.settings))

    def start(self, *more: str, out: str = OUT, held: Sequence[str] = ()) -> Child:
        """A run under way. Calls of the names `held` wait at its door."""
        return self.nursery.start(self.folder, self.arguments(*more, out=out), self.environment(), held, self.patience)

    def run(self, *more: str, out: str = OUT) -> int:
        """A run to its end; its exit code."""
        return self.start(*more, out=out).wait()

    def arguments(self, *more: str, out: str = OUT) -> list[str]:
        places = ("--cache-dir", CACHE, "--state-dir", STATE, "--out", out)
        return ["run", ACTIONS, *places, "--max-cost", str(self.budget), "--progress", "plain", *self.options, *more]

    def environment(self) -> dict[str, str]:
        """Nothing of this machine but the path of its programs."""
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder / "home"),
            "LANG": "C.UTF-8",
            **self.services.environment(),
        }

    def observed(self) -> tuple[list[Row], list[Account]]:
        """The ledger as it stands, read from a copy: a killed run's last transaction is for the next run to undo."""
        copy = self.folder / "observed"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name in ("ledger.db", "ledger.db-journal"):
            if (self.folder / STATE / name).exists():
                shutil.copy2(self.folder / STATE / name, copy)
        return self._read(Journal.find(copy))

    def ledger(self) -> tuple[list[Row], list[Account]]:
        """The same while nobody is killed."""
        return self._read(Journal.find(self.folder / STATE))

    def _read(self, journal: Journal | None) -> tuple[list[Row], list[Account]]:
        return (journal.rows(), journal.accounts()) if journal is not None else ([], [])

    def manifest(self, out: str = OUT) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.folder / out / "manifest.json").read_text())
        return document

    def outputs(self, out: str = OUT) -> dict[str, Path]:
        """Every file that a user sees in the output folder, by its path in it."""
        root = self.folder / out
        found = (path for path in root.rglob("*") if path.is_file())
        return {
            path.relative_to(root).as_posix(): path for path in found if PRIVATE not in path.relative_to(root).parts
        }

    def blobs(self) -> list[Path]:
        """Every blob of the cache."""
        found = (self.folder / CACHE / "assets" / "blobs").glob("??/*")
        return [path for path in found if not path.name.startswith(".assetgen-")]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
