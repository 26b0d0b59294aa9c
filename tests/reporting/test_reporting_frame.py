from __future__ import annotations

import pytest

from assetgen.core.events import (
    ActionFailedOver,
    ActionRetry,
    ActionWaited,
    ActionWaiting,
    Event,
    ProviderLimited,
    ProviderStopped,
    RunStopping,
    Wait,
)
from assetgen.reporting.frame import Glass, lines
from assetgen.reporting.scene import Scene
from assetgen.reporting.theme import ASCII, UNICODE, Symbols
from tests.reporting.builders import begun, cached, called, done, failed, started, timed

RUN: tuple[Event, ...] = (
    started(total=40, cached=12),
    *(cached(f"ch01/c{n}") for n in range(12)),
    *(done(f"ch02/l{n}") for n in range(8)),
    failed("ch01/mirror"),
    *(begun(f"ch02/lantern_{n}") for n in range(6)),
)


def frame(
    *events: Event, columns: int = 100, rows: int = 40, later: float = 0.0, symbols: Symbols = UNICODE
) -> list[str]:
    scene = Scene()
    for one in timed(*events):
        scene(one)
    glass = Glass(len(events) - 1 + later, columns, rows, symbols)
    return [text.plain for text in lines(scene, glass)]


def test_the_bar_has_what_is_cached_new_and_failed() -> None:
    bars = next(line for line in frame(*RUN) if "Images" in line)
    assert bars.split()[-7:] == ["21/40", "12", "cached", "8", "new", "1", "failed"]


def test_the_figures_are_time_left_and_the_money_beside_the_estimate() -> None:
    figures = next(line for line in frame(*RUN, columns=120) if "Time" in line)
    spent, rest = "Spent $0.0216 of $5.00   estimate $0.01 – $0.02", "heading for $0.0216   Saved $0.0324"
    assert figures == f"  Time 0:27   left ≈ 0:38   {spent}   {rest}"
    narrow = [line for line in frame(*RUN, columns=80) if "$" in line and "together" not in line]
    assert narrow == [f"  Time 0:27   left ≈ 0:38   {spent}", f"  {rest}"]


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 200])
@pytest.mark.parametrize("rows", [5, 10, 16, 24, 50])
@pytest.mark.parametrize("symbols", [UNICODE, ASCII])
def test_the_view_fits_any_terminal_with_four_rows_to_spare(columns: int, rows: int, symbols: Symbols) -> None:
    drawn = frame(*RUN, columns=columns, rows=rows, symbols=symbols)
    assert len(drawn) <= max(rows - 4, 1)
    assert max(map(len, drawn)) < columns


def test_workers_that_have_no_room_are_counted() -> None:
    drawn = frame(*RUN, columns=120, rows=16)
    assert "  + 3 more" in drawn
    assert sum("generating" in line for line in drawn) == 3


def test_waiting_has_its_reason_and_a_retry_its_time() -> None:
    retry = ActionRetry("ch02/lantern_0", "together", "flux-schnell", "rate_limited", "429", 2, 5, 9.0)
    queued = ActionWaiting("ch02/lantern_1", "together", "queued, together: 1 of 3 slots")
    drawn = "\n".join(frame(*RUN, retry, queued))
    assert "rate limited, retry 2/5 in 8 s" in drawn
    assert "queued, together: 1 of 3 slots" in drawn
    later = next(line for line in frame(*RUN, retry, queued, later=20) if "lantern_0" in line)
    assert later.endswith("generating")


def test_a_failover_shows_who_is_asked_instead() -> None:
    over = ActionFailedOver("ch02/lantern_0", "service_down", "503", "together", "flux-schnell", "replicate", "sdxl")
    line = next(line for line in frame(*RUN, over) if "lantern_0" in line)
    assert "replicate/sdxl" in line
    assert "instead of together: service down" in line


def test_a_retry_after_a_failover_changes_nothing_of_why_it_is_made_by_another() -> None:
    over = ActionFailedOver("ch02/lantern_0", "service_down", "503", "together", "flux-schnell", "replicate", "sdxl")
    retry = ActionRetry("ch02/lantern_0", "replicate", "sdxl", "rate_limited", "429", 1, 3, 0.5)
    line = next(line for line in frame(*RUN, called("ch02/lantern_0"), over, retry, later=1) if "lantern_0" in line)
    assert line.endswith("generating instead of together: service down")


