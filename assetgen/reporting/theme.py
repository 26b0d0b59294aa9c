"""How everything looks and reads: symbols, colours by role, and money, counts, times and sizes in words."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import IO, TextIO

from rich.console import Console
from rich.theme import Theme

from assetgen.core.money import MICROS, Usd

WIDTH = 100
"""Columns of a screen where nobody says how wide it is."""

ROLES = Theme(
    {
        "cached": "cyan",
        "new": "magenta",
        "changed": "yellow",
        "waiting": "yellow",
        "failed": "red",
        "warning": "yellow",
        "saved": "green",
        "ok": "green",
        "context": "dim",
        "strong": "bold",
    }
)

_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNITS = ("kB", "MB", "GB", "TB")
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Symbols:
    """The signs of the screens; `ASCII` says the same where the encoding can't say `UNICODE`."""

    ok: str = "✓"
    failed: str = "✗"
    warning: str = "!"
    dash: str = "–"
    line: str = "─"
    bar: str = "━"
    rest: str = "─"
    spinner: str = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
    arrow: str = "→"
    about: str = "≈"
    waiting: str = "…"
    ellipsis: str = "…"
    dot: str = "·"
    times: str = "×"
    thousands: str = "\u202f"
    quotes: tuple[str, str] = ("“", "”")


UNICODE = Symbols()
ASCII = Symbols(
    ok="ok",
    failed="x",
    dash="-",
    line="-",
    bar="=",
    rest="-",
    spinner="*+",
    arrow="->",
    about="~",
    waiting=".",
    ellipsis="...",
    dot="-",
    times="x",
    thousands=" ",
    quotes=('"', '"'),
)


def symbols(stream: TextIO) -> Symbols:
    """The signs that a stream's encoding can say."""
    try:
        "✓✗–─━⠹→≈…·×\u202f“”".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def console(stream: TextIO, *, environment: Mapping[str, str], width: int | None = None) -> Console:
    """A console on a stream, coloured as `NO_COLOR`, `FORCE_COLOR` and `TERM` say, never animated in a pipe."""
    forgive(stream)
    return Console(
        file=stream,
        width=width or columns(stream, environment),
        color_system="standard" if _coloured(stream, environment) else None,
        force_terminal=animated(stream, environment),
        theme=ROLES,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ=dict(environment),
    )


def forgive(stream: TextIO) -> None:
    """Have what a stream's encoding can't say written as an escape from now on, instead of raising."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def animated(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether a stream is a terminal on which lines can be drawn over; colour has no say in it."""
    return _is_terminal(stream) and environment.get("TERM", "") not in {"", "dumb"}


def columns(stream: TextIO, environment: Mapping[str, str]) -> int:
    """The width of a screen: `COLUMNS`, else the terminal's, else 100."""
    told = environment.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and 0 < int(told) <= 10_000:
        return int(told)
    return terminal(stream)[0] if _is_terminal(stream) else WIDTH


def terminal(stream: IO[str]) -> tuple[int, int]:
    """The columns and rows of the terminal behind a stream, as they are now."""
    try:
        size = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        size = os.terminal_size((0, 0))
    return size.columns or WIDTH, size.lines or shutil.get_terminal_size().lines


def usd(amount: Usd) -> str:
    """An amount for people: cents from a dollar on, below it as many digits as it takes to say three."""
    value = abs(Decimal(amount.micros)) / MICROS
    places = 2 if value >= 1 or not value else min(max(2, 2 - value.adjusted()), 6)
    text = str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    whole, part = text.split(".")
    sign = "-" if amount.micros < 0 else ""
    return f"{sign}${whole}.{part[:2]}{part[2:].rstrip('0')}"


def count(number: int, symbols: Symbols = UNICODE) -> str:
    """A number with its thousands apart: `1 226`; the space doesn't break."""
    return f"{number:,}".replace(",", symbols.thousands)


def clock(seconds: float) -> str:
    """A time that runs: `0:07`, `4:12`, `1:04:12`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds(duration: float) -> str:
    """How long something took: `12.4 s` below a minute, then `4:12`."""
    return f"{duration:.1f} s" if duration < 59.95 else clock(round(duration))


def size(number: int) -> str:
    """Bytes for people, in powers of 1000: `512 B`, `88 MB`, `1.9 GB`."""
    if number < 1000:
        return f"{number} B"
    power = 1
    while number >= 999.5 * 1000**power and power < len(_UNITS):
        power += 1
    amount, unit = number / 1000**power, _UNITS[power - 1]
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"


def plural(number: int, one: str, symbols: Symbols = UNICODE, many: str = "") -> str:
    """A number and its noun: `1 image`, `1 226 images`."""
    return f"{count(number, symbols)} {one if number == 1 else many or one + 's'}"


def safe(text: str) -> str:
    """Somebody else's text on one line: control and bidirectional characters are shown as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def _escaped(character: str) -> str:
    if unicodedata.category(character) in _CONTROLS or character in _BIDIRECTIONAL:
        return character.encode("unicode_escape").decode()
    return character


def _is_terminal(stream: TextIO) -> bool:
    try:
        return os.isatty(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return False


def _coloured(stream: TextIO, environment: Mapping[str, str]) -> bool:
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return animated(stream, environment)
