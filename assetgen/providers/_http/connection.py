"""One connection that speaks HTTP/1.1: a request, its answer, and then perhaps the next one.

Made for many large answers in one loop: what comes is given to a parser in C as it comes, and waited for once.
"""

from __future__ import annotations

import asyncio
import select
import ssl
import time
from typing import Any, cast

import httptools

from assetgen.providers._http.addresses import Origin
from assetgen.providers._http.exchange import BrokenError, Progress, Reply

MOST_HEAD = 1 << 16
"""Bytes of status line and headers, and of whatever is said before them."""
NEXT_ADDRESS_AFTER = 0.25
"""Seconds after which a host's next address is tried beside the first one."""
NO_BODY_YET = range(100, 200)
"""Statuses that only say that the answer is still to come."""


class Connection(asyncio.BufferedProtocol):
    """Opened by `open`, used by one call at a time, and gone after the first one that does not end well.

    Args:
        buffer: Where what has come is put, and taken from at once: all connections of a loop can share it.

    Attributes:
        since: Since when nothing is asked, by the monotonic clock.
    """

    def __init__(self, buffer: memoryview) -> None:
        self._buffer = buffer
        self.since = time.monotonic()
        self._over = False
        self._incoming: _Incoming | None = None
        self._taken: asyncio.Future[bool] | None = None

    @classmethod
    async def open(
        cls, origin: Origin, context: ssl.SSLContext | None, patience: float, buffer: memoryview
    ) -> Connection:
        """Connect, encrypted where there is a context. Raises BrokenError or OSError."""
        loop = asyncio.get_running_loop()
        # Other loops, such as uvloop's, try a host's addresses one after the other.
        both: Any = {"happy_eyeballs_delay": NEXT_ADDRESS_AFTER} if isinstance(loop, asyncio.BaseEventLoop) else {}
        try:
            async with asyncio.timeout(patience):
                _, connection = await loop.create_connection(
                    lambda: cls(buffer), origin.host, origin.port, ssl=context, **both
                )
        except TimeoutError:
            raise BrokenError("it did not answer in time") from None
        except UnicodeError:
            raise BrokenError("no host can have this name") from None
        return connection

    async def exchange(self, data: bytes, progress: Progress) -> Reply:
        """Send a request, and wait for the whole answer.

        Raises:
            OSError, BrokenError: The connection broke, or what came is no answer.
            TimeoutError: Next to nothing came for too long.
            AttemptError: More came than is taken.
        """
        incoming = self._incoming = _Incoming(progress)
        ended_well = False
        try:
            await self._send(data, progress, incoming.reply)
            reply = await incoming.reply
            ended_well = not progress.refused
            return reply
        finally:
            self._incoming = None
            self.since = time.monotonic()
            if not (incoming.close() and ended_well):
                self.abort()

    def abort(self) -> None:
        """Let go of it at once."""
        self._over = True
        self._transport.abort()

    @property
    def is_over(self) -> bool:
        """Whether it can't be used any more, as far as the loop has heard."""
        return self._over or self._transport.is_closing()

    def is_over_by_now(self) -> bool:
        """The same by the operating system, which may know of an end before the loop does.

        Nothing is to come while nothing is asked: whatever did come is an end. And one that takes nothing has not even
        got rid of a request that was answered before all of it was read.
        """
        if self.is_over:
            return True
        ready = select.poll()
        ready.register(self._transport.get_extra_info("socket").fileno(), select.POLLIN | select.POLLOUT)
        return [event for _, event in ready.poll(0)] != [select.POLLOUT]

    async def _send(self, data: bytes, progress: Progress, reply: asyncio.Future[Reply]) -> None:
        """Hand all of it to the operating system; where it did not take all of it, no service can have it.

        An answer, or an end, may come before: then the rest is not sent any more, since the connection is given up.
        """
        if self.is_over:
            raise BrokenError("it was closed")
        progress.arrived = True
        self._transport.write(data)
        if (taken := self._taken) is not None:
            await asyncio.wait((taken, reply), return_when=asyncio.FIRST_COMPLETED)
            progress.refused = not (taken.done() and taken.result())
        elif self._transport.is_closing():
            progress.refused = True

    # What the loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        # Whoever has written then knows that the operating system has all of it. What is encrypted lies in a second
        # buffer that nobody tells of, and with this limit asyncio would say "pause" without a byte left in the first.
        if transport.get_extra_info("sslcontext") is None:
            self._transport.set_write_buffer_limits(high=0)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._incoming is None:
            self.abort()
        else:
            self._incoming.feed(self._buffer[:nbytes])

    def eof_received(self) -> None:
        self._end(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._taken is not None and not self._taken.done():
            self._taken.set_result(False)
        self._end(error)

    def pause_writing(self) -> None:
        self._taken = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        if self._taken is not None and not self._taken.done():
            self._taken.set_result(True)
        self._taken = None

    def _end(self, error: Exception | None) -> None:
        self._over = True
        if self._incoming is not None:
            self._incoming.end(error)


class _Incoming:
    """One answer as it comes; the parser calls the methods whose names begin with `on_`."""

    def __init__(self, progress: Progress) -> None:
        self._loop = asyncio.get_running_loop()
        self.reply: asyncio.Future[Reply] = self._loop.create_future()
        self._progress = progress
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)
        # A length beside chunks, padded sizes, folded headers: it may be paid for, and says clearly enough what it is.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True,
            lenient_chunked_length=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )
        self._head = 0
        self._headers: dict[str, str] = {}
        self._status = 0
        self._pieces: list[bytes] = []
        self._keeps = False
        self._watch: asyncio.TimerHandle | None = None
        self._seen = 0

    def feed(self, data: memoryview) -> None:
        assert self._parser is not None, "nobody asks any more"
        if not self._status:
            self._head += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._break(f"what came is no answer: {error}")
        except httptools.HttpParserUpgrade:
            self._break("it speaks of another protocol")
        if self._head > MOST_HEAD and not self._status:
            self._break("what came is no answer: it has no end of headers")

    def end(self, error: Exception | None) -> None:
        """Nothing more comes, which is the end of an answer that never said how long it is."""
        if error is None and self._status and not self._has_an_end():
            self._finish()
        # The operating system's word for it, where that is not our own deadline.
        late = isinstance(error, TimeoutError)
        self._fail(BrokenError("it did not answer in time") if late else error or BrokenError("server disconnected"))

    def close(self) -> bool:
        """Nobody waits for it any more; whether the connection can be used for another request."""
        if self._watch is not None:
            self._watch.cancel()
        self._parser = None  # each of them knows the other
        if self.reply.done() and not self.reply.cancelled():
            self.reply.exception()  # it may be that nobody has asked
        return self._keeps

    def on_message_begin(self) -> None:
        if self.reply.done():
            self._keeps = False  # nobody asked for another one

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:
            lower, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self._headers[lower] = f"{self._headers[lower]}, {text}" if lower in self._headers else text

    def on_headers_complete(self) -> None:
        assert self._parser is not None, "it is calling"
        status = self._parser.get_status_code()
        if status in NO_BODY_YET:
            self._headers.clear()
            return
        self._status = self._progress.status = status
        self._progress.declared = self._headers.get("content-length")
        self._watch = self._loop.call_later(self._progress.window, self._look)

    def on_body(self, data: bytes) -> None:
        self._pieces.append(data)
        self._progress.received += len(data)
        if self._progress.received > self._progress.ask.most:
            self._fail(self._progress.too_long())
            self._pieces.clear()

    def on_message_complete(self) -> None:
        if self._status and not self.reply.done():
            assert self._parser is not None, "it is calling"
            self._keeps = self._has_an_end() and self._parser.should_keep_alive()
            self._finish()

    def _has_an_end(self) -> bool:
        """Whether the answer says how long it is, be it in advance or on the way."""
        chunked = self._headers.get("transfer-encoding", "").lower().endswith("chunked")
        return chunked or "content-length" in self._headers or self._status in {204, 304}

    def _finish(self) -> None:
        if not self.reply.done():
            self.reply.set_result(Reply(self._status, self._headers, b"".join(self._pieces)))

    def _break(self, words: str) -> None:
        self._keeps = False
        self._fail(BrokenError(words))

    def _fail(self, error: Exception) -> None:
        if not self.reply.done():
            self.reply.set_exception(error)

    def _look(self) -> None:
        """Give up an answer that hardly comes."""
        if not self._progress.is_enough(self._progress.received - self._seen):
            self._progress.slow = True
            self._fail(TimeoutError())
            return
        self._seen = self._progress.received
        self._watch = self._loop.call_later(self._progress.window, self._look)
