"""The straight way to services: as many connections as there are calls at once, each used again and again."""

from __future__ import annotations

import asyncio
import functools
import ssl
import time
from collections import defaultdict
from urllib.parse import quote, urlsplit

from assetgen.providers._http.addresses import PORTS, Origin
from assetgen.providers._http.connection import Connection
from assetgen.providers._http.exchange import HEADERS, Ask, Progress, Reply

AT_ONCE = 1 << 20
"""Bytes that are taken from the operating system in one step, if they have come: most pictures are fewer."""
_PLAIN = "".join(chr(sign) for sign in range(0x21, 0x7F) if chr(sign) not in '"<>\\^`{|}')
"""What may stand in a path or a query as it is."""


class Connections:
    """Whoever is next takes the connection that was let go last, and no other one is looked at.

    Args:
        kept: Seconds that an idle connection is kept.
        patience: Seconds until a connection has to stand.
    """

    def __init__(self, kept: float, patience: float) -> None:
        self._kept = kept
        self._patience = patience
        self._closed = False
        self._idle: defaultdict[Origin, list[Connection]] = defaultdict(list)
        self._buffer = memoryview(bytearray(AT_ONCE))

    async def exchange(self, ask: Ask, progress: Progress) -> Reply:
        """One request and its whole answer. Raises as `Connection.open` and `Connection.exchange`."""
        origin, target, host = _address(ask.url)
        data = _written(ask, target, host)
        connection = await self._take(origin)
        reply = await connection.exchange(data, progress)
        self._give_back(connection, origin)
        return reply

    async def warm(self, url: str, calls: int) -> None:
        """Open connections for calls that will come soon. One that can't be opened is for the call itself to tell."""
        origin, _, _ = _address(url)

        async def one() -> None:
            self._give_back(await self._open(origin), origin)

        await asyncio.gather(*(one() for _ in range(calls)), return_exceptions=True)

    def idle(self) -> list[Connection]:
        """Those that nobody uses at the moment."""
        return [connection for idle in self._idle.values() for connection in idle]

    async def close(self) -> None:
        """Let go of those that are idle, and of the others as soon as they are."""
        self._closed = True
        for connection in self.idle():
            connection.abort()
        self._idle.clear()
        await asyncio.sleep(0)  # they are closed only when the loop comes to it

    async def _take(self, origin: Origin) -> Connection:
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if not self._is_old(connection) and not connection.is_over_by_now():
                return connection
            connection.abort()
        return await self._open(origin)

    def _give_back(self, connection: Connection, origin: Origin) -> None:
        """Keep a connection that may be used again; the oldest ones are closed when their time is over."""
        idle = self._idle[origin]
        while idle and self._is_old(idle[0]):
            idle.pop(0).abort()
        if self._closed:
            connection.abort()
        elif not connection.is_over:
            idle.append(connection)

    def _is_old(self, connection: Connection) -> bool:
        return time.monotonic() - connection.since > self._kept

    async def _open(self, origin: Origin) -> Connection:
        context = _certificates() if origin.scheme == "https" else None
        return await Connection.open(origin, context, self._patience, self._buffer)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Whom to believe, as httpx knows it."""
    import httpx

    context = httpx.create_ssl_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


@functools.lru_cache(maxsize=256)
def _address(url: str) -> tuple[Origin, str, str]:
    """Whom to ask, for what, and by which name. Most calls go to one and the same address."""
    origin, parts = Origin.of(url), urlsplit(url)
    target = quote(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}", safe=_PLAIN)
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return origin, target, host if origin.port == PORTS[origin.scheme] else f"{host}:{origin.port}"


def _written(ask: Ask, target: str, host: str) -> bytes:
    """The request as it goes over the wire, all of it at once."""
    length = {} if ask.content is None and ask.method == "GET" else {"Content-Length": str(len(ask.content or b""))}
    headers = {"Host": host, **HEADERS, **ask.headers, **length}
    lines = [f"{ask.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    head = "\r\n".join(lines)
    if head.count("\n") + head.count("\r") != 2 * (len(lines) - 1):
        raise ValueError("a header has several lines")
    return head.encode("latin-1") + (ask.content or b"")
