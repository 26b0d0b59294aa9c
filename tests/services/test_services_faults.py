"""Faults as a client meets them on its socket, and what each of them puts on the bill."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from tests.services.client import CREATES, ask, connected, fetch, raw_request
from tests.services.faults import Fault, Faults
from tests.services.server import Services

EVERY = tuple(CREATES)
PRICES = {"together": 354, "replicate": 3000, "openai": 435, "google": 464}
"""Micro-dollars for the example of each service."""


def received(services: Services, service: str = "together", *, patience: float = 5.0) -> tuple[bytes, str]:
    """Everything that comes after a good request, and how it ends: `closed`, `reset` or `silent`."""
    found = bytearray()
    with connected(services, patience) as client:
        client.sendall(raw_request(service))
        try:
            while data := client.recv(65536):
                found += data
        except ConnectionResetError:
            return bytes(found), "reset"
        except TimeoutError:
            return bytes(found), "silent"
    return bytes(found), "closed"


@pytest.mark.parametrize("service", EVERY)
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("charged", [False, True])
def test_a_scripted_status_comes_once_and_costs_only_if_it_says_so(
    services: Services, service: str, status: int, charged: bool
) -> None:
    services.faults.script(service, Fault.status(status, charged=charged))
    assert ask(services, service).status == status
    assert services.bill.total == (PRICES[service] if charged else 0)
    assert services.bill.creates(service) == charged
    assert ask(services, service).status < 300


@pytest.mark.parametrize(
    ("service", "status", "path", "words"),
    [
        ("together", 402, ("error", "type"), "credit_limit"),
        ("together", 429, ("error", "type"), "model_rate_limit"),
        ("replicate", 402, ("title",), "Insufficient credit"),
        ("replicate", 429, ("detail",), "Request was throttled. Your rate limit resets in ~1s."),
        ("openai", 400, ("error", "code"), "moderation_blocked"),
        ("openai", 429, ("error", "code"), "rate_limit_exceeded"),
        ("google", 429, ("error", "status"), "RESOURCE_EXHAUSTED"),
        ("google", 503, ("error", "status"), "UNAVAILABLE"),
    ],
)
def test_a_status_has_the_documented_body(
    services: Services, service: str, status: int, path: tuple[str, ...], words: str
) -> None:
    services.faults.script(service, Fault.status(status))
    value = ask(services, service).json
    for name in path:
        value = value[name]
    assert value == words


def test_a_gateway_answers_html(services: Services) -> None:
    services.faults.script("together", Fault.status(502))
    reply = ask(services, "together")
    assert (reply.headers["content-type"], b"<h1>502 Bad Gateway</h1>" in reply.content) == ("text/html", True)


@pytest.mark.parametrize("body", [{"detail": "x"}, b'{"detail": "x"}', '{"detail": "x"}'])
def test_body_and_headers_of_a_status_can_be_chosen(services: Services, body: dict[str, object] | bytes | str) -> None:
    services.faults.script("openai", Fault.status(429, body, {"Retry-After": "2"}))  # type: ignore[arg-type]
    reply = ask(services, "openai")
    assert (reply.json, reply.headers["retry-after"]) == ({"detail": "x"}, "2")


def test_a_redirect_leads_to_the_other_host_which_records_who_follows(services: Services) -> None:
    services.faults.script("together", Fault.status(307))
    reply = ask(services, "together")
    location = reply.headers["location"]
    assert (reply.status, location.startswith(services.other)) == (307, True)
    fetch(location, b"{}", headers={"Authorization": "Bearer test-together-key-0"})
    assert [one.method for one in services.elsewhere] == ["POST"]
    assert len(services.violations) == 2


def test_a_refused_request_is_refused_and_free_whatever_was_scripted(services: Services) -> None:
    services.faults.script("together", Fault.status(500, charged=True))
    assert ask(services, "together", body={"prompt": "x"}).status == 400
    assert services.bill.total == 0


@pytest.mark.parametrize("service", EVERY)
@pytest.mark.parametrize("charged", [False, True])
def test_hanging_is_silence_without_a_byte(services: Services, service: str, charged: bool) -> None:
    services.faults.script(service, Fault.hang(charged=charged))
    assert received(services, service, patience=0.05) == (b"", "silent")
    assert services.bill.total == (PRICES[service] if charged else 0)
    assert not any(entry.delivered for entry in services.bill.entries)


def test_hanging_after_the_headers_shows_them_and_nothing_more(services: Services) -> None:
    services.faults.script("together", Fault.hang(after="headers", charged=True))
    data, end = received(services, patience=0.05)
    assert (data.startswith(b"HTTP/1.1 200 OK\r\n"), data.endswith(b"\r\n\r\n"), end) == (True, True, "silent")
    assert services.bill.total == 354


@pytest.mark.parametrize("service", EVERY)
def test_a_reset_before_the_answer_is_free_and_one_within_it_is_not(services: Services, service: str) -> None:
    services.faults.script(service, Fault.reset(before=True), Fault.reset(before=False))
    assert received(services, service) == (b"", "reset")
    assert services.bill.total == 0
    data, end = received(services, service)
    assert (data[:9] in {b"HTTP/1.1 ", b""}, end) == (True, "reset")
    assert services.bill.total == PRICES[service]
    assert [entry.delivered for entry in services.bill.entries] == [False]


@pytest.mark.parametrize(("charged", "micros"), [(True, 354), (False, 0)])
def test_a_reset_can_be_charged_or_not_against_its_nature(services: Services, charged: bool, micros: int) -> None:
    services.faults.script("together", Fault.reset(before=charged, charged=charged))
    assert received(services)[1] == "reset"
    assert services.bill.total == micros


@pytest.mark.parametrize("service", ["together", "replicate", "google"])
def test_a_cut_answer_declares_more_than_it_sends(services: Services, service: str) -> None:
    services.faults.script(service, Fault.cut(100))
    data, end = received(services, service)
    head, _, body = data.partition(b"\r\n\r\n")
    assert (len(body), end) == (100, "closed")
    assert int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) > 100
    assert services.bill.total == PRICES[service]
    assert [entry.delivered for entry in services.bill.entries] == [False]


def test_a_cut_stream_ends_within_a_chunk(services: Services) -> None:
    services.faults.script("openai", Fault.cut(100))
    data, end = received(services, "openai")
    assert (b"Transfer-Encoding: chunked" in data, data.endswith(b"0\r\n\r\n"), end) == (True, False, "closed")


def test_a_delay_is_only_late(services: Services) -> None:
    services.faults.script("together", Fault.delay(0.1))
    begun = time.monotonic()
    assert ask(services, "together").status == 200
    assert time.monotonic() - begun >= 0.1
    assert (services.bill.total, services.bill.entries[0].delivered) == (354, True)


def test_a_drip_comes_slowly_and_whole(services: Services) -> None:
    services.faults.script("replicate", Fault.drip(3000))
    begun = time.monotonic()
    reply = ask(services, "replicate")
    assert (reply.status, reply.json["status"]) == (201, "starting")
    assert time.monotonic() - begun >= len(reply.content) / 3000 * 0.5
    assert services.bill.entries[0].delivered


def test_polls_lists_and_files_have_faults_of_their_own(services: Services) -> None:
    for where in ("poll", "list", "file"):
        services.faults.script("replicate", Fault.status(503), where=where)
    job = ask(services, "replicate")
    assert job.status == 201
    polls = [ask(services, "replicate", f"/predictions/{job.json['id']}") for _ in range(2)]
    lists = [ask(services, "replicate", "/predictions").status for _ in range(2)]
    url = polls[1].json["output"][0]
    files = [fetch(url, headers={"User-Agent": "test"}).status for _ in range(2)]
    assert [one.status for one in polls] == lists == files == [503, 200]


def test_a_file_can_be_cut_reset_and_lied_about(services: Services) -> None:
    job = ask(services, "replicate", headers={"Prefer": "wait"}).json
    services.faults.script("replicate", Fault.lie("html_200"), Fault.lie("svg"), Fault.reset(), where="file")
    assert fetch(job["output"][0], headers={"User-Agent": "test"}).content.startswith(b"<!DOCTYPE html>")
    assert fetch(job["output"][0], headers={"User-Agent": "test"}).content.startswith(b"<svg")
    with pytest.raises(ConnectionResetError):
        fetch(job["output"][0], headers={"User-Agent": "test"})
    assert fetch(job["output"][0], headers={"User-Agent": "test"}).content.startswith(b"\x89PNG")


def test_what_is_always_wrong_stays_so_until_it_is_cleared(services: Services) -> None:
    services.faults.always("together", Fault.status(500))
    services.faults.script("together", Fault.status(429))
    found = [ask(services, "together").status for _ in range(3)]
    services.faults.clear()
    assert [*found, ask(services, "together").status] == [429, 500, 500, 200]


def test_seeded_faults_are_the_same_for_the_same_seed_and_as_frequent_as_asked() -> None:
    def drawn(seed: int) -> Iterator[Fault | None]:
        faults = Faults()
        faults.seeded(seed, 0.25, ["429", "reset", "html_200"])
        return iter([faults.take("together", "create") for _ in range(1000)])

    first = list(drawn(7))
    assert list(drawn(7)) == first
    assert list(drawn(8)) != first
    assert 200 < sum(fault is not None for fault in first) < 300
    assert {fault.kind for fault in first if fault} == {"status", "reset", "lie"}


@pytest.mark.parametrize(
    ("word", "fault"),
    [
        ("429", Fault.status(429)),
        ("500-charged", Fault.status(500, charged=True)),
        ("reset", Fault.reset()),
        ("reset-charged", Fault.reset(before=False)),
        ("hang-charged", Fault.hang(charged=True)),
        ("bomb", Fault.lie("bomb")),
    ],
)
def test_a_fault_can_be_said_in_a_word(word: str, fault: Fault) -> None:
    assert Fault.parse(word) == fault


@pytest.mark.parametrize("value", ["nonsense", {"nonsense": {}}, {"status": 429}, 429, {}, {"lie": {"kind": "x"}}])
def test_what_is_no_fault_is_said_to_be_none(value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Fault.from_json(value)  # type: ignore[arg-type]


def test_a_place_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'polls' is none of"):
        Faults().script("replicate", Fault.reset(), where="polls")


def test_a_client_that_leaves_before_its_answer_has_paid_and_got_nothing() -> None:
    with Services(latency=0.05) as services:
        with connected(services) as client:
            client.sendall(raw_request("together"))
            time.sleep(0.01)
        time.sleep(0.1)
        entry = services.bill.entries[0]
        assert (entry.amount, entry.delivered) == (354, False)


def test_the_same_purchase_again_is_repeated_only_after_it_was_delivered(services: Services) -> None:
    services.faults.script("together", Fault.cut(10))
    received(services)
    ask(services, "together")
    assert services.bill.repeated() == []
    ask(services, "together")
    assert [entry.service for entry in services.bill.repeated()] == ["together"]
    assert list(services.bill.by_request().values()) == [3]
    assert json.loads(services.bill.entries[0].request)["prompt"] == "pixel art knight"
