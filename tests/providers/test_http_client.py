"""The one client, against servers that behave and servers that don't."""

from __future__ import annotations

import asyncio
import gzip
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
import uvloop

from assetgen import __version__
from assetgen.core.offers import Service
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, Call, Source
from assetgen.providers._http import Client, client, connection
from assetgen.providers._http.addresses import Origin
from assetgen.providers._http.connection import Connection
from assetgen.providers._http.connections import Connections
from assetgen.providers._http.exchange import Ask, Progress
from tests.fakes.sockets import Handler, answer, hang, listening, reset, saying, threaded

SERVICE = Service("acme", ("ACME_KEY",), "ACME_BASE_URL", "https://api.acme.test/v1")
KEY = "acme-key-0123456789"
T = TypeVar("T")
CALL = Call("things", {"b": 1, "a": "ü"}, "attempt-1")


def client_of(base: str, timeout: float = 1.5, key: str = KEY, **options: Any) -> Client:
    return Client(SERVICE, {"ACME_KEY": key, "ACME_BASE_URL": f"{base}/v1/"}, timeout, **options)


def run(handler: Handler, ask: Callable[[Client], Awaitable[T]], *, reads: bool = True, **options: Any) -> T:
    async def scenario() -> T:
        async with listening(handler, reads=reads) as base:
            one = client_of(base, **options)
            try:
                return await ask(one)
            finally:
                await one.close()

    return asyncio.run(scenario())


def post(one: Client) -> Awaitable[Answer]:
    return one.post(CALL)


def failed(handler: Handler, *, reads: bool = True, ask: Any = post, **options: Any) -> Outcome:
    with pytest.raises(AttemptError) as caught:
        run(handler, ask, reads=reads, **options)
    return caught.value.outcome


def test_a_request_has_the_body_the_key_the_token_and_no_wish_for_compression() -> None:
    seen: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(answer(b'{"ok":1}', "201 Created", "X-Request-Id: 7"))

    found = run(handle, lambda one: one.post(CALL, {"Prefer": "wait"}))
    assert (found.status, found.body, found.source) == (201, b'{"ok":1}', Source.CALL)
    assert found.headers["x-request-id"] == "7"
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert body == '{"a":"ü","b":1}'.encode()
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /v1/things http/1.1"
    for line in (
        f"authorization: bearer {KEY}",
        "idempotency-key: attempt-1",
        "accept-encoding: identity",
        f"user-agent: assetgen/{__version__}",
        "content-type: application/json",
        "prefer: wait",
    ):
        assert line in lines


@pytest.mark.parametrize("status", [204, 301, 400, 429, 500, 503, 999])
def test_a_complete_answer_is_returned_whatever_its_status(status: int) -> None:
    body = b"" if status == 204 else b"words"
    assert run(saying(answer(body, f"{status} So")), post).status == status


def test_a_key_goes_into_the_header_that_the_service_wants() -> None:
    seen: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(answer())

    run(handle, post, header="X-Goog-Api-Key", form="{}")
    assert f"X-Goog-Api-Key: {KEY}".encode() in seen[0]
    assert b"uthorization" not in seen[0]


def test_nobody_listening_means_not_sent() -> None:
    async def scenario() -> None:
        async with listening(hang) as base:
            pass
        await client_of(base).post(CALL)

    with pytest.raises(AttemptError) as caught:
        asyncio.run(scenario())
    outcome = caught.value.outcome
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")
    assert outcome.message == "No connection to 127.0.0.1: connection refused."


def test_no_secure_connection_means_not_sent() -> None:
    async def scenario() -> Outcome:
        async with listening(saying(b"no TLS here\r\n", close=True), reads=False) as base:
            one = client_of(base.replace("http:", "https:"))
            with pytest.raises(AttemptError) as caught:
                await one.post(CALL)
            await one.close()
            return caught.value.outcome

    outcome = asyncio.run(scenario())
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")
    assert "secure connection" in outcome.message


