"""The proofs take minutes: all of them are slow."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.proofs.nursery import Nursery
from tests.services.server import Services

HERE = Path(__file__).parent
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as opened:
        yield opened


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def slow_services() -> Iterator[Services]:
    """A picture takes them long enough to be interrupted."""
    with Services(latency=0.3) as running:
        yield running


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: a kill leaves what was written, synced or not, and disks are slow."""
    parent = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="assetgen-proof-", dir=parent))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
