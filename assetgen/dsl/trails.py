"""A trail through a tree as its text is parsed: where each key and each value is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from assetgen.dsl.trees import Path, Span


@dataclass(slots=True)
class _Level:
    path: Path
    mapping: bool
    seen: dict[str, Span] = field(default_factory=dict)
    key: str | None = None
    index: int = 0


class Trail:
    """Follows a parser and keeps the spans of keys and values whose path has at most `depth` steps.

    Keys that stand twice in one mapping are kept at any depth, as (key, first span, second span).
    """

    def __init__(self, depth: int) -> None:
        self.values: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.repeats: list[tuple[str, Span, Span]] = []
        self._depth = depth
        self._levels: list[_Level] = []

    def open(self, span: Span, mapping: bool) -> None:
        """A mapping or a list begins."""
        path = self._next(span)
        self._levels.append(_Level(path, mapping))

    def close(self) -> bool:
        """The innermost mapping or list ends; says whether that was the root."""
        self._levels.pop()
        return not self._levels

    def scalar(self, span: Span, text: str) -> bool:
        """A key, or a value without parts; says whether that was the root."""
        level = self._levels[-1] if self._levels else None
        if level and level.mapping and level.key is None:
            self._key(level, span, text)
        else:
            self._next(span)
        return level is None

    def _key(self, level: _Level, span: Span, text: str) -> None:
        level.key = text
        if text in level.seen:
            self.repeats.append((text, level.seen[text], span))
            return
        level.seen[text] = span
        if len(level.path) < self._depth:
            self.keys[(*level.path, text)] = span

    def _next(self, span: Span) -> Path:
        path = self._step()
        if len(path) <= self._depth:
            self.values.setdefault(path, span)
        return path

    def _step(self) -> Path:
        if not self._levels:
            return ()
        level = self._levels[-1]
        if level.mapping:
            key, level.key = level.key or "", None
            return (*level.path, key)
        level.index += 1
        return (*level.path, level.index - 1)
