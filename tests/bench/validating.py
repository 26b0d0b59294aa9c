"""Reading and checking a large file, beside what the C YAML loader alone takes for it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.files import actions_yaml
from tests.bench.processes import paired
from tests.bench.report import Figure

LOAD = "import sys, yaml; yaml.load(open(sys.argv[1], encoding='utf-8'), Loader=yaml.CSafeLoader)"


def figures(actions: int = 10_000, runs: int = 5) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "actions.yaml"
        path.write_text(actions_yaml(actions), encoding="utf-8")
        ours, floor = paired(["-m", "assetgen", "validate", str(path)], ["-c", LOAD, str(path)], runs)
    return [Figure(f"`assetgen validate`, {actions} YAML actions", ours, "CSafeLoader alone", floor, 1.0)]
