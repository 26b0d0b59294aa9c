"""Problems of actions files: for people with the lines they stand in, one a line, as JSON, and for GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

from assetgen.core.actions import JSON, Place
from assetgen.core.validation import Severity
from assetgen.dsl.problems import LISTED, Mark, Problem
from assetgen.reporting.github import MOST_ANNOTATIONS, annotation
from assetgen.reporting.theme import WIDTH, plural, safe

SHOWN = 20
"""How many problems a screen shows."""

_TAB = "    "
_ROLES = {Severity.ERROR: "failed", Severity.WARNING: "warning"}


def text(problems: Sequence[Problem], *, width: int = WIDTH, most: int = SHOWN) -> Text:
    """Problems with their lines, carets and help, and a last line that counts them; `width` in columns."""
    shown = _chosen(problems, most)
    screen = Text()
    for problem in shown:
        screen.append_text(_block(problem, width)).append("\n")
    if len(shown) < len(problems):
        screen.append(f"and {len(problems) - len(shown):,} more\n\n", "context")
    return screen.append_text(_verdict(problems)) if problems else screen


def concise(problems: Iterable[Problem]) -> str:
    """One problem a line: `file:line:column: code message`."""
    return "".join(f"{_where(problem)}: {problem.code} {safe(problem.message)}\n" for problem in problems)


def as_json(problems: Iterable[Problem]) -> dict[str, JSON]:
    """Problems for programs."""
    return {"schema": "assetgen/problems@1", "problems": [_fields(problem) for problem in problems]}


def github(problems: Iterable[Problem], workspace: str = "") -> str:
    """Annotations for GitHub Actions, errors first; files are named relative to the workspace where they lie in it."""
    listed = list(problems)
    return "".join(_annotations(listed, severity, workspace) for severity in Severity)


def _chosen(problems: Sequence[Problem], most: int) -> list[Problem]:
    """The first ones in order, but no warning in the place of an error."""
    errors = [number for number, problem in enumerate(problems) if problem.severity is Severity.ERROR]
    others = [number for number, problem in enumerate(problems) if problem.severity is not Severity.ERROR]
    return [problems[number] for number in sorted((errors + others)[:most])]


@dataclass(frozen=True, slots=True)
class _Stroke:
    """One line of an excerpt, and what is drawn below it."""

    number: int
    line: str
    column: int
    width: int
    sign: str
    note: str


def _block(problem: Problem, width: int) -> Text:
    role = _ROLES[problem.severity]
    block = Text().append(f"{problem.severity.value}[{problem.code}]", f"bold {role}")
    block.append(f": {safe(problem.message)}\n", "strong")
    strokes, apart = _strokes(problem)
    numbers = [stroke.number for stroke in strokes] + ([apart.line] if apart else [])
    gutter = len(str(max(numbers, default=0)))
    block.append(f"{' ' * gutter}--> ", "context").append(f"{_where(problem)}\n")
    block.append_text(_excerpt(strokes, gutter, width, role))
    if apart:
        block.append(f"{' ' * gutter}::: ", "context").append(f"{safe(apart.file)}:{apart.line}:{apart.column}\n")
        block.append_text(_excerpt([_first(apart)], gutter, width, role))
    if problem.help:
        block.append(f"{' ' * gutter} = ", "context").append(f"help: {safe(problem.help)}\n")
    return block


def _strokes(problem: Problem) -> tuple[list[_Stroke], Mark | None]:
    """What is drawn in the file itself, in order, and the mark that stands in another file."""
    lines, related = dict(problem.lines), problem.related
    if problem.line not in lines:
        return [], None
    own = _Stroke(problem.line, lines[problem.line], problem.column, problem.width, "^", problem.note)
    if related is None:
        return [own], None
    if related.file != problem.file:
        return [own], related
    return sorted((own, _first(related)), key=lambda stroke: (stroke.number, stroke.column)), None


def _first(mark: Mark) -> _Stroke:
    return _Stroke(mark.line, mark.text, mark.column, mark.width, "-", mark.note)


def _excerpt(strokes: list[_Stroke], gutter: int, width: int, role: str) -> Text:
    excerpt = Text()
    if strokes:
        excerpt.append(f"{' ' * gutter} |\n", "context")
    last = strokes[0].number if strokes else 0
    for stroke in strokes:
        if stroke.number > last + 1:
            excerpt.append("...\n", "context")
        excerpt.append_text(_drawn(stroke, gutter, width, role))
        last = stroke.number
    return excerpt


def _drawn(stroke: _Stroke, gutter: int, width: int, role: str) -> Text:
    before, marked, after = _window(stroke, width - gutter - 3)
    drawn = Text().append(f"{stroke.number:>{gutter}} | ", "context").append(f"{before}{marked}{after}".rstrip() + "\n")
    drawn.append(f"{' ' * gutter} | ", "context").append(" " * cell_len(before))
    signs = stroke.sign * max(1, cell_len(marked))
    return drawn.append(f"{signs} {safe(stroke.note)}".rstrip() + "\n", role if stroke.sign == "^" else "context")


def _window(stroke: _Stroke, room: int) -> tuple[str, str, str]:
    """A line in three parts, the marked one in the middle, cut so that they fit into `room` columns."""
    begin, end = stroke.column - 1, stroke.column - 1 + stroke.width
    before, marked, after = stroke.line[:begin], stroke.line[begin:end], stroke.line[end:]
    if len(stroke.line) <= room and sum(cell_len(_shown(part)) for part in (before, marked, after)) <= room:
        return _shown(before), _shown(marked), _shown(after)
    before = _cut(before[::-1], room // 2)[::-1]
    marked = _cut(marked, max(2, room - cell_len(before)))
    return before, marked, _cut(after, room - cell_len(before) - cell_len(marked))


def _cut(part: str, room: int) -> str:
    """As many characters as fit, with an ellipsis for the rest. Each is shown on its own, so either direction works."""
    kept, used = "", 0
    for number, character in enumerate(part):
        shown = _shown(character)
        if used + cell_len(shown) > room - (number < len(part) - 1):
            return f"{kept}…" if room > 0 else ""
        kept, used = kept + shown, used + cell_len(shown)
    return kept


def _shown(part: str) -> str:
    return safe(part.replace("\t", _TAB))


def _verdict(problems: Sequence[Problem]) -> Text:
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    files = sorted({problem.file for problem in problems})
    subject = f"{safe(files[0])} has" if len(files) == 1 else f"{len(files)} files have"
    more = "more than " if len(problems) > LISTED else ""
    counts = [more + plural(errors, "problem")] if errors else []
    counts += [plural(warnings, "warning")] if warnings else []
    verdict = f"{subject} {' and '.join(counts)}"
    if not errors:
        return Text().append("warning", "bold warning").append(f": {verdict}\n")
    return Text().append("error", "bold failed").append(f": {verdict}; nothing was generated and nothing was spent\n")


def _where(problem: Problem) -> str:
    return f"{safe(problem.file)}:{problem.line}:{problem.column}"


def _fields(problem: Problem) -> JSON:
    return {
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity.value,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "action_index": problem.action_index,
        "action_id": problem.action_id,
        "help": problem.help,
    }


def _annotations(problems: list[Problem], severity: Severity, workspace: str) -> str:
    kind = [problem for problem in problems if problem.severity is severity]
    lines = [_annotation(problem, workspace) for problem in kind[:MOST_ANNOTATIONS]]
    if len(kind) > MOST_ANNOTATIONS:
        lines.append(f"::{severity.value} title=assetgen::and {len(kind) - MOST_ANNOTATIONS} more, see the log\n")
    return "".join(lines)


def _annotation(problem: Problem, workspace: str) -> str:
    place = Place(problem.file, problem.line, problem.column)
    line = annotation(problem.severity, problem.code, problem.message, problem.help, place, workspace, problem.width)
    return line + "\n"
