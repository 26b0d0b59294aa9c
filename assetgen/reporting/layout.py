"""Blocks and tables: how the screens are put together, so that they are at home in a pipe as on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.box import Box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
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
    """A column of a table; figures stand at the right. Only words fold. Narrower screens than `since` do without."""

    title: Cell
    figures: bool = True
    since: int = 0
    folds: bool = True


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
    shown = [index for index, column in enumerate(columns) if width >= column.since]
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


def line(*parts: str | tuple[str, str], indent: int = 0) -> Block:
    """One line, or as many as it takes: strings, or strings with their style."""
    return Block(Text.assemble(*parts), indent)


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
    """A text of exactly `width` columns: filled up, or cut with an ellipsis, for a view that is redrawn."""
    if cell_len(text) > width:
        text = set_cell_size(text, max(width - len(symbols.ellipsis), 0)) + symbols.ellipsis
    return set_cell_size(text, width)


def _add(sheet: Table, column: Column, footer: Cell, *, first: bool) -> None:
    sheet.add_column(
        column.title,
        footer,
        justify="right" if column.figures else "left",
        no_wrap=(column.figures or not column.folds) and not first,
        overflow="fold",
    )


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
