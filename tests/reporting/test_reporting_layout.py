from __future__ import annotations

from rich.text import Text

from assetgen.reporting.layout import Block, Column, bar, fitted, line, short, table
from assetgen.reporting.theme import ASCII, UNICODE
from tests.reporting.builders import text_of


def test_a_table_in_a_pipe_folds_long_names_and_loses_nothing() -> None:
    name = "chapter/" + "x" * 60
    shown = text_of(table([Column("Name"), Column("Cost")], [([name, "$1.00"], "")], symbols=UNICODE, width=40), 40)
    assert "".join(line.split("$")[0].strip() for line in shown.splitlines()[2:]) == name
    assert "$1.00" in shown
    assert all(len(line) <= 40 and line == line.rstrip() for line in shown.splitlines())


def test_a_narrow_screen_does_without_the_columns_that_need_room() -> None:
    columns = [Column("Name", figures=False), Column("Rare", since=80)]
    assert "Rare" not in text_of(table(columns, [(["a", "b"], "")], symbols=ASCII, width=79))
    assert "Rare" in text_of(table(columns, [(["a", "b"], "")], symbols=ASCII, width=80))


def test_a_block_wraps_under_its_own_indent() -> None:
    assert text_of(Block(Text("one two three"), 4), 12) == "    one two\n    three\n"


def test_a_bar_shows_even_one_of_many_and_is_never_longer_than_its_room() -> None:
    drawn = bar([(9_999, "cached"), (1, "failed")], 1_000_000, 20, ASCII)
    assert drawn.plain == "==" + "-" * 18
    assert bar([(7, "cached"), (9, "new")], 8, 10, UNICODE).plain == "━" * 10
    assert bar([], 0, 4, ASCII).plain == "----"


def test_a_fitted_text_has_exactly_its_width_in_wide_characters_too() -> None:
    assert fitted("abc", 5, UNICODE) == "abc  "
    assert fitted("abcdef", 5, UNICODE) == "ab…ef"
    assert fitted("港の夜の灯", 8, ASCII) == "港...灯 "


def test_a_long_text_hangs_beside_its_label() -> None:
    screen = line(("next:  ", "context"), "a text that is too long for this line", indent=2)
    assert text_of(screen, 30).splitlines() == ["  next:  a text that is too", "         long for this line"]


def test_a_name_that_is_longer_than_the_line_begins_beside_its_label_all_the_same() -> None:
    assert text_of(line(("1  ", "context"), "x" * 30), 20).splitlines() == ["1  " + "x" * 17, "   " + "x" * 13]


def test_a_hint_stands_behind_the_line_or_below_it() -> None:
    screen = line(("Next: ", "context"), "assetgen run", hint="every asset: --all")
    assert text_of(screen, 40) == "Next: assetgen run   every asset: --all\n"
    assert text_of(screen, 30) == "Next: assetgen run\n      every asset: --all\n"


def test_a_spare_column_is_left_out_where_the_table_would_not_fit_with_it() -> None:
    columns = [Column("name", figures=False), Column("where", figures=False, spare=True)]
    rows = [(["a", "out/manifest.json"], "")]
    assert "manifest" in text_of(table(columns, rows, symbols=UNICODE, width=25), 25)
    assert "manifest" not in text_of(table(columns, rows, symbols=UNICODE, width=24), 24)


def test_a_short_name_keeps_its_beginning_and_its_end() -> None:
    assert short("chapter-one/night", 10, UNICODE) == "chapt…ight"
    assert short("night", 10, UNICODE) == "night"
