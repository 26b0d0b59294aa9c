from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from assetgen.core.validation import Severity
from assetgen.dsl.checking import Rules, load
from assetgen.dsl.problems import Mark, Problem
from assetgen.reporting.problems import as_json, concise, github, text

RULES = Rules(("flux-schnell",), ("openai-tts",))

PROBLEM = Problem(
    code="schema",
    message="Unknown field `promt` in image 'a'",
    severity=Severity.ERROR,
    file="actions.yaml",
    line=7,
    column=5,
    action_index=1,
    action_id="a",
    help="did you mean `prompt`?",
    lines=((7, "    promt: x"),),
    width=5,
)


def at(line: str, column: int, width: int, note: str = "") -> Problem:
    return replace(PROBLEM, line=1, column=column, width=width, note=note, lines=((1, line),))


def excerpt(problem: Problem, width: int = 100) -> tuple[str, str]:
    """The line of the source and the carets below it, without the gutter."""
    lines = text([problem], width=width).plain.splitlines()
    return lines[3].partition("| ")[2], lines[4].partition("| ")[2]


def test_a_screen_of_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    actions = """\
actions:
  - type: asset_image
    id: harbour_night
    promt: A harbour
  - type: asset_image

    id: harbour_night
    prompt: yes
"""
    (tmp_path / "actions.yaml").write_text(actions)
    monkeypatch.chdir(tmp_path)
    found = load(["actions.yaml"], RULES).problems
    assert (
        text(found).plain
        == """\
error[schema]: `prompt` is missing in image 'harbour_night'
 --> actions.yaml:2:11
  |
2 |   - type: asset_image
  |           ^^^^^^^^^^^
  = help: an image needs `type`, `id` and `prompt`

error[schema]: Unknown field `promt` in image 'harbour_night'
 --> actions.yaml:4:5
  |
4 |     promt: A harbour
  |     ^^^^^
  = help: did you mean `prompt`?

error[duplicate_id]: The id 'harbour_night' is used twice
 --> actions.yaml:7:9
  |
3 |     id: harbour_night
  |         ------------- first used here
...
7 |     id: harbour_night
  |         ^^^^^^^^^^^^^ used again here
  = help: ids name output files, so each must be unique over all files of a set

error[schema]: `prompt` must be text in image 'harbour_night', and `yes` is read as true
 --> actions.yaml:8:13
  |
8 |     prompt: yes
  |             ^^^
  = help: put it in quotes: `"yes"`

error: actions.yaml has 4 problems; nothing was generated and nothing was spent
"""
    )


def test_a_first_place_in_another_file_has_an_excerpt_of_its_own() -> None:
    first = Mark("chapters/one.yaml", 120, 9, 3, "first used here", "    id: abc")
    problem = replace(PROBLEM, note="used again here", related=first, help="")
    assert text([problem]).plain.splitlines()[1:9] == [
        "   --> actions.yaml:7:5",
        "    |",
        "  7 |     promt: x",
        "    |     ^^^^^ used again here",
        "   ::: chapters/one.yaml:120:9",
        "    |",
        "120 |     id: abc",
        "    |         --- first used here",
    ]


def test_carets_line_up_below_wide_characters_and_tabs() -> None:
    line, carets = excerpt(at("\t漢字: 東京都 x", 6, 3))
    assert line == "    漢字: 東京都 x"
    assert carets == " " * cell_len("    漢字: ") + "^" * 6


@pytest.mark.parametrize("column", [1, 50, 2_000, 3_990])
@pytest.mark.parametrize("letter", ["x", "漢", "\x1b"])
def test_long_lines_are_cut_around_the_caret(column: int, letter: str) -> None:
    line, carets = excerpt(at(letter * 4_000, column, 6))
    assert cell_len(line) <= 100 - len("1 | ")
    assert "…" in line
    assert carets.count("^") == cell_len("\\x1b" if letter == "\x1b" else letter) * 6
    assert cell_len(carets) <= cell_len(line)


def test_a_mark_wider_than_the_screen_is_cut_too() -> None:
    line, carets = excerpt(at("y" * 5_000, 3, 4_000), width=60)
    assert cell_len(line) <= 56
    assert carets.strip() == "^" * (cell_len(line) - 2)


def test_a_mark_past_the_end_of_a_line_is_one_caret() -> None:
    assert excerpt(at("abc", 4, 1)) == ("abc", "   ^")


def test_control_and_bidirectional_characters_are_shown_not_sent() -> None:
    evil = "\x1b]0;title\x07\u202e\x9b\r"
    shown = text([replace(at(f"id: {evil}", 5, 3), message=evil, file=evil, help=evil, note=evil)]).plain
    assert not {character for character in evil if not character.isascii() or ord(character) < 32} & set(shown)
    assert "\\x1b]0;title\\x07\\u202e\\x9b\\r" in shown


