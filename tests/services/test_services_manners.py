"""What a well-behaved client never does, and that nothing else is held against it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.services.client import CREATES, SCHNELL, SYNTHESIS, ask, fetch
from tests.services.keys import example
from tests.services.server import Services

KEY = example("together")


def test_good_requests_break_no_rule(services: Services) -> None:
    for service in CREATES:
        ask(services, service)
    job = ask(services, "replicate", headers={"Prefer": "wait"}).json
    fetch(job["output"][0], headers={"User-Agent": "test", "Authorization": f"Bearer {example('replicate')}"})
    assert services.violations == []


RUDE: list[tuple[str, Callable[[Services], object]]] = [
    ("`Accept-Encoding: gzip, br` instead", lambda one: ask(one, "together", headers={"Accept-Encoding": "gzip, br"})),
    ("a key in the URL", lambda one: ask(one, "google", f"/voices?key={example('google')}")),
    ("a key in the URL", lambda one: ask(one, "together", f"/models?token={KEY}")),
    ("the key of together in `authorization`", lambda one: ask(one, "openai", headers={"Authorization": KEY})),
    ("the key of together in `x-note`", lambda one: ask(one, "google", headers={"X-Note": KEY})),
    ("the key of together in the body", lambda one: ask(one, "together", body={**SCHNELL, "prompt": f"a {KEY}"})),
    ("it came with a key", lambda one: fetch(f"{one.other}/x", headers={"Authorization": f"Bearer {KEY}"})),
    ("it came with a key", lambda one: fetch(f"{one.other}/x", headers={"X-Goog-Api-Key": "any"})),
    ("it came with a key", lambda one: fetch(f"{one.other}/x?key={KEY}")),
    ("something to be paid", lambda one: fetch(f"{one.other}/x", b"{}")),
    ("the key of together", lambda one: fetch(f"{one.origin}/moved", headers={"Authorization": f"Bearer {KEY}"})),
]


@pytest.mark.parametrize(("violation", "rude"), RUDE)
def test_noted(services: Services, violation: str, rude: Callable[[Services], object]) -> None:
    """The rule that was broken is noted once, in words."""
    rude(services)
    assert [violation in one for one in services.violations] == [True]


def test_five_polls_of_one_job_within_a_second_are_too_many(services: Services) -> None:
    jobs = [ask(services, "replicate").json["id"] for _ in range(2)]
    for job in jobs:
        for _ in range(4):
            ask(services, "replicate", f"/predictions/{job}")
    assert services.violations == []
    ask(services, "replicate", f"/predictions/{jobs[0]}")
    assert len(services.violations) == 1
    services.advance(2)
    ask(services, "replicate", f"/predictions/{jobs[0]}")
    assert len(services.violations) == 1


def test_every_request_is_recorded_with_its_key_body_and_end(services: Services) -> None:
    ask(services, "google")
    ask(services, "together", body={**SCHNELL, "steps": 9})
    google, together = services.requests
    assert (google.method, google.path, google.service) == ("POST", "/google/v1/text:synthesize", "google")
    assert (google.key, google.body, google.status) == (example("google"), SYNTHESIS, 200)
    assert (google.where, google.amount) == ("create", 464)
    assert google.headers["content-type"] == "application/json"
    assert (together.status, together.amount) == (400, 0)
    assert google.time <= together.time


def test_a_get_elsewhere_without_a_key_is_only_recorded(services: Services) -> None:
    assert fetch(f"{services.other}/picture.png", headers={"User-Agent": "test"}).status == 404
    assert [one.path for one in services.elsewhere] == ["/picture.png"]
    assert services.violations == []
