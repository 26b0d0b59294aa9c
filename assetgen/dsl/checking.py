"""Checking a set of actions: every file is read, every action checked, and every problem put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import BinaryIO

from assetgen.core import collector
from assetgen.core.actions import Place
from assetgen.core.validation import Finding, Severity
from assetgen.dsl.checks import Rules
from assetgen.dsl.envelopes import take_actions
from assetgen.dsl.problems import LISTED, Problem
from assetgen.dsl.reading import (
    STANDARD_INPUT,
    Reading,
    Source,
    place_fault,
    read_file,
    read_stdin,
    read_text,
    read_value,
)
from assetgen.dsl.remarks import Owner, Remark, placed
from assetgen.dsl.sets import ActionSet, Entry
from assetgen.dsl.trees import Fault, Path

__all__ = ["Document", "Entry", "Rules", "load", "parse"]


@dataclass(frozen=True, slots=True)
class Document:
    """A set of actions that was read and checked.

    Attributes:
        entries: Every action that its model accepts, nested ones included, in the order of the files.
        files: The names of the inputs, as they were given.
        problems: Errors and warnings in the order of files and lines.
    """

    entries: tuple[Entry, ...]
    files: tuple[str, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; warnings don't count."""
        return not any(problem.severity is Severity.ERROR for problem in self.problems)

    def place(self, entry: Entry, field: Path = ()) -> Place:
        """Where an action is written, or one of its fields; a field that is left out is where its action is."""
        return entry.source.place((*entry.path, *field))

    def problem(self, entry: Entry, finding: Finding) -> Problem:
        """What somebody found about an action, in its place."""
        identifier = getattr(entry.action, "id", None)
        owner = Owner(entry.source, entry.index, entry.path, entry.action.type, identifier)
        remark = Remark(owner, finding.code, finding.message, finding.field, finding.help, severity=finding.severity)
        return placed(remark)


def load(inputs: Sequence[str | FilePath], rules: Rules, stdin: BinaryIO | None = None) -> Document:
    """Read files as one set; `-` is standard input. Whatever is wrong with them is a problem of the document."""
    with collector.paused():
        return _document([_read(name, stdin) for name in inputs], rules)


def parse(value: str | Mapping[str, object] | Sequence[object], rules: Rules) -> Document:
    """Check a set given as a value, or as a text in YAML or JSON."""
    with collector.paused():
        return _document([read_text(value) if isinstance(value, str) else read_value(value)], rules)


def _read(name: str | FilePath, stdin: BinaryIO | None) -> Reading:
    return read_stdin(stdin) if str(name) == STANDARD_INPUT else read_file(name)


def _document(readings: list[Reading], rules: Rules) -> Document:
    actions = ActionSet(rules, complete=all(reading.complete for reading in readings))
    faults: list[_Fault] = []
    for reading in readings:
        items, around = take_actions(reading)
        first = actions.size
        faults += [_Fault(reading.source, fault, None) for fault in around]
        faults += [_Fault(reading.source, fault, first) for fault in reading.faults]
        actions.add_all(reading.source, items)
    actions.finish()
    problems = _problems([reading.source for reading in readings], faults, actions.remarks)
    return Document(tuple(actions.entries), tuple(reading.source.name for reading in readings), problems)


@dataclass(frozen=True, slots=True)
class _Fault:
    """A fault of a text; `first` is the index of the text's first action, None where no action is concerned."""

    source: Source
    fault: Fault
    first: int | None

    def placed(self) -> Problem:
        problem = place_fault(self.source, self.fault)
        if self.first is None or self.source.positions is None:
            return problem
        item = self.source.positions.index(self.fault.span.start)
        return problem if item is None else replace(problem, action_index=self.first + item)


def _problems(sources: list[Source], faults: list[_Fault], remarks: list[Remark]) -> tuple[Problem, ...]:
    """Place the first problems of each kind: errors before warnings, and then all in the order of files and lines."""
    order = {id(source): number for number, source in enumerate(sources)}
    remarks.sort(key=lambda remark: (remark.severity is not Severity.ERROR, remark.owner.index))
    listed = [(order[id(fault.source)], fault.placed()) for fault in faults[:LISTED]]
    listed += [(order[id(remark.owner.source)], placed(remark)) for remark in remarks[: LISTED - len(listed)]]
    listed.sort(key=lambda each: (each[0], each[1].line, each[1].column))
    problems = tuple(problem for _, problem in listed)
    return (*problems, *_more(problems, len(faults) + len(remarks) - len(problems)))


def _more(problems: tuple[Problem, ...], left: int) -> Iterator[Problem]:
    if left > 0:
        last = problems[-1]
        message = f"{left:,} more problems are not listed"
        yield Problem("limit", message, last.severity, last.file, last.line, last.column, help="solve these first")
