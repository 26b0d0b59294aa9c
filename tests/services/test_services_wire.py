"""HTTP/1.1 as the server reads it."""

from __future__ import annotations

import pytest

from tests.services.client import connected, raw_request
from tests.services.server import Services


def test_requests_on_one_connection_are_answered_in_turn(services: Services) -> None:
    with connected(services) as client:
        client.sendall(raw_request("together") * 3)
        found = b""
        while found.count(b"HTTP/1.1 200 OK") < 3 or not found.endswith(b"]}"):
            found += client.recv(65536)
    assert services.bill.creates("together") == 3


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431),
    ],
)
def test_what_is_no_http_is_refused_and_closed(services: Services, data: bytes, status: int) -> None:
    with connected(services) as client:
        client.sendall(data)
        found = client.recv(65536)
        assert found.startswith(b"HTTP/1.1 %d " % status)
