from __future__ import annotations

import io
from pathlib import Path

import pytest

from assetgen.core.money import Usd
from assetgen.reporting import theme

OWN_ROLES = {"cached", "new", "changed", "waiting", "failed", "warning", "saved", "ok", "context", "strong"}


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "$0.00"),
        ("0.0027", "$0.0027"),
        ("0.002359296", "$0.00236"),
        ("0.000001", "$0.000001"),
        ("0.025", "$0.025"),
        ("0.5", "$0.50"),
        ("0.9996", "$1.00"),
        ("20.235", "$20.24"),
        ("1226", "$1226.00"),
    ],
)
def test_money_has_cents_and_below_a_dollar_the_digits_that_say_something(amount: str, said: str) -> None:
    assert theme.usd(Usd.parse(amount)) == said


def test_an_amount_that_is_short_has_its_sign_first() -> None:
    assert theme.usd(Usd(-2_480_000)) == "-$2.48"


@pytest.mark.parametrize(
    ("duration", "said"), [(0.04, "0.0 s"), (12.44, "12.4 s"), (59.96, "1:00"), (252, "4:12"), (3852, "1:04:12")]
)
def test_times_are_seconds_below_a_minute_and_a_clock_above(duration: float, said: str) -> None:
    assert theme.seconds(duration) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (88_000_000, "88 MB"),
        (999_600, "1.0 MB"),
        (1_900_000_000, "1.9 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_have_two_digits_and_a_unit(number: int, said: str) -> None:
    assert theme.size(number) == said


def test_thousands_are_held_together_by_a_space_that_the_encoding_has() -> None:
    assert theme.count(1226) == "1\u202f226"
    assert theme.count(1226, theme.ASCII) == "1 226"


def test_control_and_bidirectional_characters_are_shown_as_escapes_and_other_scripts_as_they_are() -> None:
    assert theme.safe("a\x1b[31m\n\u202eb\x9b\u2028") == "a\\x1b[31m\\n\\u202eb\\x9b\\u2028"
    assert theme.safe("港の夜 é 🌊") == "港の夜 é 🌊"


@pytest.mark.parametrize(
    ("encoding", "symbols"), [("utf-8", theme.UNICODE), ("ascii", theme.ASCII), ("cp1252", theme.ASCII)]
)
def test_the_signs_are_those_that_the_encoding_can_say(encoding: str, symbols: theme.Symbols) -> None:
    assert theme.symbols(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) is symbols


def test_every_ascii_sign_is_ascii() -> None:
    signs = [getattr(theme.ASCII, name) for name in theme.Symbols.__dataclass_fields__]
    assert "".join(map("".join, signs)).isascii()


def test_a_character_that_the_stream_lacks_is_escaped_instead_of_raising() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    theme.console(stream, environment={}).print("港")
    assert raw.getvalue() == b"\\u6e2f\n"


def printed(environment: dict[str, str]) -> str:
    stream = io.StringIO()
    theme.console(stream, environment=environment).print("cached", style="cached")
    return stream.getvalue()


def test_a_pipe_has_no_colour_unless_it_is_forced_and_no_color_has_the_last_word() -> None:
    assert printed({"TERM": "xterm"}) == "cached\n"
    assert printed({"FORCE_COLOR": "1"}) == "\x1b[36mcached\x1b[0m\n"
    assert printed({"FORCE_COLOR": "0"}) == "cached\n"
    assert printed({"FORCE_COLOR": "1", "NO_COLOR": "1"}) == "cached\n"


def test_forced_colour_does_not_animate_a_pipe(tmp_path: Path) -> None:
    with (tmp_path / "pipe").open("w") as stream:
        assert not theme.animated(stream, {"FORCE_COLOR": "1", "TERM": "xterm-256color"})
        assert not theme.console(stream, environment={"FORCE_COLOR": "1", "TERM": "xterm"}).is_terminal


def test_the_width_is_that_of_columns_else_a_hundred() -> None:
    assert theme.columns(io.StringIO(), {"COLUMNS": "72"}) == 72
    assert theme.columns(io.StringIO(), {"COLUMNS": "wide"}) == 100
    assert theme.columns(io.StringIO(), {}) == 100


def test_the_text_of_others_is_no_markup() -> None:
    stream = io.StringIO()
    theme.console(stream, environment={}).print("[red]x[/red] :smile:")
    assert stream.getvalue() == "[red]x[/red] :smile:\n"


def test_colours_are_the_terminals_own_so_that_they_can_be_read_on_dark_and_on_light() -> None:
    styles = [style for name, style in theme.ROLES.styles.items() if name in OWN_ROLES]
    assert len(styles) == len(OWN_ROLES)
    for style in styles:
        assert style.bgcolor is None
        assert style.color is None or style.color.name in {"red", "green", "yellow", "blue", "magenta", "cyan"}
