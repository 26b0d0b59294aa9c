"""Real keys: taken away from every test but those that are meant to use them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assetgen.catalog.services import SERVICES
from assetgen.settings import read_env_file

MARK = "live"
VARIABLES = frozenset(name for service in SERVICES.values() for name in (*service.keys, service.base_url_variable))


def hide_keys(config: pytest.Config, root: Path) -> None:
    """Forget the keys and addresses of this machine, unless nothing but live tests is selected.

    Raises:
        UsageError: An env file stands where a test would read it.
    """
    if config.getoption("markexpr") == MARK:
        return
    for name in VARIABLES & os.environ.keys():
        del os.environ[name]
    if VARIABLES & read_env_file(root / ".env").keys():
        raise pytest.UsageError(f"{root / '.env'} holds keys, which no test may see: move it elsewhere")
