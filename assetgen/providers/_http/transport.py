"""The connections to one service: opened when they are needed, in the loop that runs, and shared by all its calls."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
from typing import TYPE_CHECKING
from urllib.request import getproxies

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer
from assetgen.core.secrets import Redactor
from assetgen.providers._http.exchange import Ask, BrokenError, Progress

if TYPE_CHECKING:
    from assetgen.providers._http.connections import Connections
    from assetgen.providers._http.proxied import Proxied

CONNECT = 10.0
KEPT = 4.0
"""Seconds that an idle connection is kept: less than any service does, so that none is used that is dead already."""
WINDOW = 30.0
"""Seconds within which an answer that comes too slowly is given up."""
SHORT = 1 << 16
"""Bytes of a success up to which keys of all services, in all forms, are looked for everywhere in it."""
WORDS = 1 << 12
"""Bytes at both ends of a longer one where they are, since it is a picture or a sound with words around it."""
REFUSING = 400
"""The status from which on an answer speaks in words, however long it is."""
logger = logging.getLogger(__name__)
_QUERY = re.compile(r"\?[^\s\"']*")


class _Discreet(logging.Filter):
    """Keeps keys and query strings out of the log."""

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
        sent: Knows the key that is sent, as it is sent.
        direct: Ask no proxy: the service is on this machine.
        window: Seconds within which an answer that comes too slowly is given up.
    """

    def __init__(self, redactor: Redactor, sent: Redactor, *, direct: bool, window: float = WINDOW) -> None:
        self._redactor = redactor
        self._sent = sent
        self._direct = direct
        self._window = window
        self._way: Connections | Proxied | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._filter = _Discreet(redactor)
        self._loggers: tuple[str, ...] = (__name__,)

    async def exchange(self, ask: Ask) -> Answer:
        """One request, sent once.

        Raises:
            AttemptError: There is no complete answer; it says whether the request may have arrived.
        """
        progress = Progress(ask, self._window)
        try:
            async with asyncio.timeout(ask.deadline):
                return await self._send(ask, progress)
        except TimeoutError:
            outcome = progress.timed_out()
        except (BrokenError, OSError) as error:
            outcome = progress.broken(error)
        # Outside of the `except`: what was raised may hold the request, with its key.
        raise AttemptError(dataclasses.replace(outcome, message=self._redactor.text(outcome.message)))

    async def warm(self, url: str, calls: int) -> None:
        """Have connections for so many calls, if that is possible; nothing is sent."""
        await self._opened().warm(url, calls)

    async def close(self) -> None:
        """Let go of all connections. Those of a loop that has ended can't be closed any more, only forgotten."""
        way, self._way = self._way, None
        for name in self._loggers:
            logging.getLogger(name).removeFilter(self._filter)
        if way is not None and self._loop is asyncio.get_running_loop():
            await way.close()

    def _opened(self) -> Connections | Proxied:
        loop = asyncio.get_running_loop()
        if self._way is None or self._loop is not loop:
            self._loop, self._way = loop, self._open()
            for name in self._loggers:
                logging.getLogger(name).addFilter(self._filter)
        return self._way

    def _open(self) -> Connections | Proxied:
        if self._direct or not {"http", "https", "all"} & getproxies().keys():
            from assetgen.providers._http.connections import Connections

            return Connections(KEPT, CONNECT)
        from assetgen.providers._http import proxied

        self._loggers = (__name__, *proxied.LOGGERS)
        try:
            return proxied.Proxied(KEPT, CONNECT)
        except (ImportError, ValueError):
            message = "The environment names a proxy that can't be used: its address must begin with `http` or `https`."
            raise AttemptError(Outcome(OutcomeClass.NOT_SENT, "network", message)) from None

    async def _send(self, ask: Ask, progress: Progress) -> Answer:
        reply = await self._opened().exchange(ask, progress)
        logger.debug("%s %s: %d", ask.method, ask.url, reply.status)
        told = {name: self._redactor.text(value) for name, value in reply.headers.items() if name != "set-cookie"}
        long = len(reply.body) > SHORT and reply.status < REFUSING
        body = self._without_keys(reply.body) if long else self._redactor.data(reply.body)
        return Answer(reply.status, body, told, ask.source)

    def _without_keys(self, long: bytes) -> bytes:
        """Looking for everything everywhere takes longer than all else that is done to a picture in the loop."""
        first, last = long[:WORDS], long[-WORDS:]
        words = self._redactor.data(first), self._redactor.data(last)
        changed = words != (first, last)
        return self._sent.data(b"".join((words[0], long[WORDS:-WORDS], words[1])) if changed else long)
