"""The server in a process of its own, and a small client of its own addresses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from assetgen.core.actions import JSON
from tests.services.server import environment

ROOT = Path(__file__).parents[2]


class Remote:
    """A server at an origin such as `http://127.0.0.1:8765`, in whatever process."""

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def environment(self) -> dict[str, str]:
        """Every `*_BASE_URL` and a valid key for each service."""
        return environment(self.origin)

    def bill(self) -> dict[str, JSON]:
        """`total` in micro-dollars, `creates` by service, `entries`, and those that were `repeated`."""
        return cast("dict[str, JSON]", self._call("/_bill"))

    def violations(self) -> list[str]:
        return cast("list[str]", self._call("/_violations"))

    def requests(self, service: str = "") -> list[dict[str, JSON]]:
        """What was asked, of one service or of all."""
        query = f"?service={service}" if service else ""
        return cast("list[dict[str, JSON]]", self._call(f"/_requests{query}"))

    def elsewhere(self) -> list[dict[str, JSON]]:
        """What was asked of the other host."""
        return cast("list[dict[str, JSON]]", self._call("/_elsewhere"))

    def script(self, service: str, *faults: JSON, where: str = "create", always: bool = False) -> None:
        """Faults as words (`"429"`, `"hang"`, `"html_200"`) or as objects with the attributes of `Fault`."""
        self._call("/_faults", {"service": service, "faults": list(faults), "where": where, "always": always})

    def seeded(self, seed: int, rate: float, *kinds: str) -> None:
        """Random faults, the same for the same seed."""
        self._call("/_faults", {"seed": seed, "rate": rate, "kinds": list(kinds)})

    def clear_faults(self) -> None:
        self._call("/_faults", {"clear": True})

    def advance(self, seconds: float) -> None:
        """Move the services' clock forward."""
        self._call("/_advance", {"seconds": seconds})

    def reset(self) -> None:
        """Forget everything but the clock."""
        self._call("/_reset", {})

    def _call(self, path: str, body: JSON = None) -> JSON:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data)  # noqa: S310 - an http address on this machine
        with _direct().open(request, timeout=30) as answer:
            return cast("JSON", json.load(answer))


@contextmanager
def serving(*arguments: str) -> Iterator[Remote]:
    """A server in its own process for as long as the context lasts; `arguments` as by hand."""
    command = [sys.executable, "-m", "tests.services", "--port", "0", "--quiet", *arguments]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}
    ) as process:
        assert process.stdout is not None
        try:
            yield Remote(process.stdout.readline().strip())
        finally:
            process.terminate()


def _direct() -> urllib.request.OpenerDirector:
    """Without the proxies that the environment may name."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
