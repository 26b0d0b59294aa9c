"""The ways to one service: straight, or by a proxy.

Httpx's own pool goes through all of its connections at the beginning and at the end of each request, and asks the
operating system about each one that is idle. Here the last one that was let go is taken, and no other is looked at.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from assetgen.providers._http.streams import Backend, Stream


class Connections(httpx.AsyncBaseTransport):
    """As many connections as there are calls at once; what httpcore raises comes as it is.

    Args:
        kept: Seconds that an idle connection is kept.
        patience: Seconds until a connection has to stand.
    """

    def __init__(self, kept: float, patience: float) -> None:
        self._context = httpx.create_ssl_context()
        self._context.set_alpn_protocols(["http/1.1"])
        self._kept = kept
        self._patience = patience
        self._backend = Backend()
        self._idle: defaultdict[str, list[_Standing]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        origin = _origin(request.url)
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=origin.scheme, host=origin.host, port=request.url.port, target=request.url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        standing = await self._take(origin)
        answer = await standing.connection.handle_async_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(self, standing, origin, answer),
            extensions=answer.extensions,
        )

    async def warm(self, url: httpx.URL, calls: int) -> None:
        """Open connections for calls that will come soon. One that can't be opened is for the call itself to tell."""
        origin = _origin(url)

        async def one() -> None:
            self._idle[str(origin)].append(await self._connect(origin))

        await asyncio.gather(*(one() for _ in range(calls)), return_exceptions=True)

    async def aclose(self) -> None:
        for idle in self._idle.values():
            for standing in idle:
                await standing.connection.aclose()
        self._idle.clear()

    async def _take(self, origin: httpcore.Origin) -> _Standing:
        """The connection that was used last, if it still stands, or a new one."""
        idle = self._idle[str(origin)]
        while idle:
            standing = idle.pop()
            if not standing.is_over(self._kept):
                return standing
            await standing.connection.aclose()
        return await self._connect(origin)

    async def _connect(self, origin: httpcore.Origin) -> _Standing:
        host = origin.host.decode("ascii")
        stream = await self._backend.connect_tcp(host, origin.port, self._patience)
        if origin.scheme == b"https":
            stream = await stream.start_tls(self._context, host, self._patience)
        return _Standing(httpcore.AsyncHTTP11Connection(origin, stream), stream)

    async def give_back(self, standing: _Standing, origin: httpcore.Origin) -> None:
        """Keep a connection that may be used again; the oldest ones are closed when their time is over."""
        idle = self._idle[str(origin)]
        while idle and idle[0].is_over(self._kept):
            await idle.pop(0).connection.aclose()
        if standing.connection.is_available():
            standing.since = time.monotonic()
            idle.append(standing)
        else:
            await standing.connection.aclose()


@dataclass(slots=True)
class _Standing:
    """A connection, and since when it is idle."""

    connection: httpcore.AsyncHTTP11Connection
    stream: Stream
    since: float = field(default_factory=time.monotonic)

    def is_over(self, kept: float) -> bool:
        """Nothing is to come while nothing is asked: whatever did come is an end."""
        return time.monotonic() - self.since > kept or self.stream.is_readable


def _origin(url: httpx.URL) -> httpcore.Origin:
    return httpcore.Origin(url.raw_scheme, url.raw_host, url.port or (443 if url.scheme == "https" else 80))


class Proxied(httpx.AsyncBaseTransport):
    """By the proxy that the environment names, by httpx's own means."""

    def __init__(self, kept: float) -> None:
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(keepalive_expiry=kept), cookies=CookieJar(DefaultCookiePolicy(allowed_domains=()))
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._client.send(request, stream=True, follow_redirects=False)

    async def warm(self, url: httpx.URL, calls: int) -> None:
        """How a proxy is spoken to is httpx's own affair."""

    async def aclose(self) -> None:
        await self._client.aclose()


class _Body(httpx.AsyncByteStream):
    """The answer's body, with its connection, which is free again at the end."""

    def __init__(
        self,
        connections: Connections,
        standing: _Standing,
        origin: httpcore.Origin,
        answer: httpcore.Response,
    ) -> None:
        self._connections = connections
        self._standing = standing
        self._origin = origin
        self._answer = answer
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._answer.aiter_stream():
            yield piece

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._answer.aclose()
            await self._connections.give_back(self._standing, self._origin)
