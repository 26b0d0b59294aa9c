"""Ten thousand pictures in one run."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from assetgen.core.money import Usd
from tests.proofs.figures import Figures
from tests.proofs.nursery import ROOT, Nursery
from tests.proofs.site import PRICES, SYNCHRONOUS, Site, pictures
from tests.services.remote import serving
from tests.services.server import Services

ACTIONS = 10_000
MOST = 200_000_000
"""Bytes."""
BETWEEN = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def test_ten_thousand_pictures_stay_below_two_hundred_megabytes(
    services: Services, nursery: Nursery, place: Path, figures: Figures
) -> None:
    site = Site(place / "site", services, nursery, SYNCHRONOUS, Usd(PRICES[SYNCHRONOUS].micros * ACTIONS))
    actions = pictures(SYNCHRONOUS, ACTIONS)
    site.write([{**action, "size": "256x256"} for action in actions])
    with serving() as remote:
        environment = {**site.environment(), **remote.environment(), "PYTHONPATH": str(ROOT)}
        began = time.monotonic()
        # A process counts that of which it is a copy as its own: it has to be started by a small one.
        command = [sys.executable, "-c", BETWEEN, sys.executable, "-m", "assetgen", *site.arguments()]
        said = subprocess.run(command, cwd=site.folder, env=environment, capture_output=True, text=True)
        seconds = time.monotonic() - began
        bill = remote.bill()
    assert said.returncode == 0, said.stderr[-2000:]
    assert bill["creates"] == {"together": ACTIONS}
    peak = int(said.stdout.splitlines()[-1]) * (1 if sys.platform == "darwin" else 1024)
    figures(f"memory: {ACTIONS} pictures in {{seconds:.0f}} s, peak {{peak:.0f}} MB", peak=peak / 1e6, seconds=seconds)
    assert peak < MOST, f"{peak / 1e6:.0f} MB"