BODY = answer(b"x" * 900)
UNKNOWN = [
    (reset, "network", "The connection to 127.0.0.1 broke before an answer came: connection reset by peer."),
    (saying(close=True), "network", "broke before an answer came: server disconnected"),
    (saying(b"HTTP/1.1 2", close=True), "network", "broke before an answer came"),
    (saying(b"It works!\r\n\r\n", close=True), "network", "broke before an answer came"),
    (saying(BODY[: 400 - 900], close=True), "network", "The answer of 127.0.0.1 was cut off after 400 of 900 bytes."),
    (
        saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n", close=True),
        "network",
        "cut off after 5 bytes",
    ),
    (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "network", "duplicate"),
    (saying(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"), "network", "invalid character in content-length"),
    (hang, "timeout", "No answer from 127.0.0.1 within 0.4 s."),
    (saying(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), "timeout", "No answer"),
]


@pytest.mark.parametrize(("handler", "code", "message"), UNKNOWN)
def test_once_the_request_has_left_its_outcome_is_unknown(handler: Handler, code: str, message: str) -> None:
    outcome = failed(handler, timeout=0.4)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, code)
    assert message.lower() in outcome.message.lower()


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        (["connection.connect_tcp.started", "connection.start_tls.started"], OutcomeClass.NOT_SENT),
        (["connection.connect_tcp.started", "http11.send_request_headers.started"], OutcomeClass.NOT_SENT),
        (["http11.send_request_headers.started", "http11.response_closed.started"], OutcomeClass.NOT_SENT),
        (["http11.send_request_headers.complete", "http11.send_request_body.started"], OutcomeClass.UNKNOWN),
        (["connection.connect_tcp.started", "http4.whatever_comes.started"], OutcomeClass.UNKNOWN),
    ],
)
def test_only_steps_that_are_known_to_be_harmless_prove_that_nothing_arrived(
    events: list[str], kind: OutcomeClass
) -> None:
    progress = Progress(Ask("POST", "https://acme.test", "acme.test", {}, b"{}", Source.CALL, 100, 1.0))
    for event in events:
        asyncio.run(progress.trace(event, {}))
    assert progress.broken(OSError()).kind is kind


