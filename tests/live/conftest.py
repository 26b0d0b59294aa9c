from __future__ import annotations

import pytest

from tests.e2e.command import ROOT
from tests.live.keys import hide_keys


def pytest_configure(config: pytest.Config) -> None:
    hide_keys(config, ROOT)
