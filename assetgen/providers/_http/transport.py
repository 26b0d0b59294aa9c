"""The connections to one service: opened when they are needed, in the loop that runs, and shared by all its calls."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import logging
import re
from typing import TYPE_CHECKING
from urllib.request import getproxies

from assetgen import __version__
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.ports import AttemptError
from assetgen.core.requests import Answer
from assetgen.core.secrets import Redactor
from assetgen.providers._http.exchange import Ask, Progress

if TYPE_CHECKING:
    import httpx

    from assetgen.providers._http.connections import Connections, Proxied

CONNECT = 10.0
KEPT = 4.0
"""Seconds that an idle connection is kept: less than any service does, so that none is used that is dead already."""
HEADERS = {
    "User-Agent": f"assetgen/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}
SLOWEST = 1000
"""Bytes in a second that an answer must bring, once it has begun."""
WINDOW = 30.0
SHORT = 1 << 16
"""Bytes of a success up to which every service's key is looked for in it; after that only the one that was sent."""
REFUSING = 400
"""The status from which on an answer speaks in words, however long it is."""
LOGGERS = (__name__, "httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
logger = logging.getLogger(__name__)
_QUERY = re.compile(r"\?[^\s\"']*")


class _Discreet(logging.Filter):
    """Keeps keys and query strings out of what httpx logs."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _QUERY.sub("?…", self._redactor.text(record.getMessage())), ()
        return True


class Transport:
    """Sends requests and brings whole answers.

    Args:
        redactor: Knows all keys: a gateway in front of several services may answer with any.
        own: Knows the key that is sent.
        direct: Ask no proxy: the service is on this machine.
        window: Seconds within which an answer that comes too slowly is given up.
    """

    def __init__(self, redactor: Redactor, own: Redactor, *, direct: bool, window: float = WINDOW) -> None:
        self._redactor = redactor
        self._own = own
        self._direct = direct
        self._window = window
        self._way: Connections | Proxied | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._filter = _Discreet(redactor)

    async def exchange(self, ask: Ask) -> Answer:
        """One request, sent once.

        Raises:
            AttemptError: There is no complete answer; it says whether the request may have arrived.
        """
        import httpcore
        import httpx

        progress = Progress(ask)
        broken = httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, httpcore.UnsupportedProtocol
        try:
            async with asyncio.timeout(ask.deadline):
                return await self._send(ask, progress)
        except TimeoutError:
            outcome = progress.timed_out(self._window)
        except (*broken, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            outcome = progress.broken(error)
        # Outside of the `except`: what httpx raised holds the request, with its key.
        raise AttemptError(dataclasses.replace(outcome, message=self._redactor.text(outcome.message)))

    async def warm(self, url: str, calls: int) -> None:
        """Have connections for so many calls, if that is possible; nothing is sent."""
        await self._opened().warm(_parsed(url), calls)

    async def close(self) -> None:
        """Let go of all connections. Those of a loop that has ended can't be closed any more, only forgotten."""
        way, self._way = self._way, None
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(self._filter)
        if way is not None and self._loop is asyncio.get_running_loop():
            await way.aclose()

    def _opened(self) -> Connections | Proxied:
        loop = asyncio.get_running_loop()
        if self._way is None or self._loop is not loop:
            self._loop, self._way = loop, self._open()
        return self._way

    def _open(self) -> Connections | Proxied:
        from assetgen.providers._http import connections

        for name in LOGGERS:
            logging.getLogger(name).addFilter(self._filter)
        if self._direct or not {"http", "https", "all"} & getproxies().keys():
            return connections.Connections(KEPT, CONNECT)
        try:
            return connections.Proxied(KEPT)
        except (ImportError, ValueError):
            message = "The environment names a proxy that can't be used: its address must begin with `http` or `https`."
            raise AttemptError(Outcome(OutcomeClass.NOT_SENT, "network", message)) from None

    async def _send(self, ask: Ask, progress: Progress) -> Answer:
        import httpx

        extensions = {"trace": progress.trace, "timeout": {"connect": CONNECT}}
        headers = {**HEADERS, **ask.headers}
        request = httpx.Request(
            ask.method, _parsed(ask.url), headers=headers, content=ask.content, extensions=extensions
        )
        response = await self._opened().handle_async_request(request)
        try:
            logger.debug("%s %s: %d", ask.method, ask.url, response.status_code)
            progress.status = response.status_code
            progress.declared = response.headers.get("content-length")
            body = await self._body(response, progress)
        finally:
            await response.aclose()
        told = {name: self._redactor.text(value) for name, value in response.headers.items() if name != "set-cookie"}
        long = len(body) > SHORT and response.status_code < REFUSING
        redactor = self._own if long else self._redactor
        return Answer(response.status_code, redactor.data(body), told, ask.source)

    async def _body(self, response: httpx.Response, progress: Progress) -> bytes:
        """The body as it is sent, never decompressed: a few bytes may hide gigabytes."""
        loop, pieces, enough = asyncio.get_running_loop(), list[bytes](), 0.0
        try:
            async with asyncio.timeout(self._window) as patience:
                async for piece in response.aiter_raw():
                    pieces.append(piece)
                    progress.received += len(piece)
                    if progress.received > progress.ask.most:
                        raise AttemptError(progress.too_long())
                    if progress.received >= enough:
                        patience.reschedule(loop.time() + self._window)
                        enough = progress.received + SLOWEST * self._window
        except TimeoutError:
            progress.slow = patience.expired()
            raise
        return b"".join(pieces)


@functools.lru_cache(maxsize=256)
def _parsed(url: str) -> httpx.URL:
    """Most calls go to one and the same address, and reading it takes a tenth of a call."""
    import httpx

    return httpx.URL(url)
