"""A strict server on loopback that plays Together, Replicate, OpenAI and Google, and keeps the true bill."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from functools import partial
from types import TracebackType
from typing import Self

from tests.services.bill import Bill
from tests.services.connection import Connection
from tests.services.desk import Desk, Turn
from tests.services.faults import Faults
from tests.services.google import Google
from tests.services.keys import NAMES, example
from tests.services.openai import OpenAI
from tests.services.pictures import Pictures
from tests.services.replicate import Replicate
from tests.services.together import Together
from tests.services.wire import Request
from tests.services.world import Seen, World

LOOPBACK = "127.0.0.1"
VARIABLES = {
    "together": ("TOGETHER_BASE_URL", "TOGETHER_API_KEY"),
    "replicate": ("REPLICATE_BASE_URL", "REPLICATE_API_TOKEN"),
    "openai": ("OPENAI_BASE_URL", "OPENAI_API_KEY"),
    "google": ("GOOGLE_TTS_BASE_URL", "GOOGLE_API_KEY"),
}


def environment(origin: str) -> dict[str, str]:
    """Addresses and valid keys of all services at this origin, as a client reads them from its environment."""
    found: dict[str, str] = {}
    for name in NAMES:
        address, key = VARIABLES[name]
        found[address] = f"{origin}/{name}/v1"
        found[key] = example(name)
    return found


class Services:
    """All services on one port, in a thread of their own, for as long as the context lasts.

    Args:
        latency: Seconds that a picture or a piece of speech takes.
        port: 0 for any that is free.
        picture_bytes: The least size of a picture; 0 for small ones.
        limits: Paid requests a minute, by service; no limit where it has none.
        seconds_rate: Micro-dollars for a second of Replicate's sdxl; None for a fixed price.
        watch: Told of every request once it is answered, in the server's thread.
    """

    def __init__(
        self,
        *,
        latency: float = 0.0,
        port: int = 0,
        picture_bytes: int = 0,
        limits: Mapping[str, int] | None = None,
        seconds_rate: int | None = None,
        watch: Callable[[Seen], None] | None = None,
    ) -> None:
        self._world = World(latency, Pictures(picture_bytes), limits or {}, seconds_rate)
        self._desk = Desk(self._world, [kind(self._world) for kind in (Together, Replicate, OpenAI, Google)])
        self._port = port
        self.watch = watch
        self._connections: set[Connection] = set()
        self._thread: threading.Thread | None = None

    @property
    def origin(self) -> str:
        return self._world.origin

    @property
    def other(self) -> str:
        """The origin of another host, which nobody should send a key to."""
        return self._world.other

    @property
    def bill(self) -> Bill:
        return self._settled().bill

    @property
    def faults(self) -> Faults:
        return self._world.faults

    @property
    def violations(self) -> list[str]:
        """Whatever a client did that a well-behaved one never does."""
        return self._settled().violations

    @property
    def requests(self) -> list[Seen]:
        return self._settled().requests

    @property
    def elsewhere(self) -> list[Seen]:
        """Every request to the other host."""
        return self._settled().elsewhere

    def environment(self) -> dict[str, str]:
        """Every `*_BASE_URL` and a valid key for each service."""
        return environment(self.origin)

    def advance(self, seconds: float) -> None:
        """Move the services' clock forward; answers that are under way still take their real time."""
        self._in_loop(partial(self._desk.advance, seconds))

    def clear(self) -> None:
        """Forget bill, requests, violations, faults, jobs and files."""
        self._in_loop(self._desk.clear)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        try:
            self._loop.run_until_complete(self._listen())
        except OSError:
            self._loop.close()
            raise
        self._thread = threading.Thread(target=self._loop.run_forever, name="services", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._thread is not None
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        self._world.after = self._loop.call_later
        self._servers = [
            await self._loop.create_server(partial(self._connection, receive), LOOPBACK, port, backlog=1024)
            for receive, port in ((self._desk.receive, self._port), (self._desk.receive_elsewhere, 0))
        ]
        ports = [server.sockets[0].getsockname()[1] for server in self._servers]
        self._world.origin, self._world.other = (f"http://{LOOPBACK}:{port}" for port in ports)

    def _connection(self, receive: Callable[[Request], Turn]) -> Connection:
        return Connection(receive, self._world.now, self._done, self._connections)

    def _done(self, turn: Turn) -> None:
        if turn.seen is None:
            return
        turn.seen.status = 0 if turn.fault and turn.fault.silent else turn.answer.status
        turn.seen.amount = turn.entry.amount if turn.entry else 0
        if self.watch:
            self.watch(turn.seen)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for connection in tuple(self._connections):
            connection.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _settled(self) -> World:
        """The world once everything is noted of which a client may have seen the answer."""
        if self._thread and self._thread.is_alive() and self._thread is not threading.current_thread():
            self._in_loop(lambda: None)
        return self._world

    def _in_loop(self, work: Callable[[], None]) -> None:
        async def step() -> None:
            work()

        asyncio.run_coroutine_threadsafe(step(), self._loop).result()
