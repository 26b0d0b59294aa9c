"""Threads for what blocks."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from assetgen.core.deliveries import Deliveries
from assetgen.execution.workers import Workers

T = TypeVar("T")


def run(work: Callable[[Workers], Awaitable[T]], most: int = 4) -> T:
    async def scenario() -> T:
        with Workers(most) as workers:
            return await work(workers)

    return asyncio.run(scenario())


def test_a_result_comes_back_and_so_does_an_error() -> None:
    async def work(workers: Workers) -> tuple[tuple[int, int], str]:
        with pytest.raises(ZeroDivisionError):
            await workers.do(divmod, 1, 0)
        return await workers.do(divmod, 17, 5), (await workers.do(threading.current_thread)).name

    result, thread = run(work)
    assert result == (3, 2)
    assert thread.startswith("assetgen-worker")


def test_as_many_threads_as_there_is_work_for_and_no_more() -> None:
    async def work(workers: Workers) -> list[int]:
        counts = []
        for tasks in (1, 3, 9):
            gate = threading.Event()
            waiting = [workers.do(gate.wait, 5) for _ in range(tasks)]
            counts.append(len(workers._threads))
            gate.set()
            await asyncio.gather(*waiting)
        return counts

    assert run(work) == [1, 3, 4]


def test_results_that_come_together_wake_the_loop_once() -> None:
    async def scenario() -> tuple[int, list[int]]:
        loop = asyncio.get_running_loop()
        counts: list[int] = []
        deliveries = Deliveries(loop, counts.append)
        futures = [loop.create_future() for _ in range(50)]

        def hand_all_over() -> None:
            for number, one in enumerate(futures):
                deliveries.hand_over(one, number)

        thread = threading.Thread(target=hand_all_over)
        thread.start()
        thread.join()  # the loop is busy meanwhile
        assert await asyncio.gather(*futures) == list(range(50))
        futures = [loop.create_future()]
        deliveries.hand_over(futures[0], "later")
        assert await futures[0] == "later"
        return sum(counts), counts

    total, counts = asyncio.run(scenario())
    assert (total, counts) == (51, [50, 1])


def test_nothing_is_lost_between_many_threads_and_a_busy_loop() -> None:
    async def work(workers: Workers) -> int:
        done = 0
        for _ in range(50):
            done += sum(await asyncio.gather(*(workers.do(int, 1) for _ in range(40))))
        return done

    assert run(work, most=8) == 2000


def test_what_is_cancelled_before_it_was_begun_is_left_undone() -> None:
    done: list[str] = []

    async def work(workers: Workers) -> None:
        gate = threading.Event()
        first = workers.do(gate.wait, 5)
        second = workers.do(done.append, "second")
        third = workers.do(done.append, "third")
        second.cancel()
        gate.set()
        await first
        await third

    run(work, most=1)
    assert done == ["third"]


def test_what_was_asked_for_is_finished_at_the_end() -> None:
    done: list[int] = []

    async def work(workers: Workers) -> None:
        def slowly(number: int) -> None:
            time.sleep(0.01)
            done.append(number)

        for number in range(5):
            workers.do(slowly, number)

    run(work, most=2)
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_an_end_of_an_iteration_is_an_error_like_any_other() -> None:
    async def work(workers: Workers) -> None:
        await workers.do(next, iter(()))

    with pytest.raises(RuntimeError, match="nothing more comes"):
        run(work)


def test_the_same_threads_serve_one_loop_after_another() -> None:
    workers = Workers(2)

    async def once() -> int:
        return await workers.do(int, "7")

    assert [asyncio.run(once()), asyncio.run(once())] == [7, 7]
    workers.close()
