from __future__ import annotations

import pytest

from assetgen.dsl.scalars import Unclear, integer, number, resolve


@pytest.mark.parametrize(
    "text", ["a", "y", "n", "Nope", "harbour", "1024x768", "-", "--", ".", "...", "+", "1.2.3", "1 2", "e3", "12:3x"]
)
def test_words_stay_text(text: str) -> None:
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("true", True), ("Yes", True), ("on", True), ("FALSE", False),
        ("no", False), ("Off", False), ("0", 0), ("-7", -7), ("+12", 12), ("5.5", 5.5), ("5.", 5.0), (".5", 0.5),
        ("1e3", 1000.0), ("1.5E-2", 0.015),
    ],
)  # fmt: skip
def test_plain_words_and_numbers_are_read(text: str, value: object) -> None:
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("0123", "base 8"), ("-010", "base 8"), ("0o17", "base 8"), ("0x1F", "base 16"), ("0b11", "base 2"),
        ("1:30", "base 60"), ("0:30", "base 60"), ("1:30.5", "base 60"), ("2024-01-01", "a date"),
        ("2024-01-01T10:00:00Z", "a date"), ("0189", "some readers"), ("1_000", "some readers"),
        (".inf", "finite"), ("-.INF", "finite"), (".nan", "finite"), ("1e999", "finite"), ("9" * 5000, "digits"),
    ],
)  # fmt: skip
def test_surprises_are_unclear_and_say_why(text: str, reading: str) -> None:
    value = resolve(text)
    assert isinstance(value, Unclear)
    assert value.text == text
    assert reading in value.reading


def test_the_largest_integers_have_eighteen_digits() -> None:
    assert integer("9" * 18) == 10**18 - 1
    assert isinstance(integer("1" * 19), Unclear)


def test_numbers_are_finite() -> None:
    assert number("1.5") == 1.5
    assert isinstance(number("-1e400"), Unclear)
