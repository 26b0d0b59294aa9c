from __future__ import annotations

import pytest

from assetgen.core.events import ActionFailedOver, ActionRetry, ActionWaiting, Event, ProviderLimited, RunStopping
from assetgen.reporting.frame import Glass, lines
from assetgen.reporting.scene import Scene
from assetgen.reporting.theme import ASCII, UNICODE, Symbols
from tests.reporting.builders import begun, cached, done, failed, started, timed

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


def test_the_figures_are_time_left_spent_and_saved() -> None:
    figures = next(line for line in frame(*RUN) if "Time" in line)
    assert figures.startswith("  Time 0:27   left ≈ 0:57   Spent $0.0216 of $5.00")
    assert figures.endswith("Saved $0.0324")


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 100, 200])
@pytest.mark.parametrize("rows", [5, 10, 16, 24, 50])
@pytest.mark.parametrize("symbols", [UNICODE, ASCII])
def test_the_view_fits_any_terminal_with_four_rows_to_spare(columns: int, rows: int, symbols: Symbols) -> None:
    drawn = frame(*RUN, columns=columns, rows=rows, symbols=symbols)
    assert len(drawn) <= max(rows - 4, 1)
    assert max(map(len, drawn)) < columns


def test_workers_that_have_no_room_are_counted() -> None:
    drawn = frame(*RUN, rows=16)
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


def test_the_last_line_is_what_a_person_should_know() -> None:
    limited = ProviderLimited("together", 3, 6, "2 x 429")
    assert frame(*RUN, limited)[-1].startswith("  together slowed to 3 at once: 2 x 429")
    assert frame(*RUN)[-1] == "  Ctrl-C stops cleanly"
    assert "waiting for together (31.0 s)" in frame(*RUN, limited, later=31)[-1]
    assert "finishing 4 requests already sent" in frame(*RUN, limited, RunStopping(4))[-1]


def test_a_draft_is_labelled() -> None:
    assert "draft: placeholders, free" in frame(started(draft=True))[0]


def test_the_words_of_others_bring_no_control_characters() -> None:
    drawn = "\n".join(frame(started(), begun("a\x1b[2J"), failed("b\x9b", message="c\r")))
    assert "a\\x1b[2J" in drawn
    assert not {"\x1b", "\x9b", "\r"} & set(drawn)
