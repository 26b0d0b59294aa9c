from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.server import Services


@pytest.fixture
def services() -> Iterator[Services]:
    """A server that answers at once."""
    with Services() as running:
        yield running
