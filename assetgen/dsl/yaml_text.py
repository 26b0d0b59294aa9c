"""YAML from its events: what aliases name is shared, and counted as often as it is used before it could grow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from assetgen.dsl import yaml_faults
from assetgen.dsl.scalars import resolve
from assetgen.dsl.trails import Trail
from assetgen.dsl.trees import ACTIONS, DEEPEST, Span, Tree, UnreadableError, Value, repeated, too_deep
from assetgen.dsl.yaml_faults import GROWTH, MOST_NODES

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Only its events are used, never its constructor."""

Event = Any
"""An event of the parser; which parts it has depends on its type, and its stubs don't tell."""

MERGE = "<<"
_WIDEST = 1_024
_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!"}


@dataclass(slots=True)
class _Frame:
    """A mapping or a list that is being read. `before` is how many nodes there were when it began."""

    value: dict[str, Value] | list[Value]
    mapping: bool
    anchor: str | None
    before: int
    actions: bool = False
    key: str | None = None
    merging: bool = False
    merged: list[tuple[Value, Span]] = field(default_factory=list)


def read(text: str) -> Tree:
    """Read one YAML document.

    Raises:
        UnreadableError: It isn't YAML, has more than one document, nests too deep, or its aliases grow too much.
    """
    try:
        return _Reader(text).document()
    except yaml.YAMLError as error:
        raise UnreadableError(yaml_faults.syntax(error, text)) from None


def scan(text: str, span: Span, trail: Trail) -> None:
    """Follow the value that begins at `span`, in a text that was read before."""
    newline = text.rfind("\n", 0, span.start)
    column = span.start - 1 - max(newline, text.rfind("\r", newline + 1, span.start))
    column = column if column < _WIDEST else 0  # only a block needs its column, and no block begins that far right
    shift = span.start - column
    try:
        for event in _events(" " * column + text[span.start : span.end]):
            if _follow(event, shift, trail):
                return
    except yaml.YAMLError:
        return  # what follows the value belongs to another one


def _events(text: str) -> Iterator[Event]:
    loader = Loader(text)
    try:
        while type(event := loader.get_event()) is not yaml.StreamEndEvent:
            yield event
    finally:
        loader.dispose()


