"""The one client over TLS, against a real server on this machine."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
import trustme

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Call
from assetgen.providers._http import Client
from assetgen.providers._http.connections import Connections, _certificates
from tests.fakes.sockets import Handler, answer, hang, listening, reset, saying
from tests.providers.test_http_client import CALL, client_of, idle_connections, post

T = TypeVar("T")
LARGE = Call("things", {"prompt": "x" * 20_000_000})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    _certificates.cache_clear()
    yield
    _certificates.cache_clear()


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def context(authority: trustme.CA, request: pytest.FixtureRequest) -> ssl.SSLContext:
    made = context_for("127.0.0.1", authority)
    made.minimum_version = made.maximum_version = request.param
    return made


def context_for(host: str, authority: trustme.CA) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(made)
    return made


def run(
    context: ssl.SSLContext,
    handler: Handler,
    ask: Callable[[Client], Awaitable[T]],
    *,
    reads: bool = True,
    timeout: float = 5.0,
) -> T:
    async def scenario() -> T:
        async with listening(handler, reads=reads, context=context) as base:
            one = client_of(base, timeout)
            try:
                return await ask(one)
            finally:
                await one.close()

    return asyncio.run(scenario())


def failed(
    context: ssl.SSLContext,
    handler: Handler,
    ask: Callable[[Client], Awaitable[object]] = post,
    *,
    reads: bool = True,
    timeout: float = 5.0,
) -> Outcome:
    with pytest.raises(AttemptError) as caught:
        run(context, handler, ask, reads=reads, timeout=timeout)
    return caught.value.outcome


async def twice(one: Client) -> list[Answer]:
    return [await one.post(CALL), await one.post(CALL)]


class Counted:
    """Handles as it is told, after so many answers; and knows by which ports it was asked."""

    def __init__(self, then: Handler, answers: int = 0) -> None:
        self.then, self.answers = then, answers
        self.requests: list[bytes] = []
        self.ports: set[int] = set()

    async def __call__(self, request: bytes, writer: asyncio.StreamWriter) -> None:
        self.requests.append(request)
        self.ports.add(writer.get_extra_info("peername")[1])
        if len(self.requests) <= self.answers:
            writer.write(answer())
        else:
            await self.then(request, writer)


def test_a_call_is_answered_and_the_next_one_goes_over_the_same_connection(context: ssl.SSLContext) -> None:
    server = Counted(saying(answer(b'{"ok":1}')))
    assert [found.body for found in run(context, server, twice)] == [b'{"ok":1}'] * 2
    assert (len(server.requests), len(server.ports)) == (2, 1)


def test_a_large_answer_comes_whole(context: ssl.SSLContext) -> None:
    body = bytes(range(256)) * 12_000
    first, second = run(context, saying(answer(body)), twice)
    assert first.body == second.body == body


def test_connections_that_were_opened_before_are_used_by_the_first_calls(context: ssl.SSLContext) -> None:
    server = Counted(saying(b"", answer(), pause=0.02))

    async def warm_then_call(one: Client) -> tuple[int, int]:
        await one.warm(3)
        ready = idle_connections(one)
        await asyncio.sleep(0.05)  # what the server says after its handshake comes meanwhile
        await asyncio.gather(*(one.post(CALL) for _ in range(3)))
        return ready, idle_connections(one)

    assert run(context, server, warm_then_call) == (3, 3)
    assert len(server.ports) == 3


def test_a_certificate_for_another_host_means_not_sent(authority: trustme.CA) -> None:
    server = Counted(saying(answer()))
    outcome = failed(context_for("elsewhere.test", authority), server)
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")
    assert outcome.message.startswith("No connection to 127.0.0.1: its certificate is not valid: ")
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_means_not_sent() -> None:
    outcome = failed(context_for("127.0.0.1", trustme.CA()), saying(answer()))
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")
    assert "its certificate is not valid" in outcome.message


def test_what_can_not_be_trusted_is_not_opened_before(authority: trustme.CA) -> None:
    async def warm(one: Client) -> int:
        await one.warm(2)
        return idle_connections(one)

    assert run(context_for("elsewhere.test", authority), saying(answer()), warm) == 0


@pytest.mark.parametrize("then", [saying(close=True), reset], ids=["closed", "reset"])
def test_an_answer_that_ends_in_its_middle_is_cut_off(context: ssl.SSLContext, then: Handler) -> None:
    async def half(request: bytes, writer: asyncio.StreamWriter) -> None:
        await saying(answer(b"x" * 900)[:-500], pause=0.05)(request, writer)
        await then(request, writer)

    outcome = failed(context, half)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "network")
    assert outcome.message == "The answer of 127.0.0.1 was cut off after 400 of 900 bytes."


@pytest.mark.parametrize("then", [saying(close=True), reset], ids=["closed", "reset"])
@pytest.mark.parametrize("answers", [0, 1, 2, 3])
def test_once_the_request_has_arrived_its_outcome_is_unknown(
    context: ssl.SSLContext, answers: int, then: Handler
) -> None:
    """However many came over the same connection before: what is known of one says nothing of the next."""
    server = Counted(then, answers)

    async def ask(one: Client) -> None:
        for _ in range(answers + 1):
            await one.post(CALL)

    outcome = failed(context, server, ask)
    assert (len(server.requests), len(server.ports)) == (answers + 1, 1)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "network")
    assert "broke before an answer came" in outcome.message


@pytest.mark.parametrize("then", [saying(close=True), reset], ids=["closed", "reset"])
def test_a_server_that_leaves_right_after_the_handshake_may_have_what_was_written(
    context: ssl.SSLContext, then: Handler
) -> None:
    outcome = failed(context, then, reads=False)
    in_time = outcome.message == "No connection to 127.0.0.1: it was closed."  # before a byte was written
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT if in_time else OutcomeClass.UNKNOWN, "network")


def test_a_connection_that_was_closed_meanwhile_is_not_used(context: ssl.SSLContext) -> None:
    async def several(one: Client) -> list[int]:
        statuses = []
        for _ in range(3):
            statuses.append((await one.post(CALL)).status)
            await asyncio.sleep(0.05)
        return statuses

    server = Counted(saying(answer(), close=True))
    assert run(context, server, several) == [200] * 3
    assert len(server.ports) == 3


@pytest.mark.parametrize("opened", [0, 1])
def test_a_large_request_that_nobody_took_is_not_trusted_to_be_lost(context: ssl.SSLContext, opened: int) -> None:
    """How much of it is still on this side of the operating system is hidden behind the encryption."""

    async def reset_soon(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await reset(request, writer)

    async def ask(one: Client) -> Answer:
        await one.warm(opened)
        return await one.post(LARGE)

    outcome = failed(context, reset_soon, ask, reads=False)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "network")


def test_a_large_request_that_is_answered_unread_is_not_in_the_way_of_the_next(context: ssl.SSLContext) -> None:
    async def soon(_request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(answer(b"too large", "413 Too Large"))
        await writer.drain()
        await asyncio.sleep(60)

    async def both(one: Client) -> list[int]:
        return [(await one.post(LARGE)).status, (await one.post(CALL)).status]

    assert run(context, soon, both, reads=False) == [413, 413]


def test_a_large_request_comes_whole(context: ssl.SSLContext) -> None:
    server = Counted(saying(answer()))
    assert run(context, server, lambda one: one.post(LARGE)).status == 200
    assert len(server.requests[0].partition(b"\r\n\r\n")[2]) == 20_000_000 + len('{"prompt":""}')


def test_no_answer_and_no_handshake_are_waited_for_beyond_the_deadline(context: ssl.SSLContext) -> None:
    assert failed(context, hang, timeout=0.4).kind is OutcomeClass.UNKNOWN

    async def scenario() -> Outcome:
        async with listening(hang, reads=False) as base:
            one = client_of(base.replace("http:", "https:"), 0.4)
            with pytest.raises(AttemptError) as caught:
                await one.post(CALL)
            await one.close()
            return caught.value.outcome

    assert asyncio.run(scenario()).kind is OutcomeClass.NOT_SENT


def test_what_a_server_says_unasked_ends_the_connection(context: ssl.SSLContext) -> None:
    server = Counted(saying(answer(), b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong", pause=0.02))

    async def later(one: Client) -> tuple[Answer, int, Answer]:
        first = await one.post(CALL)
        await asyncio.sleep(0.1)
        way = one._transport._way
        assert isinstance(way, Connections)
        return first, sum(not connection.is_over for connection in way.idle()), await one.post(CALL)

    first, usable, second = run(context, server, later)
    assert (first.body, usable, second.body) == (b"{}", 0, b"{}")
