"""Reading a file, standard input, a text or a Python value into plain values, and a source that knows their places."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import BinaryIO

from assetgen.core.actions import Place
from assetgen.core.validation import Severity
from assetgen.dsl import files, json_text, plain, yaml_text
from assetgen.dsl.lines import Lines
from assetgen.dsl.positions import Positions, Scan
from assetgen.dsl.problems import Mark, Problem
from assetgen.dsl.trees import ACTIONS, Fault, Path, Span, Tree, UnreadableError, Value

STANDARD_INPUT = "-"
_JSON_START = re.compile(r'\s*\[?\s*(?:\{\s*["}]|\])')
_LONE_SURROGATE = re.compile(
    r"\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F])"
)


@dataclass(frozen=True, slots=True)
class Source:
    """One input, as places need it: its name, its text, and where everything is written.

    Attributes:
        prefix: The path of the list of actions.
    """

    name: str
    prefix: Path = ()
    lines: Lines = field(default_factory=lambda: Lines(""), repr=False)
    positions: Positions | None = field(default=None, repr=False)

    def span(self, path: Path, on_key: bool = False) -> Span:
        if self.positions is None:
            return Span(0, 1)
        return self.positions.key(path) if on_key else self.positions.value(path)

    def place(self, path: Path) -> Place:
        line, column = self.lines.place(self.span(path).start)
        return Place(self.name, line, column)

    def written(self, path: Path) -> str:
        """A value as it stands in the text; empty where there is no text."""
        return self.lines.text[slice(*self.span(path))]

    def mark(self, span: Span, note: str) -> Mark:
        line, column = self.lines.place(span.start)
        text = self.lines.line(line)
        return Mark(self.name, line, column, max(1, min(span.end - span.start, len(text) - column + 1)), note, text)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one input held. Whoever checks it takes the actions out of `root` one by one.

    Attributes:
        complete: Whether it could be read at all, so that it is known what it defines.
    """

    source: Source
    root: Value
    faults: tuple[Fault, ...] = ()
    complete: bool = True


def read_file(path: str | FilePath) -> Reading:
    name = str(path)
    try:
        text = files.decode(files.read(path))
    except UnreadableError as error:
        return _unread(Source(name), error.fault)
    return read_text(text, name)


def read_stdin(stdin: BinaryIO | None) -> Reading:
    name = "<stdin>"
    try:
        if stdin is None or stdin.closed:
            raise UnreadableError(Fault("syntax", "Standard input is closed", Span(0, 1), "pipe a file into it"))
        text = files.decode(files.read_stream(stdin))
    except UnreadableError as error:
        return _unread(Source(name), error.fault)
    return read_text(text, name)


def read_text(text: str, name: str = "<text>") -> Reading:
    """Read a text; its name's ending says what it is, or else its beginning."""
    reader, scan = _language(text, name)
    try:
        tree = reader(text)
    except UnreadableError as error:
        return _unread(Source(name, lines=Lines(text)), error.fault)
    return _reading(name, text, tree, scan)


def read_value(value: object, name: str = "<value>") -> Reading:
    """Take a Python value, copied and bounded."""
    try:
        root = plain.copy(value)
    except UnreadableError as error:
        return _unread(Source(name), error.fault)
    prefix = (ACTIONS,) if isinstance(root, dict) else ()
    return Reading(Source(name, prefix), root)


def place_fault(source: Source, fault: Fault) -> Problem:
    """A fault of the text as a problem."""
    related = fault.first and source.mark(fault.first, "first used here")
    return problem_at(source, fault.span, fault.code, fault.message, help=fault.help, note=fault.note, related=related)


def problem_at(
    source: Source,
    span: Span,
    code: str,
    message: str,
    *,
    severity: Severity = Severity.ERROR,
    index: int | None = None,
    action_id: str | None = None,
    help: str = "",  # noqa: A002 - the word that users read before the advice
    note: str = "",
    related: Mark | None = None,
) -> Problem:
    """A problem in its place, with the lines that show it."""
    mark = source.mark(span, note)
    lines = {mark.line: mark.text} if source.lines.text else {}
    if related and lines and related.file == source.name:
        lines[related.line] = related.text
    return Problem(
        code, message, severity, source.name, mark.line, mark.column, index, action_id, help,
        tuple(sorted(lines.items())), mark.width, note, related,
    )  # fmt: skip


def _language(text: str, name: str) -> tuple[Callable[[str], Tree], Scan]:
    match FilePath(name).suffix.lower():
        case ".jsonl":
            return json_text.read_lines, json_text.scan
        case ".json":
            return json_text.read, json_text.scan
        case ".yaml" | ".yml":
            return yaml_text.read, yaml_text.scan
    if not _JSON_START.match(text):
        return yaml_text.read, yaml_text.scan
    return json_text.read_lines if json_text.is_lines(text) else json_text.read, json_text.scan


def _reading(name: str, text: str, tree: Tree, scan: Scan) -> Reading:
    prefix = (ACTIONS,) if isinstance(tree.root, dict) else ()
    source = Source(name, prefix, Lines(text), Positions(text, prefix, tree.starts, scan))
    root = plain.copy(tree.root) if _LONE_SURROGATE.search(text) else tree.root
    return Reading(source, root, tuple(tree.faults), tree.complete)


def _unread(source: Source, fault: Fault) -> Reading:
    return Reading(source, None, (fault,), complete=False)
