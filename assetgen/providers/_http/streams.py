"""How connections are made and read, in as few steps as a large answer allows.

Httpcore's usual streams ask the operating system at each look at an idle connection, and bring 64 KiB at most.
"""

from __future__ import annotations

import asyncio
import errno
import select
import ssl
from collections import deque
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

import httpcore

T = TypeVar("T")

READ_AHEAD = 1 << 20
"""Bytes that may lie unread before the other side has to wait."""
NEXT_ADDRESS_AFTER = 0.25
"""Seconds after which a host's next address is tried beside the first one."""


class _Ends(asyncio.Protocol):
    """What has come and was not read yet, and whether the operating system takes more."""

    def __init__(self) -> None:
        self.pieces: deque[bytes] = deque()
        self.unread = 0
        self.ended = False
        self._error: Exception | None = None
        self._coming: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.over(cast("asyncio.Transport", transport))

    def over(self, transport: asyncio.Transport) -> None:
        """Speak by this transport from now on."""
        self.transport = transport
        # Whoever has written then knows that the operating system has all of it.
        transport.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        self.pieces.append(data)
        self.unread += len(data)
        if self.unread > READ_AHEAD:
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        self.ended, self._error = True, error
        self._writable.set()
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    async def send(self, data: bytes) -> None:
        """Hand all of it to the operating system. Raises OSError where it did not take all of it."""
        if self.ended or self.transport.is_closing():
            raise self._error or ConnectionResetError(errno.ECONNRESET, "closed")
        self.transport.write(data)
        if self.transport.is_closing():
            raise self._error or ConnectionResetError(errno.ECONNRESET, "closed")
        if not self._writable.is_set():
            await self._writable.wait()
            if self.ended:
                raise self._error or ConnectionResetError(errno.ECONNRESET, "closed")

    async def take(self) -> bytes:
        """Everything that has come, as soon as there is something; empty at the end. Raises OSError."""
        if not self.pieces and not self.ended:
            self._coming = asyncio.get_running_loop().create_future()
            await self._coming
        if not self.pieces and self._error is not None:
            raise self._error
        data = self.pieces[0] if len(self.pieces) == 1 else b"".join(self.pieces)
        self.pieces.clear()
        if self.unread > READ_AHEAD:
            self.transport.resume_reading()
        self.unread = 0
        return data

    def _wake(self) -> None:
        if self._coming is not None and not self._coming.done():
            self._coming.set_result(None)


class Stream(httpcore.AsyncNetworkStream):
    """One connection, plain or encrypted."""

    def __init__(self, ends: _Ends) -> None:
        self._ends = ends

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """All that is there: what httpcore makes of it knows no limit."""
        with _named(httpcore.ReadError, httpcore.ReadTimeout):
            return await _within(timeout, self._ends.take())

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            with _named(httpcore.WriteError, httpcore.WriteTimeout):
                await _within(timeout, self._ends.send(buffer))

    async def aclose(self) -> None:
        self._ends.transport.close()
        await asyncio.sleep(0)  # it is closed only when the loop comes to it

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> Stream:
        ends, loop = self._ends, asyncio.get_running_loop()
        with _named(httpcore.ConnectError, httpcore.ConnectTimeout):
            try:
                encrypted = await _within(
                    timeout, loop.start_tls(ends.transport, ends, ssl_context, server_hostname=server_hostname)
                )
            except BaseException:
                ends.transport.abort()
                raise
        ends.over(cast("asyncio.Transport", encrypted))
        return self

    @property
    def is_readable(self) -> bool:
        """Something has come, or the end: also where the loop was too busy to hear of it yet."""
        if self._ends.ended or self._ends.pieces or self._ends.transport.is_closing():
            return True
        ready = select.poll()
        ready.register(self._ends.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(ready.poll(0))

    def get_extra_info(self, info: str) -> object:
        return self.is_readable if info == "is_readable" else self._ends.transport.get_extra_info(info)


class Backend(httpcore.AsyncNetworkBackend):
    """Opens connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        loop = asyncio.get_running_loop()
        with _named(httpcore.ConnectError, httpcore.ConnectTimeout):
            _, ends = await _within(
                timeout, loop.create_connection(_Ends, host, port, happy_eyeballs_delay=NEXT_ADDRESS_AFTER)
            )
        return Stream(ends)


async def _within(seconds: float | None, work: Awaitable[T]) -> T:
    if seconds is None:
        return await work
    async with asyncio.timeout(seconds):
        return await work


@contextmanager
def _named(broken: type[Exception], late: type[Exception]) -> Iterator[None]:
    """Trouble in httpcore's words."""
    try:
        yield
    except TimeoutError as error:
        raise late(str(error)) from error
    except OSError as error:
        raise broken(str(error)) from error
