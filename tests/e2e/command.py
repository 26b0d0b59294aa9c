"""The command as a user runs it: a process of its own, an empty home, a fresh folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"

SCENE = """\
actions:
  - {type: asset_image, id: pier, prompt: "A pier at dusk", size: 320x240}
  - {type: asset_subtitle, id: line, text: "Nobody on the quay said a word. They waited.", voice_tone: mysterious}
  - type: asset_cutscene
    id: scene
    shots: [{image_id: pier, subtitle_id: line, duration: 5, animation: slow_zoom}]
"""


WITH_DEFAULT_SIGNALS = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class Command:
    """`assetgen` in `folder`, with nothing of this machine's environment but the path of its Python."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | Path, stdin: str | None = None, **variables: str) -> Ended:
        done = subprocess.run(
            self.line(*arguments),
            cwd=self.folder,
            env=self.variables(**variables),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """The command under way, with signals as in a terminal, also where these tests run in the background."""
        return subprocess.Popen(
            [sys.executable, "-c", WITH_DEFAULT_SIGNALS, *self.line(*arguments)],
            cwd=self.folder,
            env=self.variables(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def line(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "assetgen", *map(str, arguments)]

    def variables(self, **more: str) -> dict[str, str]:
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        bare = {"PATH": os.defpath, "HOME": str(home), "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
        return {**bare, **self.environment, **more}

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file but what is private to assetgen, by its path."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".assetgen" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(found)}