def _follow(event: Event, shift: int, trail: Trail) -> bool:
    span = Span(event.start_mark.index + shift, event.end_mark.index + shift)
    match event:
        case yaml.ScalarEvent():
            return trail.scalar(span, event.value)
        case yaml.AliasEvent():
            return trail.scalar(span, "")
        case yaml.CollectionStartEvent():
            trail.open(span, mapping=isinstance(event, yaml.MappingStartEvent))
        case yaml.CollectionEndEvent():
            return trail.close()
    return False


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tree = Tree()
        self._frames: list[_Frame] = []
        self._anchors: dict[str, tuple[Value, int] | None] = {}
        self._plain_keys: set[str] = set()
        self._documents = self._written = self._copied = 0
        self._overgrown: Span | None = None
        self._repeats = False

    def document(self) -> Tree:
        handlers: dict[type, Callable[[Event], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.DocumentStartEvent: self._document,
        }
        for event in _events(self._text):
            if handler := handlers.get(type(event)):
                handler(event)
        return self._finished()

    def _finished(self) -> Tree:
        if self._overgrown and self._expanded > GROWTH * self._written:
            raise yaml_faults.overgrown(self._overgrown)
        if self._repeats:
            trail = Trail(depth=0)
            scan(self._text, Span(0, len(self._text)), trail)
            self._tree.faults += [repeated(*repeat) for repeat in trail.repeats]
        return self._tree

    def _document(self, event: Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise yaml_faults.second_document(_span(event))

    def _scalar(self, event: Event) -> None:
        self._written += 1
        if event.tag is not None:
            self._check_tag(event)
        frame = self._frames[-1] if self._frames else None
        if frame is not None and frame.mapping and frame.key is None:
            self._key(frame, event)
            return
        value = resolve(event.value) if event.implicit[0] and event.tag is None else event.value
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, event)

    def _key(self, frame: _Frame, event: Event) -> None:
        """Equal keys share one string; whether a plain one is text is looked at when it is first seen."""
        key = frame.key = sys.intern(event.value)
        if event.implicit[0] and key not in self._plain_keys:
            self._check_key(key, event)
        if key == MERGE and event.implicit[0]:
            self._repeats = self._repeats or bool(frame.merged)
            frame.merging = True
        elif key in frame.value:
            self._repeats = True

    def _check_key(self, key: str, event: Event) -> None:
        if isinstance(resolve(key), str):
            self._plain_keys.add(key)
        else:
            self._tree.faults.append(yaml_faults.key_not_text(key, _span(event)))

    def _alias(self, event: Event) -> None:
        self._refuse_as_key(event)
        if event.anchor not in self._anchors:
            raise yaml_faults.unknown_alias(event.anchor, _span(event))
        anchored = self._anchors[event.anchor]
        if anchored is None:
            raise yaml_faults.recursive_alias(event.anchor, _span(event))
        value, size = anchored
        self._written += 1
        self._copied += size - 1
        self._check_growth(event)
        self._put(value, event)

    def _refuse_as_key(self, event: Event) -> None:
        if self._frames and self._frames[-1].mapping and self._frames[-1].key is None:
            raise yaml_faults.key_not_plain(_span(event))

    @property
    def _expanded(self) -> int:
        """How many nodes there are with the aliases so far written out."""
        return self._written + self._copied

    def _check_growth(self, event: Event) -> None:
        if self._expanded > MOST_NODES:
            raise yaml_faults.overgrown(_span(event))
        if self._overgrown is None and self._expanded > GROWTH * self._written:
            self._overgrown = _span(event)

    def _open(self, event: Event) -> None:
        if len(self._frames) >= DEEPEST:
            raise too_deep(event.start_mark.index)
        self._refuse_as_key(event)
        if event.tag is not None:
            self._check_tag(event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        value: dict[str, Value] | list[Value] = {} if mapping else []
        frame = _Frame(value, mapping, event.anchor, self._expanded, not mapping and self._at_root())
        self._written += 1
        self._put(value, event)
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._frames.append(frame)

    def _at_root(self) -> bool:
        return not self._frames or (len(self._frames) == 1 and self._frames[0].key == ACTIONS)

    def _close(self, _event: Event) -> None:
        frame = self._frames.pop()
        for value, span in frame.merged:
            self._merge(frame, value, span)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.value, self._expanded - frame.before)

    def _put(self, value: Value, event: Event) -> None:
        if not self._frames:
            self._tree.root = value
            return
        frame = self._frames[-1]
        if isinstance(frame.value, list):
            if frame.actions:
                self._tree.starts.append(event.start_mark.index)
            frame.value.append(value)
            return
        if frame.merging:
            frame.merged.append((value, _span(event)))
        elif frame.key is not None:
            frame.value[frame.key] = value
        frame.key, frame.merging = None, False

    def _merge(self, frame: _Frame, value: Value, span: Span) -> None:
        """Keys that are written out win over merged ones, and earlier merged ones over later."""
        for part in value if isinstance(value, list) else [value]:
            if not isinstance(part, dict):
                self._tree.faults.append(yaml_faults.unmergeable(span))
            elif isinstance(frame.value, dict):
                frame.value.update({key: item for key, item in part.items() if key not in frame.value})

    def _check_tag(self, event: Event) -> None:
        if event.tag is not None and event.tag not in _TAGS:
            self._tree.faults.append(yaml_faults.unknown_tag(event.tag, _span(event)))


def _span(event: Event) -> Span:
    return Span(event.start_mark.index, event.end_mark.index)
