from __future__ import annotations

import asyncio
import signal

import pytest

from assetgen.execution import stopping
from assetgen.execution.stopping import Stop


def test_nobody_asked() -> None:
    stop = Stop()
    assert (stop.requested, stop.exit_code) == (False, 0)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
def test_the_first_signal_decides_the_code(number: signal.Signals, code: int) -> None:
    stop = Stop()
    stop.request(number)
    stop.request(signal.SIGINT)
    assert stop.exit_code == code


def test_a_second_request_ends_the_grace_at_once() -> None:
    async def twice() -> None:
        stop = Stop()
        stop.request()
        await stop.asked()
        stop.request()
        async with asyncio.timeout(1):
            await stop.over()

    asyncio.run(twice())


def test_the_grace_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "GRACE", {signal.SIGINT: 0.01})

    async def once() -> None:
        stop = Stop()
        stop.request()
        async with asyncio.timeout(1):
            await stop.over()

    asyncio.run(once())
