"""The way by the proxy that the environment names, by httpx's own means."""

from __future__ import annotations

import asyncio
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from assetgen.providers._http.exchange import HEADERS, Ask, BrokenError, Progress, Reply

LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
"""Where requests are spoken of that are sent from here."""


class Proxied:
    """Connections to a proxy. Raises ImportError or ValueError where it can't be used.

    Args:
        kept: Seconds that an idle connection is kept.
        patience: Seconds until a connection has to stand.
    """

    def __init__(self, kept: float, patience: float) -> None:
        self._patience = patience
        self._client = httpx.AsyncClient(
            limits=httpx.Limits(keepalive_expiry=kept), cookies=CookieJar(DefaultCookiePolicy(allowed_domains=()))
        )

    async def exchange(self, ask: Ask, progress: Progress) -> Reply:
        """One request and its whole answer.

        Raises:
            BrokenError: The connection broke, or what came is no answer.
            TimeoutError: Next to nothing came for too long.
            AttemptError: More came than is taken.
        """
        extensions = {"trace": progress.trace, "timeout": {"connect": self._patience}}
        request = httpx.Request(
            ask.method, ask.url, headers={**HEADERS, **ask.headers}, content=ask.content, extensions=extensions
        )
        try:
            response = await self._client.send(request, stream=True, follow_redirects=False)
            try:
                progress.status = response.status_code
                progress.declared = response.headers.get("content-length")
                return Reply(response.status_code, dict(response.headers), await _body(response, progress))
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise BrokenError(str(error) or type(error).__name__) from error

    async def warm(self, url: str, calls: int) -> None:
        """How a proxy is spoken to is httpx's own affair."""

    async def close(self) -> None:
        await self._client.aclose()


async def _body(response: httpx.Response, progress: Progress) -> bytes:
    """The body as it is sent, never decompressed: a few bytes may hide gigabytes."""
    loop, pieces, seen = asyncio.get_running_loop(), list[bytes](), 0
    try:
        async with asyncio.timeout(progress.window) as patience:
            async for piece in response.aiter_raw():
                pieces.append(piece)
                progress.received += len(piece)
                if progress.received > progress.ask.most:
                    raise progress.too_long()
                if progress.is_enough(progress.received - seen):
                    seen = progress.received
                    patience.reschedule(loop.time() + progress.window)
    except TimeoutError:
        progress.slow = patience.expired()
        raise
    return b"".join(pieces)
