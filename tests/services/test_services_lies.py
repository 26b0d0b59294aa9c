"""Lies: answers that look well, and what is really wrong with each of them."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from assetgen.core.actions import JSON
from assetgen.media import pictures, sounds
from assetgen.media.problems import MediaError
from tests.services.client import SPEECH, SYNTHESIS, ask, connected, fetch, raw_request
from tests.services.faults import LIES, PICTURE_LIES, SOUND_LIES, Fault
from tests.services.lies import HTML
from tests.services.server import Services

AGENT = {"User-Agent": "test"}
TEXT = "Sit."


def lied(services: Services, service: str, kind: str) -> Any:
    """The answer to a good request, with this lie told."""
    services.faults.script(service, Fault.lie(kind))
    return ask(services, service, headers={"Prefer": "wait"} if service == "replicate" else None)


def raw(services: Services, kind: str, service: str = "together", most: int = 400_000) -> tuple[bytes, bytes]:
    """Headers and body as they come over a socket, up to a size."""
    services.faults.script(service, Fault.lie(kind))
    found = bytearray()
    with connected(services, 0.2) as client:
        client.sendall(raw_request(service))
        try:
            while len(found) < most and (data := client.recv(65536)):
                found += data
        except TimeoutError:
            pass
    head, _, body = bytes(found).partition(b"\r\n\r\n")
    return head, body


def picture_of(services: Services, service: str, reply: Any) -> bytes:
    if service == "replicate":
        return fetch(reply.json["output"][0], headers=AGENT).content
    return base64.b64decode(reply.json["data"][0]["b64_json"])


@pytest.mark.parametrize("service", ["together", "replicate", "google"])
def test_a_page_nothing_and_an_error_come_with_200(services: Services, service: str) -> None:
    assert lied(services, service, "html_200").content == HTML
    assert lied(services, service, "empty_200").content == b""
    assert "error" in lied(services, service, "json_error_200").json
    assert services.bill.creates(service) == 3


@pytest.mark.parametrize("service", ["together", "google"])
def test_json_is_cut_or_holds_nan(services: Services, service: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(lied(services, service, "truncated_json").content)
    found: list[str] = []
    json.loads(lied(services, service, "nan_json").content, parse_constant=found.append)
    assert found == ["NaN"]


def test_data_is_missing_doubled_elsewhere_or_garbage(services: Services) -> None:
    assert lied(services, "together", "no_data").json["data"] == []
    assert len(lied(services, "together", "two_data").json["data"]) == 2
    item = lied(services, "together", "url_for_base64").json["data"][0]
    assert item.keys() == {"index", "type", "url"}
    with pytest.raises(ValueError, match="base64"):
        base64.b64decode(lied(services, "together", "base64_garbage").json["data"][0]["b64_json"], validate=True)
    assert lied(services, "google", "no_data").json == {}
    assert lied(services, "replicate", "no_data").json["output"] == []
    assert len(lied(services, "replicate", "two_data").json["output"]) == 2


@pytest.mark.parametrize("service", ["together", "replicate"])
@pytest.mark.parametrize("kind", sorted(set(PICTURE_LIES) - {"jpeg_as_png", "wrong_size"}))
def test_a_bad_picture_is_no_picture_to_our_own_eyes(services: Services, service: str, kind: str) -> None:
    reply = lied(services, service, kind)
    assert reply.status in {200, 201}
    with pytest.raises(MediaError):
        pictures.verify(picture_of(services, service, reply))


def test_a_picture_may_be_of_another_type_or_size_than_it_says(services: Services) -> None:
    reply = lied(services, "replicate", "jpeg_as_png")
    assert reply.json["output"][0].endswith(".png")
    assert pictures.verify(picture_of(services, "replicate", reply)).media_type == "image/jpeg"
    reply = lied(services, "together", "wrong_size")
    assert pictures.verify(picture_of(services, "together", reply)).width == 256


def test_a_bomb_promises_sixty_thousand_pixels_squared_in_a_few_bytes(services: Services) -> None:
    data = picture_of(services, "together", lied(services, "together", "bomb"))
    assert (data[16:24].hex(), len(data) < 1000) == ("0000ea600000ea60", True)


def test_answers_are_squeezed_though_nobody_asked(services: Services) -> None:
    once, twice = lied(services, "together", "gzip"), lied(services, "together", "double_gzip")
    assert (once.headers["content-encoding"], twice.headers["content-encoding"]) == ("gzip", "gzip, gzip")
    assert b"b64_json" in gzip.decompress(once.content)
    assert b"b64_json" in gzip.decompress(gzip.decompress(twice.content))


def test_an_endless_answer_goes_on(services: Services) -> None:
    head, body = raw(services, "endless", most=3_000_000)
    assert (b"Transfer-Encoding: chunked" in head, len(body) > 2_900_000) == (True, True)
    assert not services.bill.entries[0].delivered


def test_an_endless_continue_never_answers(services: Services) -> None:
    head, body = raw(services, "continues")
    assert head == b"HTTP/1.1 100 Continue"
    assert b"200 OK" not in body


@pytest.mark.parametrize(
    ("kind", "length"),
    [("length_huge", 10**15), ("length_negative", -1), ("length_short", None), ("two_lengths", None)],
)
def test_lengths_lie(services: Services, kind: str, length: int | None) -> None:
    head, body = raw(services, kind)
    said = [int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"Content-Length")]
    if length is None:
        assert said[-1] == len(body) // 2
    else:
        assert said == [length]
    assert len(said) == (2 if kind == "two_lengths" else 1)


def test_no_length_ends_with_the_connection_and_a_cut_chunk_within_it(services: Services) -> None:
    head, body = raw(services, "no_length")
    assert (b"Content-Length" in head, body.endswith(b"]}")) == (False, True)
    head, body = raw(services, "chunked_cut")
    assert (b"Transfer-Encoding: chunked" in head, body.endswith(b"0\r\n\r\n")) == (True, False)


def test_a_connection_may_end_after_a_good_answer_without_saying_so(services: Services) -> None:
    services.faults.script("together", Fault.lie("hangs_up"))
    with connected(services) as client:
        client.sendall(raw_request("together"))
        found = b""
        while data := client.recv(65536):
            found += data
    assert found.endswith(b"]}")
    assert b"onnection: close" not in found
    assert services.bill.entries[0].delivered


@pytest.mark.parametrize("service", ["openai", "google"])
def test_bad_sounds_are_bad_to_our_own_ears(services: Services, service: str) -> None:
    for kind in ("silence", "too_long"):
        with pytest.raises(MediaError):
            sounds.check_speech(_heard(services, service, kind), TEXT)
    assert "implausibly fast" in str(sounds.check_speech(_heard(services, service, "too_short"), TEXT))
    with pytest.raises(MediaError):
        _heard(services, service, "no_sound")


def _heard(services: Services, service: str, kind: str) -> sounds.Sound:
    services.faults.script(service, Fault.lie(kind))
    if service == "openai":
        return sounds.read_pcm(ask(services, service, "/audio/speech", {**SPEECH, "input": TEXT}).content, 24_000)
    reply = ask(services, service, "/text:synthesize", {**SYNTHESIS, "input": {"text": TEXT}})
    return sounds.read_wav(base64.b64decode(reply.json["audioContent"]))


def test_a_sound_may_be_a_page(services: Services) -> None:
    assert lied(services, "openai", "html_sound").content.startswith(b"<html>")
    assert "html_sound" in SOUND_LIES


def test_a_list_may_lack_what_was_asked_for(services: Services) -> None:
    ask(services, "replicate")
    services.faults.script("replicate", Fault.lie("list_without_input"), where="list")
    found: list[JSON] = [ask(services, "replicate", "/predictions").json["results"][0]["input"] for _ in range(2)]
    assert found[0] == {} != found[1]


@pytest.mark.parametrize("kind", LIES)
def test_every_lie_is_billed_as_the_work_that_it_hides_unless_it_never_ran(services: Services, kind: str) -> None:
    services.faults.script("replicate", Fault.lie(kind), Fault.lie(kind, charged=False))
    for _ in range(2):
        with connected(services, 1) as client:
            client.sendall(raw_request("replicate"))
            assert client.recv(64)
    amounts = [entry.amount for entry in services.bill.entries]
    usual = {"job_queued": 0, "job_aborted": 0, "two_data": 6000}.get(kind, 3000)
    assert amounts == [usual, 0]
