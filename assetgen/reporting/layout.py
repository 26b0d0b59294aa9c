"""Blocks and tables: how the screens are put together, so that they are at home in a pipe as on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import Box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.containers import Lines
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from assetgen.reporting.theme import Symbols

Cell = str | Text
Row = tuple[Sequence[Cell], str]
"""The cells of a row in the order of its columns, and its style."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something set in by `indent` columns, and without blanks at the ends of its lines."""

    content: RenderableType
    indent: int = 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        inner = options.update(width=max(options.max_width - self.indent, 1))
        for line in console.render_lines(self.content, inner, pad=False):
            trimmed = _trimmed(line)
            if trimmed and self.indent:
                yield Segment(" " * self.indent)
            yield from trimmed
            yield Segment.line()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; figures stand at the right. Only words fold.

    Attributes:
        since: Narrower screens do without it.
        spare: So do those on which the whole table would not fit.
    """

    title: Cell
    figures: bool = True
    since: int = 0
    folds: bool = True
    spare: bool = False


UNTITLED = (Column("", figures=False), Column("", figures=False), Column("", figures=False))
"""Three columns without a head: a word, what is said of it, and its context."""


def table(
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    symbols: Symbols,
    width: int,
    total: Sequence[Cell] = (),
    lined: bool = True,
    indent: int = 2,
) -> Block:
    """A table, without a head where no column has a title. Names and words fold where they must, figures never do."""
    rows = list(rows)
    shown = [index for index, column in enumerate(columns) if width >= column.since]
    spare = [index for index in shown if columns[index].spare]
    while spare and indent + _natural(columns, [*rows, (total, "")] if total else rows, shown) > width:
        shown.remove(spare.pop())
    sheet = Table(
        box=_rules(symbols) if lined else None,
        padding=(0, 1 if lined else 2, 0, 0),
        show_edge=False,
        pad_edge=False,
        show_header=any(str(column.title) for column in columns),
        show_footer=bool(total),
        header_style="strong" if lined else "context",
        footer_style="strong",
        border_style="context",
    )
    for index in shown:
        _add(sheet, columns[index], total[index] if total else "", first=index == 0)
    for cells, style in rows:
        sheet.add_row(*(cells[index] for index in shown), style=style)
    return Block(sheet, indent)


Part = str | tuple[str, str]
"""A string, or a string with its style."""


def line(*parts: Part, indent: int = 0, hint: str = "") -> Block:
    """One line, or as many as it takes; a styled label that ends with a blank has those after it hang beside it.

    Args:
        hint: What may be worth knowing too: behind the line, or below it where there is no room.
    """
    label = parts[0][0] if parts and isinstance(parts[0], tuple) and parts[0][0].endswith(" ") else ""
    if not (label or hint):
        return Block(Text.assemble(*parts), indent)
    return Block(
        Hanging(Text.assemble(*parts[:1]) if label else Text(), Text.assemble(*parts[bool(label) :]), hint), indent
    )


@dataclass(frozen=True, slots=True)
class Hanging:
    """A text beside its label: every line of it begins where the first one does."""

    label: Text
    text: Text
    hint: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        beside = self.label.cell_len
        room = max(options.max_width - beside, 1)
        lines = self.text.wrap(console, room, overflow="fold", no_wrap=bool(options.no_wrap))
        self._add_hint(lines, room)
        for number, text in enumerate(lines):
            text.rstrip()
            yield Text.assemble(self.label if number == 0 else " " * beside, text, end="\n")

    def _add_hint(self, lines: Lines, room: int) -> None:
        hint = Text(self.hint, "context")
        if self.hint and len(lines) == 1 and lines[0].cell_len + 3 + hint.cell_len <= room:
            lines[0].append("   ").append_text(hint)
        elif self.hint:
            lines.append(hint)


def bar(parts: Sequence[tuple[int, str]], whole: int, width: int, symbols: Symbols) -> Text:
    """A bar of `width` columns in which every part takes its share of the `whole`; nothing present is invisible."""
    text = Text()
    whole, done, drawn = max(whole, 1), 0, 0
    for amount, style in parts:
        done += amount
        end = min(max(done * width // whole, drawn + bool(amount)), width)
        text.append(symbols.bar * (end - drawn), style)
        drawn = end
    return text.append(symbols.rest * (width - drawn), "context")


def fitted(text: str, width: int, symbols: Symbols) -> str:
    """A name of exactly `width` columns: filled up, or cut in its middle, since names differ at their ends."""
    room = width - len(symbols.ellipsis)
    if cell_len(text) > width and room > 0:
        text = set_cell_size(text, room - room // 2).rstrip() + symbols.ellipsis + _last(text, room // 2)
    return set_cell_size(text, width)


def short(name: str, most: int, symbols: Symbols) -> str:
    """A name of at most so many columns, cut in its middle where it is longer."""
    return fitted(name, most, symbols).rstrip() if cell_len(name) > most else name


def _last(text: str, width: int) -> str:
    """The end of a text, at most so many columns of it."""
    while cell_len(text) > width:
        text = text[1:]
    return text


def _add(sheet: Table, column: Column, footer: Cell, *, first: bool) -> None:
    sheet.add_column(
        column.title,
        footer,
        justify="right" if column.figures else "left",
        no_wrap=not column.folds or (column.figures and not first),
        overflow="fold",
    )


def _natural(columns: Sequence[Column], rows: Sequence[Row], shown: Sequence[int]) -> int:
    """The columns of a screen that a table takes where nothing folds."""
    cells = ([columns[index].title, *(cells[index] for cells, _ in rows)] for index in shown)
    return sum(max(cell_len(str(cell)) for cell in column) + 2 for column in cells) - 2


def _rules(symbols: Symbols) -> Box:
    blank, rule = " " * 4, symbols.line * 4
    lines = [blank, blank, rule, blank, blank, rule, blank, blank]
    return Box("\n".join(lines) + "\n", ascii=symbols.line.isascii())


def _trimmed(line: Iterable[Segment]) -> list[Segment]:
    segments = [segment for segment in line if not segment.control]
    while segments and not segments[-1].text.rstrip(" "):
        segments.pop()
    if segments:
        text, style, control = segments.pop()
        segments.append(Segment(text.rstrip(" "), style, control))
    return segments