def test_twenty_problems_are_shown_and_the_rest_is_counted() -> None:
    screen = text([replace(PROBLEM, line=number) for number in range(1, 52)]).plain
    assert screen.count("error[schema]") == 20
    assert "\nand 31 more\n" in screen
    assert screen.endswith("error: actions.yaml has 51 problems; nothing was generated and nothing was spent\n")


def test_warnings_give_way_to_errors_and_are_counted_apart() -> None:
    warning = replace(PROBLEM, severity=Severity.WARNING, code="alias")
    screen = text([*[warning] * 30, PROBLEM]).plain
    assert screen.count("warning[alias]") == 19
    assert screen.count("error[schema]") == 1
    assert "actions.yaml has 1 problem and 30 warnings; nothing" in screen


def test_warnings_alone_say_nothing_about_spending() -> None:
    assert text([replace(PROBLEM, severity=Severity.WARNING)]).plain.endswith("\nwarning: actions.yaml has 1 warning\n")


def test_several_files_are_counted() -> None:
    assert "error: 2 files have 2 problems;" in text([PROBLEM, replace(PROBLEM, file="b.yaml")]).plain


def test_no_problems_are_an_empty_screen() -> None:
    assert text([]).plain == ""


def test_a_problem_without_a_text_has_no_excerpt(tmp_path: Path) -> None:
    (problem,) = load([tmp_path / "gone.yaml"], RULES).problems
    assert (
        text([replace(problem, file="gone.yaml")]).plain
        == """\
error[syntax]: There is no such file
 --> gone.yaml:1:1
  = help: look at the path, from the folder that you are in

error: gone.yaml has 1 problem; nothing was generated and nothing was spent
"""
    )


def test_errors_and_warnings_have_colours_of_their_own() -> None:
    def styles(problem: Problem) -> set[str]:
        return {str(span.style) for span in text([problem]).spans}

    assert any("failed" in style for style in styles(PROBLEM))
    assert any("warning" in style for style in styles(replace(PROBLEM, severity=Severity.WARNING)))


def test_concise_is_one_line_each_whatever_the_message_holds() -> None:
    assert concise([PROBLEM, replace(PROBLEM, message="a\nb")]) == (
        "actions.yaml:7:5: schema Unknown field `promt` in image 'a'\nactions.yaml:7:5: schema a\\nb\n"
    )


def test_json_has_the_fields_of_the_contract_and_no_others() -> None:
    assert json.loads(json.dumps(as_json([PROBLEM]))) == {
        "schema": "assetgen/problems@1",
        "problems": [
            {
                "code": "schema",
                "message": "Unknown field `promt` in image 'a'",
                "severity": "error",
                "file": "actions.yaml",
                "line": 7,
                "column": 5,
                "action_index": 1,
                "action_id": "a",
                "help": "did you mean `prompt`?",
            }
        ],
    }


def test_github_gets_an_annotation_in_place() -> None:
    assert github([PROBLEM]) == (
        "::error title=assetgen (schema),file=actions.yaml,line=7,col=5,endLine=7,endColumn=10"
        "::Unknown field `promt` in image 'a'%0A  next: did you mean `prompt`?\n"
    )


def test_github_commands_cannot_be_forged() -> None:
    evil = "x\n::stop-commands::a%\r\n::add-mask::b"
    lines = github([replace(PROBLEM, message=evil, file="a,b:c%\n::error::", help=evil)]).splitlines()
    assert len(lines) == 1
    properties, _, _ = lines[0].removeprefix("::error ").partition("::")
    assert "file=a%2Cb%3Ac%25\\n%3A%3Aerror%3A%3A" in properties
    assert "a%25" in lines[0]


def test_github_gets_nine_of_a_kind_and_a_count() -> None:
    warning = replace(PROBLEM, severity=Severity.WARNING)
    lines = github([*[warning] * 3, *[PROBLEM] * 12]).splitlines()
    assert [line.split()[0] for line in lines] == ["::error"] * 10 + ["::warning"] * 3
    assert lines[9] == "::error title=assetgen::and 3 more, see the log"


def test_github_names_files_relative_to_the_workspace() -> None:
    inside, outside = replace(PROBLEM, file="/home/me/game/a.yaml"), replace(PROBLEM, file="/etc/a.yaml")
    assert "file=a.yaml," in github([inside], "/home/me/game")
    assert "file=/etc/a.yaml," in github([outside], "/home/me/game")
