"""What a plain YAML scalar means here: text, a number, a truth, nothing; or something that readers disagree on."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unclear:
    """A value that no field takes. `text` is how it was written, `reading` what it is, `advice` what to do about it."""

    text: str
    reading: str
    advice: str = ""


Scalar = str | int | float | bool | None | Unclear

LONGEST_INTEGER = 18
"""Digits of the largest integers that are read: they fit into 64 bits everywhere."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
_NUMERIC_START = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")
_ODD = (
    (_BASE_60, "read as a number in base 60"),
    (_DATE, "read as a date"),
    (re.compile(r"[-+]?0[0-7_]+"), "read as a number in base 8"),
    (re.compile(r"[-+]?0o[0-7]+"), "read as a number in base 8 by some readers"),
    (re.compile(r"[-+]?0x[0-9a-fA-F_]+"), "read as a number in base 16"),
    (re.compile(r"[-+]?0b[01_]+"), "read as a number in base 2"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?"), "read as a number by some readers and text by others"),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "not a finite number"),
)


def resolve(text: str) -> Scalar:
    """The value of a plain scalar. YAML's surprises, such as `0123` and `1:30`, come back as `Unclear`."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC_START:
        return text
    if _INTEGER.fullmatch(text):
        return integer(text)
    if _FLOAT.fullmatch(text):
        return number(text)
    return next((Unclear(text, reading) for pattern, reading in _ODD if pattern.fullmatch(text)), text)


def integer(text: str) -> int | Unclear:
    """A decimal integer, or why it isn't taken."""
    return int(text) if len(text) <= LONGEST_INTEGER else Unclear(text, "an integer of too many digits")


def number(text: str) -> float | Unclear:
    """A decimal number, or why it isn't taken."""
    value = float(text)
    return value if math.isfinite(value) else Unclear(text, "not a finite number")


def constant(text: str) -> Unclear:
    """JSON's forbidden constants `NaN`, `Infinity` and `-Infinity`."""
    return Unclear(text, "not a finite number")
