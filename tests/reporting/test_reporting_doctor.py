"""The screen and the document of `assetgen doctor`."""

from __future__ import annotations

from assetgen.core.examination import Area, Check, Examination, Level
from assetgen.reporting import doctor
from assetgen.reporting.theme import ASCII, UNICODE, Symbols
from tests.reporting.builders import text_of

VERSIONS = {"assetgen": "0.1.0", "python": "3.12.4", "sqlite": "3.45.1", "system": "Linux x86_64"}
GOOD = Check(Area.SERVICES, "together", Level.GOOD, "answers in 95 ms", details={"key_set": True})
NOTE = Check(Area.SERVICES, "google", Level.NOTE, "GOOGLE_API_KEY is not set", details={"key_set": False})
MISSING = Check(
    Area.SERVICES,
    "openai",
    Level.PROBLEM,
    "OPENAI_API_KEY is not set, wanted for 24 assets",
    "export OPENAI_API_KEY=…",
    6,
    {"key_set": False},
)
OLD = Check(Area.MODELS, "price_old", Level.WARNING, "the price of `x/y` was read long ago", "update assetgen")
FULL = Check(Area.FOLDERS, "cache", Level.PROBLEM, "only 3 MB are free", "make room", 5)
INVALID = Check(Area.FILES, "a.yaml", Level.PROBLEM, "2 problems", "`assetgen validate` names them all", 2)


def shown(*checks: Check, width: int = 80, symbols: Symbols = UNICODE) -> str:
    found = Examination(checks, VERSIONS)
    screen = doctor.screen(found, draft="assetgen run a.yaml --draft", symbols=symbols, width=width)
    return text_of(screen, width, symbols)


def test_each_area_has_a_head_and_each_problem_its_advice() -> None:
    screen = shown(MISSING, GOOD, OLD)
    assert screen.index("Services") < screen.index("together") < screen.index("Models and prices")
    assert "  ✗  openai     OPENAI_API_KEY is not set, wanted for 24 assets\n" in screen
    assert "→ export OPENAI_API_KEY=…" in screen
    assert "Folders" not in screen
    assert "✗ 1 problem, 1 warning" in screen


def test_the_last_lines_say_how_it_stands_and_what_works_without_a_key() -> None:
    assert shown(GOOD).rstrip().endswith("✓ all is well")
    assert "nothing that stands in the way" in shown(GOOD, OLD)
    assert "assetgen run a.yaml --draft" in shown(MISSING, GOOD)
    assert "assetgen run a.yaml --draft" in shown(NOTE)
    assert "--draft" not in shown(GOOD, NOTE)


def test_it_fits_into_eighty_columns_and_into_ascii() -> None:
    long = Check(Area.SERVICES, "replicate", Level.GOOD, "answers " + "slowly " * 30)
    for symbols in (UNICODE, ASCII):
        screen = shown(long, MISSING, OLD, FULL, symbols=symbols)
        assert all(len(line) <= 80 and line == line.rstrip() for line in screen.splitlines())
    assert screen.isascii()


def test_control_characters_of_others_are_shown_as_escapes() -> None:
    rude = Check(Area.FILES, "a\x1b[2J.yaml", Level.PROBLEM, "said \x1b]0;\x07", "or \x9b1m", 2)
    assert "\x1b" not in shown(rude)
    assert "\x9b" not in shown(rude)


def test_the_gravest_problem_gives_the_exit_code() -> None:
    assert Examination((GOOD, OLD), VERSIONS).exit_code == 0
    assert Examination((GOOD, MISSING), VERSIONS).exit_code == 6
    assert Examination((MISSING, FULL), VERSIONS).exit_code == 5
    assert Examination((MISSING, FULL, INVALID), VERSIONS).exit_code == 2


def test_the_document_is_flat_and_has_every_check() -> None:
    document = doctor.as_json(Examination((MISSING, GOOD), VERSIONS))
    assert (document["schema"], document["exit_code"], document["versions"]) == ("assetgen/doctor@1", 6, VERSIONS)
    assert document["checks"] == [
        {
            "area": "services",
            "name": "openai",
            "level": "problem",
            "message": MISSING.said,
            "help": MISSING.advice,
            "exit_code": 6,
            "details": {"key_set": False},
        },
        {
            "area": "services",
            "name": "together",
            "level": "good",
            "message": GOOD.said,
            "help": "",
            "exit_code": 0,
            "details": {"key_set": True},
        },
    ]
