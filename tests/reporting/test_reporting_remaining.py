from __future__ import annotations

from dataclasses import replace

from assetgen.core.actions import Kind
from assetgen.core.events import ActionDone, ActionStarted, Event, ProviderLimited, ProviderStopped, Timed
from assetgen.core.results import Status
from assetgen.reporting.remaining import Remaining
from assetgen.reporting.tally import Tally
from tests.reporting.builders import cached, done, failed, money, started


def remaining(*events: tuple[float, Event]) -> Remaining:
    tally = Tally(keep=1)
    result = Remaining(tally)
    for t, event in events:
        tally(Timed(t, event))
        result(Timed(t, event))
    return result


def made(number: int, provider: str = "together", *, kind: Kind = Kind.IMAGE) -> ActionDone:
    return ActionDone(f"{provider}{number}", kind, provider, "model", 0.0, money("0.01"), "path")


def begun(provider: str, kind: Kind = Kind.IMAGE) -> ActionStarted:
    return ActionStarted(f"{provider}0", kind, provider, "model")


def plan(**kinds: tuple[int, int]) -> tuple[float, Event]:
    return 0.0, replace(started(), kinds={Kind[name]: counts for name, counts in kinds.items()})


def each_second(provider: str, number: int) -> list[tuple[float, Event]]:
    """One picture a second, from 0 s on."""
    return [(0.0, begun(provider)), *((n + 1.0, made(n, provider)) for n in range(number))]


def test_nothing_is_foretold_before_five_assets_came_from_no_cache() -> None:
    run: list[tuple[float, Event]] = [
        plan(IMAGE=(20, 10)),
        *((0.0, cached(f"c{n}")) for n in range(10)),
        *each_second("together", 5),
    ]
    assert remaining(*run[:-1]).left(5) is None
    assert remaining(*run).left(5) == 5


def test_the_slowest_service_counts_since_they_work_side_by_side() -> None:
    pictures = each_second("together", 10)
    voices: list[tuple[float, Event]] = [
        (0.0, begun("openai", Kind.SUBTITLE)),
        (5.0, made(0, "openai", kind=Kind.SUBTITLE)),
    ]
    left = remaining(plan(IMAGE=(20, 0), SUBTITLE=(5, 0)), *pictures, *voices).left(10)
    assert left == 4 / 0.1


def test_what_nobody_has_begun_comes_after_the_rest_at_the_mean_pace() -> None:
    run = remaining(plan(IMAGE=(20, 0), SUBTITLE=(5, 0), CUTSCENE=(3, 0)), *each_second("together", 10))
    assert run.left(10) == 10 + 5


def test_the_pace_is_that_of_late() -> None:
    slow = [(float(10 * n), made(n)) for n in range(1, 11)]
    fast = [(100.0 + n, made(100 + n)) for n in range(1, 21)]
    assert remaining(plan(IMAGE=(40, 0)), (0.0, begun("together")), *slow, *fast).left(120) == 10


def test_a_pause_that_a_service_asked_for_is_waited_for() -> None:
    run = [plan(IMAGE=(15, 0)), *each_second("together", 10)]
    paused = (10.0, ProviderLimited("together", 0, 8, "it failed", wait=30.0))
    assert remaining(*run, paused).left(10) == 5 + 30


def test_who_is_not_asked_again_leaves_the_work_to_the_others() -> None:
    both = [*each_second("together", 10), *each_second("replicate", 10)]
    stopped = (10.0, ProviderStopped("together", "quota", "the quota is spent"))
    assert remaining(plan(IMAGE=(30, 0)), *both).left(10) == 5
    assert remaining(plan(IMAGE=(30, 0)), *both, stopped).left(10) == 10


def test_what_was_skipped_is_no_work_that_was_done() -> None:
    skipped = [(1.0, failed(f"s{n}", status=Status.SKIPPED)) for n in range(9)]
    assert remaining(plan(IMAGE=(30, 0)), *skipped).left(1) is None


def test_it_counts_what_failed_as_done() -> None:
    run = [(n + 1.0, replace(failed(f"f{n}"), seconds=1.0)) for n in range(5)]
    assert remaining(plan(IMAGE=(10, 0)), *run).left(5) == 5


def test_nothing_is_left_at_the_end() -> None:
    assert remaining(plan(IMAGE=(5, 0)), *((n + 1.0, done(f"a{n}")) for n in range(5))).left(6) == 0
