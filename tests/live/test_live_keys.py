"""No test sees a real key, but for those that are selected as live."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT
from tests.live.keys import VARIABLES
from tests.services.remote import serving

SPY = """
import os
import pytest

@pytest.mark.live
def test_live(): assert os.environ["OPENAI_API_KEY"] == "sk-real"

def test_other(): assert not {"OPENAI_API_KEY", "TOGETHER_BASE_URL"} & os.environ.keys()
"""
SPIED = "from tests.live.keys import hide_keys\nfrom pathlib import Path\n"
HOOK = "def pytest_configure(config): hide_keys(config, Path(__file__).parent)\n"


def spy(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Pytest in a folder of its own, with keys in its environment."""
    (folder / "conftest.py").write_text(SPIED + HOOK)
    (folder / "test_spy.py").write_text(SPY)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = live: asks real services\n")
    keys = {"OPENAI_API_KEY": "sk-real", "TOGETHER_BASE_URL": "https://elsewhere.example/v1"}
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        line, cwd=folder, env={**os.environ, **keys, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )


def test_keys_and_addresses_of_this_machine_are_forgotten() -> None:
    assert not VARIABLES & os.environ.keys()


def test_only_the_live_selection_keeps_them(tmp_path: Path) -> None:
    assert "1 passed, 1 deselected" in spy(tmp_path, "-m", "live").stdout
    done = spy(tmp_path, "-m", "not slow and not live")
    assert "1 passed, 1 deselected" in done.stdout, done.stdout


@pytest.mark.slow
def test_the_live_tests_pass_beside_services_that_refuse_what_the_real_ones_refuse(tmp_path: Path) -> None:
    with serving() as remote:
        line = [sys.executable, "-m", "pytest", "-m", "live", f"--basetemp={tmp_path / 'live'}", "tests/live"]
        environment = {**os.environ, **remote.environment()}
        done = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
        assert "skipped" not in done.stdout
        assert "together: flux-schnell cost $0.0007" in done.stdout
        assert remote.violations() == []


def test_an_env_file_where_tests_would_read_it_ends_them(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-real\n")
    done = spy(tmp_path, "-k", "other")
    assert done.returncode == 4
    assert "move it elsewhere" in done.stderr
    assert "sk-real" not in done.stdout + done.stderr
