from __future__ import annotations

import asyncio
from graphlib import CycleError

import pytest

from assetgen.execution.scheduler import Scheduler


def perform_all(needs: dict[str, list[str]], alive: int = 4) -> tuple[list[str], int]:
    """The order in which jobs ended, and the most that were alive at once."""
    ended: list[str] = []
    alive_now = most = 0

    async def perform(name: str) -> None:
        nonlocal alive_now, most
        alive_now += 1
        most = max(most, alive_now)
        await asyncio.sleep(0)
        ended.append(name)
        alive_now -= 1

    asyncio.run(Scheduler(needs).run(perform, alive))
    return ended, most


def test_a_job_starts_after_all_that_it_needs() -> None:
    ended, _ = perform_all({"scene": ["image", "voice"], "image": [], "voice": [], "film": ["scene"]})
    assert set(ended) == {"scene", "image", "voice", "film"}
    assert ended.index("scene") > max(ended.index("image"), ended.index("voice"))
    assert ended[-1] == "film"


def test_jobs_start_in_plan_order() -> None:
    ended, _ = perform_all({name: [] for name in "zyxw"}, alive=1)
    assert ended == list("zyxw")


def test_no_more_than_the_given_number_is_alive() -> None:
    ended, most = perform_all({str(number): [] for number in range(50)}, alive=3)
    assert (len(ended), most) == (50, 3)


def test_needs_outside_of_the_run_are_taken_as_there() -> None:
    assert perform_all({"scene": ["made before"]})[0] == ["scene"]


def test_nothing_to_do_ends_at_once() -> None:
    assert perform_all({}) == ([], 0)


def test_a_circle_is_refused() -> None:
    with pytest.raises(CycleError):
        Scheduler({"a": ["b"], "b": ["a"]})


def test_a_bug_in_a_job_ends_the_run() -> None:
    async def perform(name: str) -> None:
        raise RuntimeError(name)

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(Scheduler({"a": [], "b": []}).run(perform, 1))
    assert caught.group_contains(RuntimeError, match="a")
