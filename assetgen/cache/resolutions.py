"""Which seller a job came to, where that is not the first one: one small JSON file for each such job."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from assetgen.cache.sidecars import checked
from assetgen.core import durable

SCHEMA = "assetgen/resolution@1"


class Resolutions:
    """Files `ab/<job's key>.json` below a folder. Every method may raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, job: str) -> Path:
        return self.folder / checked(job)[:2] / f"{job}.json"

    def write(self, job: str, purchases: Sequence[str]) -> None:
        """Remember durably that these purchases are the job's."""
        durable.make_folder(self.path(job).parent, 0o700)
        durable.write(self.path(job), json.dumps({"schema": SCHEMA, "purchases": list(purchases)}).encode() + b"\n")

    def read(self, job: str) -> tuple[str, ...] | None:
        """The job's purchases; None where its first seller had it. Raises ValueError for a damaged file."""
        try:
            data = durable.read(self.path(job))
        except FileNotFoundError:
            return None
        match json.loads(data):
            case {"schema": "assetgen/resolution@1", "purchases": [*keys]} if all(isinstance(key, str) for key in keys):
                return tuple(keys)
            case _:
                raise ValueError("is no whole JSON document of its kind")
