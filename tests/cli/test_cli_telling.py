"""How errors are told in a pipe; `tests/terminal` has them on a terminal."""

from __future__ import annotations

import pytest

from assetgen.cli.boundary import Teller


def test_every_line_of_the_advice_is_one_of_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert Teller().tell(6, "auth", "a key is missing", "export one key\nor try a draft") == 6
    assert capsys.readouterr().err == "error: a key is missing\n  = help: export one key\n  = help: or try a draft\n"


def test_a_long_message_stays_on_its_line_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    Teller().tell(1, "bug", "word " * 100)
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_words_of_others_begin_no_line_and_bring_no_control_codes(capsys: pytest.CaptureFixture[str]) -> None:
    Teller().tell(1, "bug", "a\n::error::b\r\x1b[2J", "c\r\x1b[2Jd\u2028e")
    assert capsys.readouterr().err == "error: a\\n::error::b\\r\\x1b[2J\n  = help: c\\r\\x1b[2Jd\\u2028e\n"


def test_machines_get_the_advice_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Teller(lines=True).tell(6, "auth", "a key is missing", "one\ntwo")
    assert '"help": "one\\ntwo"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "traceback"),
    [
        (["run", "a.yaml"], False),
        (["run", "a.yaml", "-v"], True),
        (["validate", "a.yaml"], True),
        (["validate", "a.yaml", "--json"], True),
        (["run", "a.yaml", "-v", "--progress", "json"], False),
    ],
)
def test_a_bug_is_told_with_the_traceback_wherever_no_option_asks_for_it(
    words: list[str], traceback: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Teller.of(words).bug(ZeroDivisionError("half a pixel")) == 70
    told = capsys.readouterr()
    assert told.err.startswith("ZeroDivisionError: half a pixel\n") is traceback
    assert ("with the traceback above" in told.out + told.err) is traceback
