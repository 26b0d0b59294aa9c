"""The connections to one service: opened when they are needed, in the loop that runs, and shared by all its calls."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

from assetgen import __version__
from assetgen.core.ports import AttemptError
from assetgen.core.requests import Answer
from assetgen.core.secrets import Redactor
from assetgen.providers._http.exchange import Ask, Progress

if TYPE_CHECKING:
    import httpx

LANES = 8
"""Clients beside each other: one alone does work for every pair of its connections, at every request."""
CONNECT = 10.0
KEPT = 4.0
"""Seconds that an idle connection is kept: less than any service does, so that none is used that is dead already."""
SLOWEST = 1000
"""Bytes in a second that an answer must bring, once it has begun."""
WINDOW = 30.0
LOGGERS = ("httpx", *(f"httpcore.{part}" for part in ("connection", "http11", "http2", "proxy", "socks")))
_QUERY = re.compile(r"\?[^\s\"']*")


@dataclass(slots=True)
class _Lane:
    client: httpx.AsyncClient
    busy: int = 0


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
        direct: Ask no proxy: the service is on this machine.
        window: Seconds within which an answer that comes too slowly is given up.
    """

    def __init__(self, redactor: Redactor, *, direct: bool, window: float = WINDOW) -> None:
        self._redactor = redactor
        self._direct = direct
        self._window = window
        self._lanes: Sequence[_Lane] = ()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._filter = _Discreet(redactor)

    async def exchange(self, ask: Ask) -> Answer:
        """One request, sent once.

        Raises:
            AttemptError: There is no complete answer; it says whether the request may have arrived.
        """
        import httpx

        progress = Progress(ask)
        lane = self._least_busy()
        lane.busy += 1
        try:
            async with asyncio.timeout(ask.deadline):
                return await self._send(lane.client, ask, progress)
        except TimeoutError:
            outcome = progress.timed_out(self._window)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            outcome = progress.broken(error)
        finally:
            lane.busy -= 1
        # Outside of the `except`: what httpx raised holds the request, with its key.
        raise AttemptError(dataclasses.replace(outcome, message=self._redactor.text(outcome.message)))

    async def close(self) -> None:
        """Let go of all connections. Those of a loop that has ended can't be closed any more, only forgotten."""
        lanes, self._lanes = self._lanes, ()
        for name in LOGGERS:
            logging.getLogger(name).removeFilter(self._filter)
        if self._loop is asyncio.get_running_loop():
            for lane in lanes:
                await lane.client.aclose()

    def _least_busy(self) -> _Lane:
        """The first of those with the fewest calls: then a few calls find connections that are open already."""
        loop = asyncio.get_running_loop()
        if not self._lanes or self._loop is not loop:
            self._loop, self._lanes = loop, self._open()
        return min(self._lanes, key=lambda lane: lane.busy)

    def _open(self) -> list[_Lane]:
        import httpx

        for name in LOGGERS:
            logging.getLogger(name).addFilter(self._filter)
        context = httpx.create_ssl_context()
        return [
            _Lane(
                httpx.AsyncClient(
                    verify=context,
                    headers={"User-Agent": f"assetgen/{__version__}", "Accept-Encoding": "identity"},
                    timeout=httpx.Timeout(None, connect=CONNECT),
                    limits=httpx.Limits(keepalive_expiry=KEPT),
                    trust_env=not self._direct,
                    follow_redirects=False,
                    cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
                )
            )
            for _ in range(LANES)
        ]

    async def _send(self, client: httpx.AsyncClient, ask: Ask, progress: Progress) -> Answer:
        async with client.stream(
            ask.method, ask.url, content=ask.content, headers=ask.headers, extensions={"trace": progress.trace}
        ) as response:
            progress.status = response.status_code
            progress.declared = response.headers.get("content-length")
            body = await self._body(response, progress)
        headers = {name: self._redactor.text(value) for name, value in response.headers.items() if name != "set-cookie"}
        return Answer(response.status_code, self._redactor.data(body), headers, ask.source)

    async def _body(self, response: httpx.Response, progress: Progress) -> bytes:
        """The body as it is sent, never decompressed: a few bytes may hide gigabytes."""
        loop, body, enough = asyncio.get_running_loop(), bytearray(), 0.0
        try:
            async with asyncio.timeout(self._window) as patience:
                async for chunk in response.aiter_raw():
                    body += chunk
                    progress.received = len(body)
                    if len(body) > progress.ask.most:
                        raise AttemptError(progress.too_long())
                    if len(body) >= enough:
                        patience.reschedule(loop.time() + self._window)
                        enough = len(body) + SLOWEST * self._window
        except TimeoutError:
            progress.slow = patience.expired()
            raise
        return bytes(body)
