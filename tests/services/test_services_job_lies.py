"""Lies about jobs: how they end, where they are, and where they say that their output is."""

from __future__ import annotations

from typing import Any

import pytest

from tests.services.client import ask, fetch
from tests.services.faults import LIES, Fault
from tests.services.server import Services

AGENT = {"User-Agent": "test"}


def lied(services: Services, kind: str) -> Any:
    """A finished job about which this lie is told."""
    services.faults.script("replicate", Fault.lie(kind))
    return ask(services, "replicate", headers={"Prefer": "wait"})


@pytest.mark.parametrize(
    ("kind", "status", "micros"),
    [
        ("job_stuck", "processing", 3000),
        ("job_queued", "starting", 0),
        ("job_failed", "failed", 3000),
        ("job_nsfw", "failed", 3000),
        ("job_aborted", "aborted", 0),
        ("job_canceled", "canceled", 3000),
        ("job_unknown_status", "hibernating", 3000),
    ],
)
def test_jobs_end_otherwise_or_not_at_all(kind: str, status: str, micros: int) -> None:
    with Services(latency=10) as services:
        services.faults.script("replicate", Fault.lie(kind))
        job = ask(services, "replicate").json
        services.advance(100)
        later = ask(services, "replicate", f"/predictions/{job['id']}").json
        assert (later["status"], later["output"], services.bill.total) == (status, None, micros)
        assert bool(later["error"]) == (status == "failed")


def test_a_stuck_job_can_still_be_canceled(services: Services) -> None:
    job = lied_job(services, "job_stuck")
    ended = ask(services, "replicate", f"/predictions/{job['id']}/cancel", method="POST").json
    assert ended["status"] == "canceled"


def lied_job(services: Services, kind: str) -> Any:
    services.faults.script("replicate", Fault.lie(kind))
    return ask(services, "replicate").json


def test_a_job_may_be_gone_have_another_id_or_send_elsewhere(services: Services) -> None:
    gone = lied_job(services, "job_gone")
    assert ask(services, "replicate", f"/predictions/{gone['id']}").status == 404
    job = ask(services, "replicate").json
    services.faults.script("replicate", Fault.lie("job_id_changed"), where="poll")
    assert ask(services, "replicate", f"/predictions/{job['id']}").json["id"] != job["id"]
    other = lied_job(services, "job_other_urls")
    assert all(other["urls"][name].startswith(services.other) for name in ("get", "cancel"))


def test_an_output_may_be_anywhere(services: Services) -> None:
    outputs = {kind: lied(services, kind).json["output"][0] for kind in LIES if kind.startswith("output_")}
    assert outputs["output_http_file"] == "file:///etc/passwd"
    assert outputs["output_other_host"].startswith(services.other)
    assert fetch(outputs["output_expired"], headers=AGENT).status == 404
    reply = fetch(outputs["output_redirect_other"], headers=AGENT)
    assert (reply.status, reply.headers["location"].startswith(services.other)) == (302, True)
    fetch(outputs["output_other_host"], headers=AGENT)
    assert [one.method for one in services.elsewhere] == ["GET"]


def test_a_chain_of_redirects_has_25_links(services: Services) -> None:
    reply = fetch(url := lied(services, "output_redirect_chain").json["output"][0], headers=AGENT)
    hops = 0
    while reply.status == 302:
        hops, url = hops + 1, reply.headers["location"]
        reply = fetch(url, headers=AGENT)
    assert (hops, reply.content[:4]) == (25, b"\x89PNG")


def test_the_result_may_be_removed_before_its_time(services: Services) -> None:
    done = lied(services, "data_removed").json
    assert (done["status"], done["data_removed"], done["output"]) == ("succeeded", True, None)
