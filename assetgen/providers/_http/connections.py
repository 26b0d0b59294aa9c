"""The ways to one service: straight, or by a proxy.

Httpx's own pool goes through all of its connections at the beginning and at the end of each request, and asks the
operating system about each one that is idle. Here the last one that was let go is taken, and no other is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpcore
import httpx

from assetgen.providers._http.streams import Backend


class Connections(httpx.AsyncBaseTransport):
    """As many connections as there are calls at once; what httpcore raises comes as it is.

    Args:
        kept: Seconds that an idle connection is kept.
    """

    def __init__(self, kept: float) -> None:
        self._context = httpx.create_ssl_context()
        self._kept = kept
        self._backend = Backend()
        self._idle: defaultdict[str, list[httpcore.AsyncHTTPConnection]] = defaultdict(list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        connection = await self._take(asked.url.origin)
        answer = await connection.handle_async_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(self, connection, asked.url.origin, answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                await connection.aclose()
        self._idle.clear()

    async def _take(self, origin: httpcore.Origin) -> httpcore.AsyncHTTPConnection:
        """The connection that was used last, if it still stands, or a new one."""
        idle = self._idle[str(origin)]
        while idle:
            connection = idle.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore.AsyncHTTPConnection(origin, self._context, self._kept, network_backend=self._backend)

    async def give_back(self, connection: httpcore.AsyncHTTPConnection, origin: httpcore.Origin) -> None:
        """Keep a connection that may be used again; the oldest ones are closed when their time is over."""
        idle = self._idle[str(origin)]
        while idle and idle[0].has_expired():
            await idle.pop(0).aclose()
        if connection.is_available():
            idle.append(connection)
        else:
            await connection.aclose()


class Proxied(httpx.AsyncBaseTransport):
    """By the proxy that the environment names, by httpx's own means."""

    def __init__(self, kept: float) -> None:
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(keepalive_expiry=kept), cookies=CookieJar(DefaultCookiePolicy(allowed_domains=()))
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._client.send(request, stream=True, follow_redirects=False)

    async def aclose(self) -> None:
        await self._client.aclose()


class _Body(httpx.AsyncByteStream):
    """The answer's body, with its connection, which is free again at the end."""

    def __init__(
        self,
        connections: Connections,
        connection: httpcore.AsyncHTTPConnection,
        origin: httpcore.Origin,
        answer: httpcore.Response,
    ) -> None:
        self._connections = connections
        self._connection = connection
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
            await self._connections.give_back(self._connection, self._origin)
