"""Which seller a job came to, where that is not the first one: one small JSON file for each such job."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from assetgen.cache.fan import Fan
from assetgen.cache.sidecars import checked
from assetgen.core import durable

SCHEMA = "assetgen/resolution@1"


class Resolutions:
    """Files `ab/<job's key>.json` below a folder. Every method may raise `OSError`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._fan = Fan(folder)

    def path(self, job: str) -> Path:
        return Path(self._fan.name(_file(job)))

    def write(self, job: str, purchases: Sequence[str]) -> None:
        """Remember durably that these purchases are the job's."""
        data = json.dumps({"schema": SCHEMA, "purchases": list(purchases)}).encode() + b"\n"
        self._fan.write(_file(job), data, 0o644)

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


def _file(job: str) -> str:
    return f"{checked(job)}.json"
