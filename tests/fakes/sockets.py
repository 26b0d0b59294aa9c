"""A server that says byte for byte what a test wants it to say."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import cast

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(
    handler: Handler, *, reads: bool = True, context: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Have every request of every connection handled; yields the address, without a slash.

    Args:
        reads: Take the request before it is handled; else it is left where it is, and handled as empty.
        context: Speak TLS, with the certificate that it holds.
    """
    open_now: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_now.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                await handler(await request(reader) if reads else b"", writer)
                await writer.drain()
        open_now.discard(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in tuple(open_now):
            writer.transport.abort()
        await asyncio.sleep(0.01)


@contextmanager
def threaded(handler: Handler, *, reads: bool = True) -> Iterator[str]:
    """The same in a thread of its own: it goes on while the client's loop is busy."""
    address: Future[str] = Future()
    ended = threading.Event()

    async def serve() -> None:
        async with listening(handler, reads=reads) as base:
            address.set_result(base)
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        yield address.result(5)
    finally:
        ended.set()
        thread.join()


async def request(reader: asyncio.StreamReader) -> bytes:
    """One whole request: its head and its body."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return head + await reader.readexactly(int(line.split(b":")[1]))
    return head


def saying(*pieces: bytes, pause: float = 0.0, close: bool = False) -> Handler:
    """Answer every request with these pieces, a pause between them; then close, or wait for the next request."""

    async def handle(_request: bytes, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if close:
            writer.close()

    return handle


async def reset(_request: bytes, writer: asyncio.StreamWriter) -> None:
    """End the connection at once and without manners."""
    connection = cast("socket.socket", writer.get_extra_info("socket"))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def hang(_request: bytes, _writer: asyncio.StreamWriter) -> None:
    """Say nothing for longer than any test waits."""
    await asyncio.sleep(60)


def answer(body: bytes = b"{}", status: str = "200 OK", *headers: str) -> bytes:
    """A whole answer with the length of its body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
