"""The server is quick enough to measure clients with. Ratios only: both sides run beside each other."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.services.client import SCHNELL, connected, raw_request
from tests.services.server import Services

ROUNDS = 300


class Bare(asyncio.Protocol):
    """The least that a server can do: a request's end is the end of its bytes, and the answer is always the same."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"}"):
            json.loads(data.partition(b"\r\n\r\n")[2])
            self._transport.write(self._answer)


@contextmanager
def bare(answer: bytes) -> Iterator[int]:
    """The port of such a server, in a thread of its own like the other one."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(loop.create_server(lambda: Bare(answer), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Stop listening, and leave a moment for the connections to end as their clients have."""
    server.close()
    await asyncio.sleep(0.05)


def seconds(port: int, requests: list[bytes], size: int) -> float:
    """How long it takes to ask all of this on one connection, when every answer has this many bytes."""
    with socket.create_connection(("127.0.0.1", port), 5) as client:
        begun = time.perf_counter()
        for request in requests:
            client.sendall(request)
            left = size
            while left > 0:
                left -= len(client.recv(1_000_000))
        return time.perf_counter() - begun


def answer_to(services: Services, request: bytes) -> bytes:
    """One whole answer with a Content-Length."""
    with connected(services) as client:
        client.sendall(request)
        found = client.recv(1_000_000)
        head, _, body = found.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += client.recv(1_000_000)
    return head + b"\r\n\r\n" + body


def test_a_small_picture_costs_a_few_times_what_the_least_server_needs() -> None:
    request = raw_request("together", SCHNELL)
    requests = [request] * ROUNDS
    with Services() as services:
        answer = answer_to(services, request)
        with bare(answer) as port:
            ours, least = (
                min(seconds(one, requests, len(answer)) for _ in range(3))
                for one in (int(services.origin.rpartition(":")[2]), port)
            )
    assert ours < 12 * least


def test_a_picture_of_200_kb_costs_little_more_than_a_small_one() -> None:
    """It is encoded once: encoding it every time would take a hundred times as long."""
    requests = [raw_request("together", {**SCHNELL, "prompt": f"{number:04}"}) for number in range(100)]
    taken = []
    for size in (0, 200_000):
        with Services(picture_bytes=size) as services:
            whole = {request: len(answer_to(services, request)) for request in requests}
            port = int(services.origin.rpartition(":")[2])
            begun = time.perf_counter()
            for request in requests:
                seconds(port, [request], whole[request])
            taken.append(time.perf_counter() - begun)
    assert taken[1] < 8 * taken[0]
