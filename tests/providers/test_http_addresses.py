"""Where a key may go, and from where files are fetched."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from socket import EAI_NONAME, gaierror
from typing import Any, NoReturn

import pytest

from assetgen.core.errors import ValidationError
from assetgen.core.offers import Service
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Source
from assetgen.providers._http import Client, base_url, client
from assetgen.providers._http.addresses import Origin, complaint, is_public, resolve
from assetgen.providers._http.exchange import reason_of
from tests.fakes.sockets import Handler, answer, hang, listening, reset, saying

SERVICE = Service("acme", ("ACME_KEY",), "ACME_BASE_URL", "https://api.acme.test/v1")
OWN = Origin.of("http://127.0.0.1:8000/v1")
HOSTS = ("acme.delivery",)
KEY = b"acme-key-0123456789"


@pytest.mark.parametrize(
    ("address", "used"),
    [
        ("", "https://api.acme.test/v1"),
        ("https://gateway.test:8443/acme/v1/", "https://gateway.test:8443/acme/v1"),
        ("http://localhost:1234/v1//", "http://localhost:1234/v1"),
        ("http://127.0.0.1:1234", "http://127.0.0.1:1234"),
        ("http://[::1]:1234/v1", "http://[::1]:1234/v1"),
    ],
)
def test_an_address_is_used_without_its_last_slash(address: str, used: str) -> None:
    assert base_url(SERVICE, {"ACME_BASE_URL": address}) == used


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://api.acme.test/v1", "plain `http`"),
        ("http://10.0.0.1/v1", "plain `http`"),
        ("http://localhost.evil.test/v1", "plain `http`"),
        ("ftp://api.acme.test", "no address of the web"),
        ("api.acme.test/v1", "no address of the web"),
        ("https://", "no address of the web"),
        ("https://me:secret@api.acme.test/v1", "a user name"),
        ("https://api.acme.test/v1?key=1", "must end with a path"),
        ("https://api.acme.test/v1#a", "must end with a path"),
        ("https://api.acme.test:99999/v1", "no usable address"),
        ("https://[::1/v1", "no usable address"),
        ("https://api.acme.test/v1\r\nHost: other", "characters"),
    ],
)
def test_an_address_that_can_not_be_used_is_an_error_that_leads_on(address: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message) as caught:
        base_url(SERVICE, {"ACME_BASE_URL": address})
    assert "`ACME_BASE_URL`" in str(caught.value)
    assert caught.value.help
    assert "secret" not in f"{caught.value} {caught.value.help}"


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.delivery/a/b.png?token=1",
        "https://eu.cdn.acme.delivery:443/b.png",
        "HTTPS://ACME.delivery/b.png",
        "http://127.0.0.1:8000/files/b.png",
    ],
)
def test_files_come_from_the_listed_hosts_and_from_the_service_itself(url: str) -> None:
    assert complaint(url, OWN, HOSTS) == ""


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://acme.delivery/b.png",
        "http://acme.delivery/b.png",
        "https://acme.delivery:8443/b.png",
        "https://acme.delivery.evil.test/b.png",
        "https://notacme.delivery/b.png",
        "https://user:pw@acme.delivery/b.png",
        "https://acme.delivery@evil.test/b.png",
        "https://evil.test\\@acme.delivery/b.png",
        "https://127.0.0.1/b.png",
        "http://127.0.0.1:8001/b.png",
        "http://localhost:8000/b.png",
        "https://127.0.0.1:8000/b.png",
        "https://[::1]/b.png",
        "https://[::ffff:127.0.0.1]/b.png",
        "https://0x7f.1/b.png",
        "https://2130706433/b.png",
        "https://169.254.169.254/latest",
        "https://acme.delivery./b.png",
        "https://acme.delivery/b.png\r\nX: 1",
        "https://acme.delıvery/b.png",
        "https://acme.delivery:http/b.png",
        "https:///b.png",
        "//acme.delivery/b.png",
        "",
    ],
)
def test_files_come_from_nowhere_else(url: str) -> None:
    assert complaint(url, OWN, HOSTS)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),
        ("0.0.0.0", False),  # noqa: S104 - nothing is bound
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_of_this_machine_is_looked_up() -> None:
    assert set(asyncio.run(resolve("localhost"))) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (gaierror(EAI_NONAME, "Name or service not known"), "its name is not known"),
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 9)"), "connection refused"),
        (TimeoutError(), "it did not answer in time"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version"), "no secure connection came about"),
        (ExceptionGroup("all failed", [ConnectionResetError(104, "reset"), OSError(113, "no")]), "connection reset"),
    ],
)
def test_the_first_cause_of_trouble_is_named_in_plain_words(error: Exception, reason: str) -> None:
    outer = RuntimeError("All connection attempts failed")
    outer.__cause__ = error
    assert reason_of(outer).startswith(reason)


def download(handler: Handler, path: str = "/files/a.png?token=secret", **options: Any) -> Answer:
    async def scenario() -> Answer:
        async with listening(handler) as base:
            one = client_of(base)
            try:
                return await one.download(base + path, **options)
            finally:
                await one.close()

    return asyncio.run(scenario())


def client_of(base: str, look_up: Callable[[str], Awaitable[list[str]]] = resolve) -> Client:
    return Client(SERVICE, {"ACME_KEY": KEY.decode(), "ACME_BASE_URL": base}, 1.5, look_up=look_up)


def test_a_file_of_the_service_itself_is_fetched_with_the_key() -> None:
    seen: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(answer(b"bytes"))

    found = download(handle)
    assert (found.body, found.source) == (b"bytes", Source.FILE)
    assert seen[0].startswith(b"GET /files/a.png?token=secret")
    assert KEY in seen[0]


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "410 Gone", "206 Partial"])
def test_what_asking_again_would_not_change_is_an_answer(status: str) -> None:
    assert download(saying(answer(b"", status))).status == int(status[:3])


@pytest.mark.parametrize(
    "handler",
    [
        saying(answer(b"", "503 Busy")),
        saying(answer(b"", "429 Slow")),
        reset,
        saying(answer(b"x" * 9)[:-5], close=True),
    ],
)
def test_what_may_pass_is_trouble_that_names_no_query(handler: Handler) -> None:
    with pytest.raises(AttemptError) as caught:
        download(handler)
    outcome = caught.value.outcome
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "download_failed")
    assert outcome.message.startswith("The file can't be fetched: ")
    assert "secret" not in outcome.message


def test_a_file_that_does_not_come_is_given_up_in_time() -> None:
    with pytest.raises(AttemptError, match="took too long"):
        download(hang, deadline=0.2)


def test_a_file_that_is_too_large_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MOST_FILE", 1_000_000)
    with pytest.raises(AttemptError, match="more than 1 MB"):
        download(saying(answer(bytes(1_000_001))))


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    def hops(count: int) -> Handler:
        async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
            number = int(request.split(b" ")[1].rpartition(b"/")[2])
            more = answer(b"", "302 Found", f"Location: {number + 1}")
            writer.write(more if number < count else answer(b"bytes"))

        return handle

    assert download(hops(3), "/files/0").body == b"bytes"
    with pytest.raises(AttemptError, match="redirected more than 3 times"):
        download(hops(4), "/files/0")


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/a.png", "file:///etc/passwd", "https://evil.test/a.png"])
def test_a_redirect_is_checked_like_the_address_itself(target: str) -> None:
    with pytest.raises(AttemptError, match="an address that is not used"):
        download(saying(answer(b"", "302 Found", f"Location: {target}")))


def test_a_key_never_passes_a_redirect_to_another_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even on the way back. The check of addresses is off here: without certificates there is no other origin."""
    monkeypatch.setattr(client, "complaint", lambda *_: "")
    seen: dict[str, bytes] = {}
    places: dict[str, str] = {}

    def moving(name: str) -> Handler:
        async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
            seen[name + request.split(b" ")[1].decode()] = request
            following = {"own/a": "other", "other/b": "own"}.get(name + request.split(b" ")[1].decode())
            writer.write(answer(b"", "302 Found", f"Location: {places[following]}/b") if following else answer(b"it"))

        return handle

    async def scenario() -> bytes:
        async with listening(moving("own")) as own, listening(moving("other")) as other:
            places.update(own=own, other=other)
            one = client_of(own, look_up=_public)
            found = await one.download(f"{own}/a", trusted=("127.0.0.1",))
            await one.close()
            return found.body

    assert asyncio.run(scenario()) == b"it"
    assert {place: KEY in request for place, request in seen.items()} == {
        "own/a": True,
        "other/b": False,
        "own/b": False,
    }


async def _public(_host: str) -> list[str]:
    return ["93.184.216.34"]


async def _mixed(_host: str) -> list[str]:
    return ["93.184.216.34", "10.0.0.1"]


async def _nothing(_host: str) -> list[str]:
    return []


async def _unheard_of(_host: str) -> NoReturn:
    raise gaierror(EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    ("look_up", "message"),
    [(_mixed, "not public"), (_nothing, "not public"), (_unheard_of, "the name `cdn.acme.delivery` is not known")],
)
def test_a_listed_host_that_stands_for_an_inner_address_is_not_asked(
    look_up: Callable[[str], Awaitable[list[str]]], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    one = client_of("http://127.0.0.1:9", look_up)
    with pytest.raises(AttemptError, match=message):
        asyncio.run(one.download("https://cdn.acme.delivery/a.png", allowed=HOSTS))


def test_what_stands_behind_the_colon_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="its port is no number") as caught:
        Origin.of("https://127.0.0.1:hunter2secret/v1")
    assert "hunter2" not in str(caught.value)
