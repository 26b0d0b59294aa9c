"""One connection of a client: reads requests, writes answers, and plays the faults that need a socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import replace
from typing import cast

from tests.services import lies
from tests.services.bill import Entry
from tests.services.desk import Turn
from tests.services.wire import Answer, MalformedError, Request, http_date, take

CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n" * 100
RESET_AT_ONCE = struct.pack("ii", 1, 0)


class Connection(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, one request after the other.

    Args:
        receive: Decides what happens to a request.
        now: The clock of the `Date` header.
        done: Told of every turn when its answer has gone out, or never will.
        everybody: The set of open connections, which it joins and leaves.
    """

    def __init__(
        self,
        receive: Callable[[Request], Turn],
        now: Callable[[], float],
        done: Callable[[Turn], None],
        everybody: set[Connection],
    ) -> None:
        self._receive = receive
        self._now = now
        self._done = done
        self._everybody = everybody
        self._buffer = bytearray()
        self._busy = False
        self._closing = False
        self._undelivered: list[Entry] = []
        self._writable = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=0)
        self._writable.set()
        self._everybody.add(self)

    def connection_lost(self, _error: Exception | None) -> None:
        self._everybody.discard(self)
        self._undelivered.clear()
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._busy:
            self._next()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()
        for entry in self._undelivered:
            entry.delivered = True
        self._undelivered.clear()

    def abort(self) -> None:
        """Let go of the client at once."""
        self._transport.abort()

    def _next(self) -> None:
        try:
            request = take(self._buffer)
        except MalformedError as error:
            self._closing = True
            self._write(Turn(Answer(error.status, str(error).encode(), "text/plain")))
            return
        if request is None:
            return
        self._busy = True
        self._closing = request.headers.get("connection", "").lower() == "close"
        self._begin(self._receive(request))

    def _begin(self, turn: Turn) -> None:
        loop = asyncio.get_running_loop()
        if turn.answer.wait:
            loop.call_later(turn.answer.wait, self._play, turn)
        else:
            self._play(turn)

    def _play(self, turn: Turn) -> None:
        if turn.answer.later:
            turn = replace(turn, answer=turn.answer.later())
        if self._transport.is_closing():
            self._done(turn)
        elif turn.fault is None or turn.fault.kind in {"delay", "status"}:
            self._write(turn)
        else:
            self._strike(turn)

    def _write(self, turn: Turn, lie: str = "") -> None:
        self._transport.write(lies.written(turn.answer, lie, http_date(self._now())))
        if turn.entry and turn.delivers and not self._transport.is_closing():
            self._undelivered.append(turn.entry)
            if self._writable.is_set():
                self.resume_writing()
        self._done(turn)
        if self._closing or lies.closes(lie):
            self._transport.close()
            return
        self._busy = False
        if self._buffer:
            self._next()

    def _strike(self, turn: Turn) -> None:
        assert turn.fault is not None
        match turn.fault.kind:
            case "lie" if turn.fault.lie_kind not in {"endless", "continues"}:
                self._write(turn, turn.fault.lie_kind)
                return
            case "reset":
                self._reset(turn, before=turn.fault.before)
            case "cut":
                self._cut(turn, turn.fault.size)
            case _:
                self._task = asyncio.get_running_loop().create_task(self._linger(turn))
                if turn.fault.kind == "drip":
                    return
        self._done(turn)

    def _reset(self, turn: Turn, *, before: bool) -> None:
        if not before:
            data = self._head(turn) + turn.answer.body()
            self._transport.write(data[: len(data) // 2])
        connection = cast("socket.socket", self._transport.get_extra_info("socket"))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
        self._transport.abort()

    def _cut(self, turn: Turn, size: int) -> None:
        self._transport.write(self._head(turn) + turn.answer.body()[:size])
        self._transport.close()

    async def _linger(self, turn: Turn) -> None:
        """Faults that take as long as the client has patience; its leaving ends them."""
        assert turn.fault is not None
        match turn.fault:
            case fault if fault.kind == "hang":
                if fault.after == "headers":
                    self._transport.write(self._head(turn))
            case fault if fault.kind == "drip":
                await self._drip(turn, fault.size)
            case fault if fault.lie_kind == "continues":
                await self._flood(b"", CONTINUE)
            case _:
                await self._flood(self._head(turn), CHUNK)

    async def _drip(self, turn: Turn, bytes_per_second: int) -> None:
        self._transport.write(self._head(turn))
        body = turn.answer.body()
        step = max(1, bytes_per_second // 10)
        for start in range(0, len(body), step):
            await asyncio.sleep(step / bytes_per_second)
            self._transport.write(body[start : start + step])
        if turn.entry:
            turn.entry.delivered = True
        self._done(turn)
        self._busy = False
        if self._buffer:
            self._next()

    async def _flood(self, head: bytes, piece: bytes) -> None:
        self._transport.write(head)
        while True:
            self._transport.write(piece)
            await asyncio.sleep(0)
            await self._writable.wait()

    def _head(self, turn: Turn) -> bytes:
        return turn.answer.head(http_date(self._now()))