def test_the_last_line_is_what_a_person_should_know() -> None:
    limited = ProviderLimited("together", 3, 6, "2 x 429")
    assert frame(*RUN, limited)[-1].startswith("  together 6 → 3 at once, 2 x 429")
    assert frame(*RUN)[-1] == "  Ctrl-C stops cleanly"
    assert "waiting for together (31.0 s)" in frame(*RUN, limited, later=31)[-1]
    assert "finishing 4 requests already sent" in frame(*RUN, limited, RunStopping(4))[-1]


def test_a_draft_is_labelled() -> None:
    assert "draft: placeholders, free" in frame(started(draft=True))[0]


def test_the_words_of_others_bring_no_control_characters() -> None:
    drawn = "\n".join(frame(started(), begun("a\x1b[2J"), failed("b\x9b", message="c\r")))
    assert "a\\x1b[2J" in drawn
    assert not {"\x1b", "\x9b", "\r"} & set(drawn)


def test_who_has_no_turn_yet_waits_for_its_service_in_the_order_of_coming() -> None:
    limited = ProviderLimited("together", 2, 6, "it answered with 429")
    workers = [line for line in frame(*RUN, limited) if "lantern" in line]
    assert [line.split()[-1] for line in workers[:2]] == ["generating"] * 2
    assert all(line.endswith("waiting  together: 2 at once") for line in workers[2:])
    assert len(workers) == 6


def test_a_service_that_is_left_alone_is_counted_down() -> None:
    alone = ProviderLimited("together", 0, 6, "it failed 5 times in a row", wait=30.0)
    drawn = frame(started(), begun("sent"), begun("before"), alone, begun("late"), later=4)
    assert next(line for line in drawn if "late" in line).endswith("waiting  not asked for 25 s")
    assert sum(line.endswith("generating") for line in drawn) == 2
    assert drawn[-1].startswith("  together not asked for 25 s, it failed 5 times in a row")


def test_more_than_the_run_may_call_at_once_wait_for_their_turn() -> None:
    drawn = frame(started(), *(begun(f"a{n}") for n in range(8)))
    assert sum(line.endswith("generating") for line in drawn) == 6
    assert sum(line.endswith("waiting  for its turn") for line in drawn) == 2


def test_a_wait_for_another_process_is_over_when_it_is_said_to_be() -> None:
    waiting = ActionWaiting("a", "together", "another process is making it")
    over = ActionWaited("a", "together", "flux-schnell", Wait.PROCESS, 2.0)
    assert any("another process is making it" in line for line in frame(started(), begun("a"), waiting))
    line = next(line for line in frame(started(), begun("a"), waiting, over) if " a " in line)
    assert line.endswith("generating")


def test_a_picture_that_has_come_is_stored_and_holds_no_place() -> None:
    limited = ProviderLimited("together", 1, 6, "it answered with 429")
    drawn = frame(started(), limited, begun("first"), begun("second"), called("first"))
    assert next(line for line in drawn if "first" in line).endswith("storing")
    assert next(line for line in drawn if "second" in line).endswith("generating")


def test_every_service_that_allows_less_has_a_line_and_what_stopped_too() -> None:
    notes = frame(
        started(),
        ProviderLimited("together", 3, 6, "it answered with 429"),
        ProviderLimited("openai", 4, 4, "few more are allowed", per_minute=12.0),
        ProviderStopped("google", "quota", "the quota is spent"),
    )[-3:]
    assert notes[0].startswith("  together 6 → 3 at once, it answered with 429")
    assert notes[1].startswith("  openai 12 calls a minute, few more are allowed")
    assert notes[2].startswith("  google is not asked again: the quota is spent")


def test_what_a_service_allows_again_is_not_told_for_ever() -> None:
    back = ProviderLimited("together", 6, 3, "it answers well")
    events = (started(), ProviderLimited("together", 3, 6, "429"), back)
    assert "3 → 6 at once, it answers well" in frame(*events)[-1]
    assert frame(*events, later=11)[-1] == "  Ctrl-C stops cleanly"
