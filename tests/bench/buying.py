"""Buying pictures: the wall time of a cold run beside the service's latency alone, and what the journal costs.

Everything is on: each answer kept, checked, stored and published durably, each attempt journalled.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assetgen.core.clock import SystemClock
from assetgen.core.jobs import Purchase
from assetgen.core.money import Usd
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import ImageRequest
from assetgen.ledger.paid import PaidLedger, Payer
from assetgen.ledger.walls import Limits
from tests.bench.report import Figure, median
from tests.services.remote import Remote, serving

PICTURES, LATENCY, AT_ONCE = 2_000, 0.2, 64
PNG = 200_000
RUNS = 3

# A model that delivers PNG at the size that is asked for: conversions are another matter.
CONFIG = f"""
limits: {{together: {{concurrency: {AT_ONCE}}}}}
models: {{flux-schnell: [{{provider: together, model: black-forest-labs/FLUX.2-dev}}]}}
prices: {{together/black-forest-labs/FLUX.2-dev: {{usd: "0.0154", per: megapixel}}}}
"""


def figures() -> list[Figure]:
    # Nothing is deleted before the end: some file systems are slow to make files for minutes after many were.
    with tempfile.TemporaryDirectory() as folder:
        _spread(Path(folder))
        journal = asyncio.run(_journalled(Path(folder) / "state"))
        runs = [_run(Path(tempfile.mkdtemp(dir=folder))) for _ in range(RUNS)]
    ideal = PICTURES * LATENCY / AT_ONCE
    processor = median([processor for _, processor in runs]) / PICTURES * 1000
    what = f"a cold run, {PICTURES} pictures of 200 KB, {AT_ONCE} at once; {processor:.1f} ms of CPU each"
    return [
        Figure(what, median([wall for wall, _ in runs]), "latency alone", ideal, 1.25),
        Figure("the journal's three commits of a call", journal, f"a call of {LATENCY} s", LATENCY, 0.25),
    ]


def _spread(folder: Path) -> None:
    """Let folders that are made here have places of their own on the disk, where the file system has such a wish.

    An ext4 without a journal passes for minutes over what was deleted near to a new file, by test suites above all:
    that took up to a quarter of a run. Their names decide on the places, so they have to be new ones.
    """
    get, put, spread = 0x80086601, 0x40086602, 0x00020000  # FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_TOPDIR_FL
    descriptor = os.open(folder, os.O_RDONLY)
    with contextlib.suppress(OSError):
        (flags,) = struct.unpack("l", fcntl.ioctl(descriptor, get, struct.pack("l", 0)))
        fcntl.ioctl(descriptor, put, struct.pack("l", flags | spread))
    os.close(descriptor)


def _run(folder: Path) -> tuple[float, float]:
    """The seconds that a run takes from its beginning to its manifest, without the start of Python; those of CPU."""
    with serving("--latency", str(LATENCY), "--picture-bytes", str(PNG)) as server:
        return _bought(folder, server)


def _bought(folder: Path, server: Remote) -> tuple[float, float]:
    actions = [
        {"type": "asset_image", "id": f"p{number}", "prompt": f"pier {number}", "size": "512x512"}
        for number in range(PICTURES)
    ]
    (folder / "actions.json").write_text(json.dumps(actions))
    (folder / "assetgen.yaml").write_text(CONFIG)
    command = [sys.executable, "-m", "assetgen", "run", "actions.json", "-j", str(AT_ONCE), "-q"]
    places = ["--out", "out", "--cache-dir", "cache", "--state-dir", "state"]
    environment = {**os.environ, **server.environment(), "PYTHONPATH": str(Path(__file__).parents[2])}
    run = subprocess.Popen([*command, *places], cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    if run.returncode != 0:
        raise subprocess.CalledProcessError(run.returncode, command)
    last = (folder / "out/.assetgen/run.jsonl").read_text().splitlines()[-1]
    return float(json.loads(last)["seconds"]), used.ru_utime + used.ru_stime


async def _journalled(folder: Path, calls: int = 500) -> float:
    """Seconds that one call waits for the journal, with as many calls at once as the run has."""
    payer = Payer("bench", "/out", "/project", {"together": "loopback"}, Limits(run=Usd(1_000_000_000)))
    ledger = PaidLedger(folder, payer, SystemClock())
    await ledger.join()
    places = asyncio.Semaphore(AT_ONCE)

    async def call(number: int) -> float:
        purchase = Purchase(f"{number:064d}", "together", "flux", ImageRequest("flux", "pier", 512, 512), Usd(3000))
        async with places:
            began = time.perf_counter()
            reservation = await ledger.reserve(purchase, "pier", 1, Usd(3000))
            await ledger.settle(reservation, Outcome(OutcomeClass.GOOD), Usd(3000))
            await ledger.stored(reservation, "0" * 64)
            return time.perf_counter() - began

    took = await asyncio.gather(*(call(number) for number in range(calls)))
    await ledger.leave(0)
    return sorted(took)[calls // 2]
