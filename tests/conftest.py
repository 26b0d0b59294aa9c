from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import ROOT, SCENE, Command
from tests.live.keys import hide_keys
from tests.proofs.figures import figures, pytest_terminal_summary

__all__ = ["figures", "pytest_terminal_summary"]


def pytest_configure(config: pytest.Config) -> None:
    hide_keys(config, ROOT)


@pytest.fixture
def assetgen(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.fixture
def scene(assetgen: Command) -> Command:
    """A folder with a small `actions.yaml`: a picture, a narration, and a cutscene of both."""
    assetgen.write("actions.yaml", SCENE)
    return assetgen


ACME = Path(__file__).parent / "e2e/third_party"


@pytest.fixture
def acme(assetgen: Command) -> Command:
    """A folder with one picture, which comes from acme, whose package is installed."""
    assetgen.write("actions.yaml", "[{type: asset_image, id: pier, prompt: A pier at dusk, size: 320x240, seed: 7}]")
    assetgen.write("assetgen.yaml", "models: {flux-schnell: [acme]}\n")
    assetgen.environment["PYTHONPATH"] = f"{ROOT}:{ACME}"
    return assetgen
