"""What a run says may be typed next, typed."""

from __future__ import annotations

import re
import shlex
import signal
from collections.abc import Iterator

import pytest

from tests.e2e.command import Command
from tests.services.faults import Fault
from tests.services.server import Services

ACTIONS = "actions:\n" + "".join(
    f"  - {{type: asset_image, id: p{n}, prompt: pier {n}, size: 64x64}}\n" for n in range(6)
)


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def scene(assetgen: Command, services: Services) -> Command:
    assetgen.write("chapter.yaml", ACTIONS)
    assetgen.environment.update(services.environment())
    return assetgen


def test_what_was_being_made_again_goes_on_being_made_again(scene: Command, services: Services) -> None:
    assert scene("run", "chapter.yaml").code == 0
    services.faults.always("together", Fault.delay(0.5))
    words = ("run", "chapter.yaml", "-j", "1", "--only", "p*", "--force", "--progress", "plain")
    running = scene.start(*words)
    while len(services.requests) < 8:
        assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, said = running.communicate()
    assert running.returncode == 130
    line = re.search(r"what is missing: assetgen (.*)", said)
    assert line is not None
    assert shlex.split(line[1]) == list(words)
    services.faults.clear()
    assert scene(*shlex.split(line[1])).code == 0
    made = [seen for seen in services.requests if seen.where == "create"]
    assert len(made) == 12, "each once before, and once again"


def test_a_line_that_would_pay_twice_is_not_offered(scene: Command, services: Services) -> None:
    assert scene("run", "chapter.yaml").code == 0
    for service in ("together", "replicate", "openai"):
        services.faults.always(service, Fault.status(404))
    done = scene("run", "chapter.yaml", "--only", "p1", "--force", "--progress", "plain")
    assert done.code == 1
    assert "what is missing: assetgen run chapter.yaml --only p1 --progress plain\n" in done.err
