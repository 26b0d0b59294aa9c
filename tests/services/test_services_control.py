"""The server in another process: watched and steered over HTTP, and started by hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
from typing import cast

import pytest

from tests.services.client import SCHNELL, ask, fetch
from tests.services.keys import example
from tests.services.remote import ROOT, Remote, serving
from tests.services.server import Services


@pytest.fixture
def remote(services: Services) -> Remote:
    return Remote(services.origin)


def test_the_bill_can_be_read(services: Services, remote: Remote) -> None:
    ask(services, "together")
    ask(services, "google")
    bill = remote.bill()
    assert (bill["total"], bill["creates"]) == (354 + 464, {"together": 1, "google": 1})
    entries = cast("list[dict[str, object]]", bill["entries"])
    assert (entries[0]["service"], entries[0]["amount"], entries[0]["delivered"]) == ("together", 354, True)
    assert bill["repeated"] == []


def test_requests_and_violations_can_be_read(services: Services, remote: Remote) -> None:
    ask(services, "together")
    ask(services, "google", headers={"Accept-Encoding": "br"})
    fetch(f"{services.other}/x")
    assert [one["service"] for one in remote.requests()] == ["together", "google"]
    assert [one["body"] for one in remote.requests("together")] == [SCHNELL]
    assert (len(remote.violations()), len(remote.elsewhere())) == (1, 1)


def test_faults_can_be_scripted_made_lasting_drawn_and_cleared(services: Services, remote: Remote) -> None:
    remote.script("together", "429", {"status": {"code": 503, "headers": {"Retry-After": "2"}}})
    remote.script("replicate", "500", where="list")
    remote.script("openai", "402", always=True)
    first, second, third = (ask(services, "together") for _ in range(3))
    assert [first.status, second.status, third.status] == [429, 503, 200]
    assert second.headers["retry-after"] == "2"
    assert ask(services, "replicate", "/predictions").status == 500
    assert [ask(services, "openai").status for _ in range(2)] == [402, 402]
    remote.seeded(1, 1.0, "503")
    assert ask(services, "google").status == 503
    remote.clear_faults()
    assert [ask(services, service).status for service in ("openai", "google")] == [200, 200]


@pytest.mark.parametrize("fault", ["nonsense", {"status": {"colour": 1}}, 7])
def test_what_is_no_fault_is_refused_with_its_reason(remote: Remote, fault: str | int) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400") as error:
        remote.script("together", fault)
    error.value.close()


def test_the_clock_can_be_moved_and_everything_forgotten(services: Services, remote: Remote) -> None:
    job = ask(services, "replicate", headers={"Prefer": "wait"}).json
    remote.advance(3601)
    assert ask(services, "replicate", f"/predictions/{job['id']}").json["data_removed"]
    remote.reset()
    assert ask(services, "replicate", f"/predictions/{job['id']}").status == 404
    assert (remote.bill()["total"], len(remote.requests())) == (0, 1)


def test_its_own_addresses_are_not_among_the_requests(services: Services, remote: Remote) -> None:
    remote.bill()
    assert services.requests == []


def test_the_environment_is_the_same_in_both_processes(services: Services, remote: Remote) -> None:
    assert remote.environment() == services.environment()
    assert services.environment()["TOGETHER_BASE_URL"] == f"{services.origin}/together/v1"
    assert services.environment()["REPLICATE_API_TOKEN"] == example("replicate")


def test_a_process_of_its_own_serves_until_the_context_ends() -> None:
    with serving("--fault", "together=500-charged,hang") as remote:
        url = f"{remote.origin}/together/v1/models"
        assert fetch(url, headers={"Authorization": f"Bearer {example('together')}"}).status == 200
        assert len(remote.requests("together")) == 1
    with pytest.raises(ConnectionRefusedError):
        fetch(url)


def test_by_hand_it_prints_exports_then_requests_then_the_bill() -> None:
    command = [sys.executable, "-m", "tests.services", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        shown = [process.stdout.readline() for _ in range(13)]
        exports = dict(line[7:].strip().split("=", 1) for line in shown if line.startswith("export "))
        address = f"{exports['GOOGLE_TTS_BASE_URL']}/voices"
        fetch(address, headers={"X-Goog-Api-Key": exports["GOOGLE_API_KEY"]})
        line = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert len(exports) == 8
    assert [word in line for word in ("google", "200", "$0.000000", "GET /google/v1/voices")] == [True] * 4
    assert "The bill" in rest
    assert process.returncode == 0
