"""A Python value as plain data: what JSON can say, copied, and bounded in depth and size."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from assetgen.dsl import scalars
from assetgen.dsl.scalars import Scalar, Unclear
from assetgen.dsl.trees import DEEPEST, Fault, Span, UnreadableError, Value, too_deep

MOST_NODES = 5_000_000
"""How many values one input may hold; a value that contains itself would have no end."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def copy(value: object) -> Value:
    """Copy mappings, sequences and scalars; everything else becomes `Unclear`.

    Raises:
        UnreadableError: It nests too deep, or has too many parts.
    """
    holder: list[Value] = []
    waiting: list[tuple[object, dict[str, Value] | list[Value], str | None, int]] = [(value, holder, None, 0)]
    for _ in range(MOST_NODES):
        if not waiting:
            return holder[0]
        part, parent, key, depth = waiting.pop()
        if depth > DEEPEST:
            raise too_deep(0)
        copied, inner = _shallow(part)
        _put(parent, key, copied)
        if isinstance(copied, dict | list):
            waiting += [(item, copied, name, depth + 1) for name, item in reversed(list(inner))]
    raise UnreadableError(Fault("limit", f"The value has more than {MOST_NODES:,} parts", Span(0, 1)))


def _shallow(part: object) -> tuple[Value, Iterable[tuple[str | None, object]]]:
    if isinstance(part, Mapping):
        return {}, (_member(key, item) for key, item in part.items())
    if isinstance(part, Sequence) and not isinstance(part, str | bytes | bytearray):
        return [], ((None, item) for item in part)
    return _scalar(part), ()


def _member(key: object, item: object) -> tuple[str, object]:
    if isinstance(key, str) and not has_lone_surrogate(key):
        return key, item
    return ascii(key), Unclear(ascii(key), "a key that is no text", "use text as keys")


def has_lone_surrogate(text: str) -> bool:
    """Whether a text holds half a character, which no encoding can write."""
    return not text.isascii() and _SURROGATE.search(text) is not None


def _scalar(part: object) -> Scalar:
    if part is None or isinstance(part, bool | Unclear):
        return part
    if isinstance(part, str):
        return _broken(part) if has_lone_surrogate(part) else str(part)
    if isinstance(part, int):
        return int(part) if abs(part) < 10**scalars.LONGEST_INTEGER else Unclear("…", "an integer of too many digits")
    if isinstance(part, float):
        return float(part) if math.isfinite(part) else Unclear(str(part), "not a finite number")
    return Unclear(type(part).__name__, "no text, number, list or mapping", "convert it first")


def _broken(text: str) -> Unclear:
    return Unclear(ascii(text), "text with half a character (a lone surrogate)", "write the whole character")


def _put(parent: dict[str, Value] | list[Value], key: str | None, value: Value) -> None:
    if isinstance(parent, list):
        parent.append(value)
    else:
        parent[key or ""] = value
