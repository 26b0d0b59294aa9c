"""Ten thousand pictures in one run."""

from __future__ import annotations

import os
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


def test_ten_thousand_pictures_stay_below_two_hundred_megabytes(
    services: Services, nursery: Nursery, place: Path, figures: Figures
) -> None:
    site = Site(place / "site", services, nursery, SYNCHRONOUS, Usd(PRICES[SYNCHRONOUS].micros * ACTIONS))
    actions = pictures(SYNCHRONOUS, ACTIONS)
    site.write([{**action, "size": "256x256"} for action in actions])
    with serving() as remote, (site.folder / "said.txt").open("wb") as said:
        environment = {**site.environment(), **remote.environment(), "PYTHONPATH": str(ROOT)}
        began = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "assetgen", *site.arguments()],
            cwd=site.folder,
            env=environment,
            stdout=said,
            stderr=said,
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        bill = remote.bill()
    assert child.returncode == 0, (site.folder / "said.txt").read_text()[-2000:]
    assert bill["creates"] == {"together": ACTIONS}
    unit = 1 if sys.platform == "darwin" else 1024
    peak = used.ru_maxrss * unit
    figures(f"memory: {ACTIONS} pictures in {{seconds:.0f}} s, peak {{peak:.0f}} MB", peak=peak / 1e6, seconds=seconds)
    assert peak < MOST, f"{peak / 1e6:.0f} MB"
