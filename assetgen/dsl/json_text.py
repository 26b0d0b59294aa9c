"""Strict JSON, and JSON Lines: no repeated keys, no `NaN`, nothing too large or too deep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from assetgen.dsl import scalars
from assetgen.dsl.trails import Trail
from assetgen.dsl.trees import ACTIONS, DEEPEST, Fault, Span, Tree, UnreadableError, Value, repeated, too_deep

_BLANK = re.compile(r"[ \t\r\n]*")
_BRACKET = re.compile(r"[\[\]{}]")
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_LINE = re.compile(r"[^\n]*[^\s][^\n]*")
_TOKEN = re.compile(
    r'[ \t\r\n,:]*(?:(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")|(?P<open>[\[{])|(?P<close>[\]}])|(?P<plain>[^\s,:\[\]{}"]+))',
    re.DOTALL,
)


def read(text: str) -> Tree:
    """Read one JSON document.

    Raises:
        UnreadableError: It isn't JSON, or it nests too deep.
    """
    return _Reader(text).document()


def read_lines(text: str) -> Tree:
    """Read JSON Lines: one action a line, blank lines ignored. Every broken line is a fault of its own."""
    return _Reader(text).lines()


def is_lines(text: str) -> bool:
    """Whether the first line is a whole JSON object and more text follows it."""
    first, _, rest = text.lstrip().partition("\n")
    try:
        return bool(rest.strip()) and isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def scan(text: str, span: Span, trail: Trail) -> int:
    """Follow the value that begins at `span`, in a text that was read before; returns where it ends."""
    position = span.start
    while match := _TOKEN.match(text, position, span.end):
        position = match.end()
        if _follow(match, trail):
            return position
    return span.end


def _follow(match: re.Match[str], trail: Trail) -> bool:
    group = match.lastgroup or ""
    span = Span(*match.span(group))
    if group == "open":
        trail.open(span, mapping=match[group] == "{")
        return False
    if group == "close":
        return trail.close()
    token = match[group]
    return trail.scalar(span, json.loads(token) if group == "string" and "\\" in token else token.strip('"'))


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _moved(fault: Fault, by: int) -> Fault:
    return replace(fault, span=Span(fault.span.start + by, fault.span.end + by))


def _check_depth(text: str) -> None:
    """The brackets outside of strings are counted first: the decoder recurses."""
    outside = "".join(text.replace("\\\\", "").replace('\\"', "").split('"')[::2])
    if max(accumulate(_STEPS[bracket] for bracket in _BRACKET.findall(outside)), default=0) > DEEPEST:
        raise too_deep(_first_too_deep(text))


def _first_too_deep(text: str) -> int:
    depth = position = 0
    while match := _TOKEN.match(text, position):
        position = match.end()
        depth += {"open": 1, "close": -1}.get(match.lastgroup or "", 0)
        if depth > DEEPEST:
            return match.start("open")
    return 0


class _Reader:
    """Reads the outer mapping and list itself, to know where each action begins; the C decoder does the rest."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tree = Tree()
        self._repeats = False
        self._decode = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=scalars.integer,
            parse_float=scalars.number,
            parse_constant=scalars.constant,
        ).raw_decode

    def document(self) -> Tree:
        _check_depth(self._text)
        try:
            self._tree.root, end = self._root(_skip(self._text, 0))
            self._check_end(self._text, end)
        except json.JSONDecodeError as error:
            raise UnreadableError(_syntax(error)) from None
        return self._with_repeats()

    def lines(self) -> Tree:
        items: list[Value] = []
        for match in _LINE.finditer(self._text):
            try:
                items.append(self._line(match.group()))
            except UnreadableError as error:
                self._tree.faults.append(_moved(error.fault, match.start()))
                self._tree.complete = False
                continue
            self._tree.starts.append(_skip(self._text, match.start()))
        self._tree.root = items
        return self._with_repeats()

    def _line(self, line: str) -> Value:
        _check_depth(line)
        try:
            decoded: tuple[Value, int] = self._decode(line, _skip(line, 0))
            self._check_end(line, decoded[1])
        except json.JSONDecodeError as error:
            raise UnreadableError(_syntax(error)) from None
        return decoded[0]

    def _check_end(self, text: str, end: int) -> None:
        if _skip(text, end) != len(text):
            raise json.JSONDecodeError("Expecting the end of it", text, _skip(text, end))

    def _with_repeats(self) -> Tree:
        if self._repeats:
            self._tree.faults += _repeats(self._text)
        return self._tree

    def _object(self, pairs: list[tuple[str, Value]]) -> Value:
        value = dict(pairs)
        self._repeats = self._repeats or len(value) != len(pairs)
        return value

    def _root(self, position: int) -> tuple[Value, int]:
        if self._text[position : position + 1] == "[":
            return self._items(position)
        if self._text[position : position + 1] == "{":
            return self._envelope(position)
        return self._value(position)

    def _envelope(self, position: int) -> tuple[Value, int]:
        pairs: list[tuple[str, Value]] = []
        for place in self._parts(position, "}"):
            key, end = self._value(place)
            if not isinstance(key, str):
                raise json.JSONDecodeError("Expecting property name enclosed in double quotes", self._text, place)
            start = self._expect(":", _skip(self._text, end))
            actions = key == ACTIONS and self._text[start : start + 1] == "["
            value, self._end = self._items(start) if actions else self._value(start)
            pairs.append((key, value))
        return self._object(pairs), self._end

    def _items(self, position: int) -> tuple[Value, int]:
        items: list[Value] = []
        del self._tree.starts[:]
        for place in self._parts(position, "]"):
            self._tree.starts.append(place)
            value, self._end = self._value(place)
            items.append(value)
        return items, self._end

    def _parts(self, position: int, closing: str) -> Iterator[int]:
        """Where each part of a list or mapping begins; before going on, `_end` must be set to where it ended."""
        position = _skip(self._text, position + 1)
        if self._text[position : position + 1] != closing:
            yield position
            while self._text[(after := _skip(self._text, self._end)) : after + 1] != closing:
                yield self._expect(",", after)
            position = after
        self._end = position + 1

    def _expect(self, sign: str, position: int) -> int:
        if self._text[position : position + 1] != sign:
            raise json.JSONDecodeError(f"Expecting '{sign}' delimiter", self._text, position)
        return _skip(self._text, position + 1)

    def _value(self, position: int) -> tuple[Value, int]:
        value: tuple[Value, int] = self._decode(self._text, position)
        return value


def _repeats(text: str) -> Iterator[Fault]:
    """Every key that stands twice in one mapping; in JSON Lines the text has one root a line."""
    position = 0
    while (position := _skip(text, position)) < len(text):
        trail = Trail(depth=0)
        position = scan(text, Span(position, len(text)), trail)
        yield from (repeated(*repeat) for repeat in trail.repeats)


def _syntax(error: json.JSONDecodeError) -> Fault:
    reason = error.msg.replace("Expecting value", "Expecting a value").replace(
        "Expecting property", "Expecting a property"
    )
    reason = reason.replace("Expecting", "expected").replace(" delimiter", "")
    message = f"This is not JSON: {reason[:1].lower()}{reason[1:]}"
    return Fault("syntax", message, Span(error.pos, error.pos + 1), _advice(error))


def _advice(error: json.JSONDecodeError) -> str:
    before = error.doc[: error.pos].rstrip()
    if before.endswith(",") and error.doc[error.pos : error.pos + 1] in tuple("]}"):
        return "remove the comma before it"
    if "delimiter" in error.msg or "property name" in error.msg:
        return "look for a missing comma, quote or bracket just before this place"
    return ""