def test_the_steps_of_a_call_have_the_names_that_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of httpx may name them otherwise; then nothing is ever said to be not sent."""
    events: list[str] = []
    original = Progress.trace

    async def trace(self: Progress, event: str, facts: Any) -> None:
        events.append(event)
        await original(self, event, facts)

    async def scenario() -> Answer:
        async with listening(saying(answer())) as proxy:
            monkeypatch.setenv("HTTP_PROXY", proxy)
            one = client_of(proxy)
            one._transport._direct = False
            found = await one.post(CALL)
            await one.close()
            return found

    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setattr(Progress, "trace", trace)
    assert asyncio.run(scenario()).status == 200
    started = [event.removesuffix(".started") for event in events if event.endswith(".started")]
    assert started[:4] == [
        "connection.connect_tcp",
        "http11.send_request_headers",
        "http11.send_request_body",
        "http11.receive_response_headers",
    ]


def test_a_request_that_was_only_partly_taken_has_not_arrived() -> None:
    large = Call("things", {"prompt": "x" * 20_000_000})

    async def reset_soon(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        await reset(request, writer)

    outcome = failed(reset_soon, reads=False, ask=lambda one: one.post(large))
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")


def test_a_request_whose_time_ran_out_on_the_way_may_have_arrived() -> None:
    large = Call("things", {"prompt": "x" * 20_000_000})
    outcome = failed(hang, reads=False, ask=lambda one: one.post(large), timeout=0.3)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "timeout")


@pytest.mark.parametrize("pieces", [(BODY[:-900],), (BODY[:-900], *[b"x"] * 900)])
def test_an_answer_that_hardly_comes_is_given_up_before_the_deadline(pieces: tuple[bytes, ...]) -> None:
    async def drip(_request: bytes, writer: asyncio.StreamWriter) -> None:
        await saying(*pieces, pause=0.01)(_request, writer)
        await asyncio.sleep(60)

    outcome = failed(drip, window=0.3, timeout=60.0)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNKNOWN, "timeout")
    assert "too slowly" in outcome.message


def test_an_answer_that_comes_slowly_but_steadily_is_waited_for() -> None:
    drip = saying(BODY[:-900], *[b"x" * 30] * 30, pause=0.02)
    assert len(run(drip, post, window=0.2).body) == 900


def test_a_compressed_answer_is_never_unpacked() -> None:
    bomb = gzip.compress(gzip.compress(bytes(50_000_000)))
    found = run(saying(answer(bomb, "200 OK", "Content-Encoding: gzip, gzip")), post)
    assert found.body == bomb
    assert found.headers["content-encoding"] == "gzip, gzip"


@pytest.mark.parametrize(
    ("status", "unusable_as", "kind", "code"),
    [
        ("200 OK", "unusable_image", OutcomeClass.UNUSABLE, "unusable_image"),
        ("201 Created", "", OutcomeClass.UNKNOWN, "network"),
        ("429 Too Many", "unusable_image", OutcomeClass.REFUSED, "rate_limited"),
    ],
)
def test_an_endless_answer_is_cut_short(
    status: str, unusable_as: str, kind: OutcomeClass, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOST_JSON", 2_000_000)

    async def endless(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\n\r\n".encode())
        while not writer.is_closing():
            writer.write(bytes(100_000))
            await writer.drain()

    outcome = failed(endless, unusable_as=unusable_as)
    assert (outcome.kind, outcome.code) == (kind, code)
    assert "more than 2 MB" in outcome.message


def test_a_redirect_is_an_answer_and_the_other_host_hears_nothing() -> None:
    heard: list[bytes] = []

    async def other(request: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(request)
        writer.write(answer())

    async def scenario() -> Answer:
        async with listening(other) as elsewhere:
            moved = answer(b"", "307 Temporary Redirect", f"Location: {elsewhere}/v1/things")
            async with listening(saying(moved)) as base:
                one = client_of(base)
                found = await one.post(CALL)
                await one.close()
                return found

    assert asyncio.run(scenario()).status == 307
    assert heard == []


def test_a_client_serves_one_run_after_another() -> None:
    closing = saying(answer(b"{}", "200 OK", "Connection: close"), close=True)
    statuses: list[int] = []

    async def once(one: Client) -> None:
        async with listening(closing) as base:
            one._base = f"{base}/v1"
            statuses.append((await one.post(CALL)).status)

    one = client_of("http://127.0.0.1:1")
    for _ in range(3):
        asyncio.run(once(one))
    asyncio.run(one.close())
    assert statuses == [200, 200, 200]


def test_it_can_be_used_again_after_it_was_closed() -> None:
    async def twice(one: Client) -> list[int]:
        first = await one.post(CALL)
        await one.close()
        return [first.status, (await one.post(CALL)).status]

    assert run(saying(answer()), twice) == [200, 200]


def test_a_connection_that_was_closed_meanwhile_is_not_used() -> None:
    async def hang_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer())
        await writer.drain()
        writer.close()

    async def several(one: Client) -> int:
        for _ in range(5):
            await one.post(CALL)
            await asyncio.sleep(0.02)
        return 5

    assert run(hang_up, several) == 5


def idle_connections(one: Client) -> int:
    return len(idle_ones(one))


def idle_ones(one: Client) -> list[Connection]:
    opened = one._transport._way
    assert isinstance(opened, Connections)
    return opened.idle()


def test_a_connection_that_is_free_again_is_used_again() -> None:
    async def many(one: Client) -> list[int]:
        counts = []
        for at_once in (5, 2, 5):
            await asyncio.gather(*(one.post(CALL) for _ in range(at_once)))
            counts.append(idle_connections(one))
        return counts

    async def slowly(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(answer())

    assert run(slowly, many) == [5, 5, 5]


def test_a_call_that_is_cancelled_lets_go_of_its_connection() -> None:
    async def cancelled(one: Client) -> int:
        call = asyncio.ensure_future(one.post(CALL))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        return idle_connections(one)

    assert run(hang, cancelled) == 0


def test_what_a_service_says_unasked_ends_the_connection() -> None:
    async def chatter(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer())
        await writer.drain()
        await asyncio.sleep(0.01)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong")

    async def twice(one: Client) -> list[Answer]:
        first = await one.post(CALL)
        await asyncio.sleep(0.05)
        return [first, await one.post(CALL)]

    first, second = run(chatter, twice)
    assert first.body == second.body != b"wrong"


def test_a_large_answer_comes_whole_over_a_connection_that_is_used_again() -> None:
    sizes = iter((3_000_000, 10, 5_000_000))

    async def large(_request: bytes, writer: asyncio.StreamWriter) -> None:
        size = next(sizes)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for _ in range(size // 10):
            writer.write(b"0123456789")
        await writer.drain()

    async def thrice(one: Client) -> list[int]:
        return [len((await one.post(CALL)).body) for _ in range(3)]

    assert run(large, thrice, timeout=10) == [3_000_000, 10, 5_000_000]


def test_no_cookie_is_sent_back_or_shown() -> None:
    seen: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(answer(b"{}", "200 OK", "Set-Cookie: session=abc; Path=/"))

    async def twice(one: Client) -> Answer:
        await one.post(CALL)
        return await one.post(CALL)

    assert "set-cookie" not in run(handle, twice).headers
    assert b"session" not in seen[1]


def test_no_password_is_taken_from_a_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password elses\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(answer())

    run(handle, post)
    assert seen[0].lower().count(b"authorization:") == 1
    assert KEY.encode() in seen[0]


def test_a_service_on_this_machine_is_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert run(saying(answer()), post).status == 200


def test_a_proxy_that_refuses_means_not_sent_and_it_sees_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    async def proxy(request: bytes, writer: asyncio.StreamWriter) -> None:
        seen.append(request)
        writer.write(answer(b"", "407 Proxy Authentication Required"))

    async def scenario() -> Outcome:
        async with listening(proxy) as address:
            monkeypatch.setenv("HTTPS_PROXY", address)
            monkeypatch.delenv("NO_PROXY", raising=False)
            monkeypatch.delenv("no_proxy", raising=False)
            one = Client(SERVICE, {"ACME_KEY": KEY}, 2.0)
            with pytest.raises(AttemptError) as caught:
                await one.post(CALL)
            await one.close()
            return caught.value.outcome

    outcome = asyncio.run(scenario())
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")
    assert "407" in outcome.message
    assert seen[0].startswith(b"CONNECT api.acme.test:443")
    assert KEY.encode() not in seen[0]


@pytest.mark.parametrize("key", ["", "kéy-0123456789", "key 0123456789", "key-0123\n456789"])
def test_without_a_key_that_can_be_sent_nothing_is_sent(key: str) -> None:
    heard: list[bytes] = []

    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(request)
        writer.write(answer())

    outcome = failed(handle, key=key)
    assert (outcome.kind, outcome.code) == (OutcomeClass.REFUSED, "auth")
    assert "`ACME_KEY`" in outcome.message
    assert heard == []


def test_httpx_is_not_loaded_before_the_first_call() -> None:
    script = (
        "import sys; from assetgen.providers import registry\n"
        "for module in registry.installed().values(): module.connect({}, 1.0)\n"
        "print([name for name in ('httpx', 'httpcore', 'anyio') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert json.loads(shown.stdout.replace("'", '"')) == []


def test_connections_that_were_opened_before_are_used_by_the_first_calls() -> None:
    opened: set[int] = set()

    async def remember(_request: bytes, writer: asyncio.StreamWriter) -> None:
        opened.add(writer.get_extra_info("peername")[1])
        await asyncio.sleep(0.02)
        writer.write(answer())

    async def warm_then_call(one: Client) -> tuple[int, int]:
        await one.warm(3)
        ready = {connection._transport.get_extra_info("sockname")[1] for connection in idle_ones(one)}
        await asyncio.gather(*(one.post(CALL) for _ in range(3)))
        return len(ready), len(opened - ready)

    assert run(remember, warm_then_call) == (3, 0)


def test_what_can_not_be_opened_before_is_told_by_the_call() -> None:
    async def scenario() -> Outcome:
        one = client_of("http://127.0.0.1:9")
        await one.warm(2)
        with pytest.raises(AttemptError) as caught:
            await one.post(CALL)
        await one.close()
        return caught.value.outcome

    assert asyncio.run(scenario()).kind is OutcomeClass.NOT_SENT


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_connection_that_ended_while_the_loop_was_busy_is_not_used(how: str) -> None:
    """The kernel knows of the end before the loop does."""

    async def hang_up(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer())
        await writer.drain()
        await (reset(_request, writer) if how == "reset" else asyncio.sleep(0))
        writer.close()

    with threaded(hang_up) as base:

        async def twice() -> list[int]:
            one = client_of(base)
            first = await one.post(CALL)
            time.sleep(0.2)  # noqa: ASYNC251 - the loop is busy, and hears of nothing
            second = await one.post(CALL)
            await one.close()
            return [first.status, second.status]

        assert asyncio.run(twice()) == [200, 200]


def test_what_the_operating_system_does_not_take_is_not_sent() -> None:
    async def reset_soon(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        await reset(request, writer)

    with threaded(reset_soon, reads=False) as base:

        async def too_late() -> None:
            connection = await Connection.open(Origin.of(base), None, 1.0, memoryview(bytearray(100)))
            progress = Progress(Ask("POST", base, "127.0.0.1", {}, b"{}", Source.CALL, 100, 1.0))
            time.sleep(0.2)  # noqa: ASYNC251
            with pytest.raises(OSError, match=r"reset|pipe"):
                await connection.exchange(b"POST / HTTP/1.1\r\n\r\n", progress)
            assert progress.refused

        asyncio.run(too_late())


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:9", "socks://127.0.0.1:9", "htp://127.0.0.1:9"])
def test_a_proxy_of_an_unknown_kind_means_not_sent(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, address)

    async def scenario() -> Outcome:
        one = Client(SERVICE, {"ACME_KEY": KEY}, 1.0)
        with pytest.raises(AttemptError) as caught:
            await one.post(CALL)
        return caught.value.outcome

    outcome = asyncio.run(scenario())
    assert (outcome.kind, outcome.code) == (OutcomeClass.NOT_SENT, "network")
    assert "a proxy that can't be used" in outcome.message


def test_a_call_works_in_another_loop_than_asyncios_own() -> None:
    """Who uses the package from a server may have one."""

    async def twice() -> list[int]:
        async with listening(saying(answer(b"x" * 300_000))) as base:
            one = client_of(base)
            found = [await one.post(CALL), await one.post(CALL)]
            assert idle_connections(one) == 1
            await one.close()
            return [len(answered.body) for answered in found]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(twice()) == [300_000, 300_000]


def test_an_answer_that_comes_before_the_request_was_taken_is_an_answer() -> None:
    """A gateway refuses what is too long without reading it, and keeps the connection open."""
    large = Call("things", {"prompt": "x" * 20_000_000})

    async def refuse(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"too long", "413 Payload Too Large"))
        await asyncio.sleep(60)

    async def once(one: Client) -> tuple[int, int]:
        return (await one.post(large)).status, idle_connections(one)

    assert run(refuse, once, reads=False, timeout=5.0) == (413, 0)


def test_a_call_that_is_cancelled_as_its_answer_comes_lets_go_of_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[Connection] = []
    make, finish = Connection.connection_made, connection._Incoming._finish
    calls: list[asyncio.Future[Answer]] = []

    def made(self: Connection, transport: asyncio.BaseTransport) -> None:
        opened.append(self)
        make(self, transport)

    def finish_and_cancel(self: connection._Incoming) -> None:
        finish(self)
        calls[0].cancel()

    async def cancelled(one: Client) -> list[bool]:
        calls.append(asyncio.ensure_future(one.post(CALL)))
        with pytest.raises(asyncio.CancelledError):
            await calls[0]
        return [one.is_over for one in opened]

    monkeypatch.setattr(Connection, "connection_made", made)
    monkeypatch.setattr(connection._Incoming, "_finish", finish_and_cancel)
    assert run(saying(answer()), cancelled) == [True]


def test_a_header_that_would_be_two_is_a_mistake_before_anything_is_opened() -> None:
    async def wrong(one: Client) -> int:
        with pytest.raises(ValueError, match="several lines"):
            await one.post(CALL, {"X-Name": "a\nb"})
        return idle_connections(one)

    assert run(saying(answer()), wrong) == 0


def test_what_is_under_way_when_the_client_is_closed_leaves_nothing_open() -> None:
    async def slowly(_request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.1)
        writer.write(answer())

    async def closed(one: Client) -> tuple[int, int]:
        call = asyncio.ensure_future(one.post(CALL))
        await asyncio.sleep(0.05)
        way = one._transport._way
        assert isinstance(way, Connections)
        await one.close()
        return (await call).status, len(way.idle())

    assert run(slowly, closed) == (200, 0)


@pytest.mark.parametrize("host", ["a..acme.delivery", "x" * 64 + ".acme.delivery", ".acme.delivery"])
def test_a_name_that_no_host_can_have_is_trouble_like_any_other(host: str) -> None:
    one = client_of("http://127.0.0.1:9")
    with pytest.raises(AttemptError) as caught:
        asyncio.run(one.download(f"https://{host}/a.png", allowed=("acme.delivery",)))
    assert caught.value.outcome.code == "download_failed"


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5  \r\nabcde\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nX-Odd: a\x01b\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nabcde",
    ],
)
def test_bad_manners_of_a_gateway_cost_no_answer(said: bytes) -> None:
    assert run(saying(said), post).body == b"abcde"
