from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.e2e.command import Command
from tests.services.remote import Remote, serving
from tests.terminal.recording import Recording, recording

GAME = """\
actions:
  - {type: asset_image, id: harbour-of-the-drowned-city/at-night-and-in-the-fog, prompt: A harbour, size: 320x240}
%s
"""
PICTURE = "  - {type: asset_image, id: tide/%02d, prompt: A tide %d, size: 320x240}"
SETTINGS = """\
models: {flux-schnell: [together, replicate]}
prices: {together/flux-schnell: {usd: "0.01", per: image}, replicate/flux-schnell: {usd: "0.02", per: image}}
"""

Watch = Callable[..., AbstractContextManager[Recording]]


@pytest.fixture(scope="session")
def _services() -> Iterator[Remote]:
    with serving("--latency", "0.2") as remote:
        yield remote


@pytest.fixture
def services(_services: Remote) -> Remote:
    """Services that take a fifth of a second for a picture, and know of nothing yet."""
    _services.reset()
    _services.clear_faults()
    return _services


@pytest.fixture
def game(tmp_path: Path) -> Command:
    """A folder with thirteen pictures to make, one of them with a long name."""
    command = Command(tmp_path)
    command.write("actions.yaml", GAME % "\n".join(PICTURE % (number, number) for number in range(12)))
    command.write("assetgen.yaml", SETTINGS)
    return command


@pytest.fixture
def watch(game: Command) -> Watch:
    """Look on while the command runs in a terminal: `watch("run", "actions.yaml", columns=80, NO_COLOR="1")`."""

    def begin(
        *arguments: str, columns: int = 80, rows: int = 24, **variables: str
    ) -> AbstractContextManager[Recording]:
        environment = game.variables(**{"TERM": "xterm-256color", **variables})
        line = game.line(*arguments)
        return recording(line, folder=game.folder, environment=environment, columns=columns, rows=rows)

    return begin
