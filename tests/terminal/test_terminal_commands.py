"""The real command in a pseudo-terminal: what stands there in the middle of a run, and what stays at its end."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from assetgen.core.actions import JSON
from tests.e2e.command import Command
from tests.services.remote import Remote
from tests.terminal.conftest import Watch
from tests.terminal.test_terminal_screens import compare

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
PLAIN_CODES = {0, 1, 2, *range(31, 37)}
"""Nothing, bold, dim, and those of the terminal's own colours that can be read on dark and on light."""
LET_GO, HELD_BACK = b"\x1b[?7h", b"\x1b[?7l"


def shows(text: str) -> Callable[[list[str]], bool]:
    return lambda lines: any(text in line for line in lines)


def views(lines: list[str]) -> int:
    return sum(line.startswith("assetgen run ") for line in lines)


def test_a_draft_run_leaves_its_summary_and_nothing_of_the_view(watch: Watch) -> None:
    with watch("run", "actions.yaml", "--draft") as terminal:
        assert terminal.end() == 0
        compare("command-draft-80", [re.sub(r"\b\d+:\d\d\b", "0:00", line) for line in terminal.lines()])
        assert not terminal.screen.cursor.hidden


def test_one_asset_is_shown_by_the_line_that_a_run_says(watch: Watch, game: Command) -> None:
    places = ("--out", "my out", "--cache-dir", "my cache")
    with watch("run", "actions.yaml", "--draft", *places, columns=120) as terminal:
        assert terminal.end() == 0
        said = next(line for line in terminal.lines() if "one asset:" in line)
    words = shlex.split(said.partition("one asset: assetgen ")[2])
    shown = game(*(word if word != "ID" else "tide/03" for word in words))
    assert shown.code == 0
    assert "its files stand as made" in shown.out
    assert "my cache" in words


def test_a_limit_is_seen_and_ctrl_c_leaves_a_clean_screen(watch: Watch, services: Remote) -> None:
    late: JSON = {"delay": {"seconds": 1.0}}
    services.script("together", "422", "429", "429", late, late, late)
    with watch("run", "actions.yaml", "--max-cost", "5", "-j", "2", **services.environment()) as terminal:
        terminal.until(shows("it answered with 429"))
        seen = terminal.until(shows("content refused"))
        terminal.type("\x03")
        assert terminal.end() == 130
        left = terminal.lines()
    assert views(seen) == 1
    assert not views(left)
    assert not shows("Ctrl-C")(left)
    assert left[0].startswith(("! stopped early:", "^C! stopped early:"))
    for told in (
        "  Spent    $",
        "1 failed",
        "not made, and nothing paid for them",
        "Go on:     assetgen run",
    ):
        assert shows(told)(left), told
    assert left[-1] == "exit 130: interrupted; what was bought is kept"
    assert not terminal.screen.cursor.hidden
    assert terminal.raw.rfind(LET_GO) > terminal.raw.rfind(HELD_BACK) >= 0


def test_a_service_that_is_given_up_is_seen_with_who_works_instead(watch: Watch, services: Remote) -> None:
    services.script("together", "401", always=True)
    with watch("run", "actions.yaml", columns=120, **services.environment()) as terminal:
        seen = terminal.until(shows("together is not asked again"))
        assert terminal.end() == 0
        left = terminal.lines()
    assert shows("replicate/flux-schnell")(seen)
    assert shows("together was not asked any more: auth")(left)
    assert shows("13 of 13 done")(left)


def test_a_new_size_is_followed_without_a_second_picture(watch: Watch, services: Remote) -> None:
    services.script("together", {"delay": {"seconds": 5.0}}, always=True)
    with watch("run", "actions.yaml", columns=100, rows=30, **services.environment()) as terminal:
        terminal.until(shows("generating"))
        terminal.resize(60, 20)
        small = terminal.until(lambda lines: views(lines) == 1 and shows(" more")(lines))
        terminal.type("\x03")
        terminal.until(shows("already sent"))
        terminal.type("\x03")
        assert terminal.end() == 130
        assert not views(terminal.lines())
    assert max(map(cell_len, small)) < 60


@pytest.mark.parametrize("columns", [80, 120])
def test_an_estimate_looks_as_it_did(watch: Watch, columns: int) -> None:
    with watch("estimate", "actions.yaml", "--max-cost", "5", columns=columns, TOGETHER_API_KEY="x" * 40) as terminal:
        assert terminal.end() == 0
        lines = [re.sub(r"\d{4}-\d\d-\d\d", "2026-01-01", line) for line in terminal.lines()]
    compare(f"command-estimate-{columns}", lines)


def test_a_missing_key_is_told_in_lines_that_break_at_words(watch: Watch) -> None:
    with watch("run", "actions.yaml") as terminal:
        assert terminal.end() == 6
        lines = terminal.lines()
    assert lines[0].startswith("error: ")
    assert shows("  = help: ")(lines)
    for word in ("TOGETHER_API_KEY", "REPLICATE_API_TOKEN", "--draft", "assetgen.yaml"):
        assert shows(word)(lines), word


@pytest.mark.parametrize("command", ["models", "voices"])
def test_what_may_be_named_is_whole_at_eighty_columns(watch: Watch, game: Command, command: str) -> None:
    with watch(command) as terminal:
        assert terminal.end() == 0
        lines = terminal.lines()
    assert max(map(cell_len, lines)) <= 80
    for one in game(command, "--json").json()[command]:
        assert shows(one["model"])(lines)
        assert shows(one.get("voice", ""))(lines), one


def test_colours_are_the_terminals_own_and_none_where_none_are_wished(watch: Watch) -> None:
    with watch("estimate", "actions.yaml", "--draft", NO_COLOR="1") as terminal:
        terminal.end()
        assert not COLOUR.search(terminal.raw)
    with watch("estimate", "actions.yaml", "--draft") as terminal:
        terminal.end()
        codes = {int(code) for found in COLOUR.findall(terminal.raw) for code in found[2:-1].split(b";") if code}
    assert {1, 2} <= codes <= PLAIN_CODES


def test_a_terminal_that_knows_only_ascii_gets_only_ascii(watch: Watch) -> None:
    with watch("run", "actions.yaml", "--draft", PYTHONIOENCODING="ascii", LANG="C") as terminal:
        assert terminal.end() == 0
        assert terminal.raw.isascii()
        assert shows("ok 13 of 13 done")(terminal.lines())


def test_a_terminal_that_can_only_write_on_gets_lines(watch: Watch) -> None:
    with watch("run", "actions.yaml", "--draft", TERM="dumb") as terminal:
        assert terminal.end() == 0
        assert b"\x1b" not in terminal.raw
        assert shows("assetgen: done:")(terminal.lines())
