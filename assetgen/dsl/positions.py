"""Where the values of a text are written, found when somebody asks."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable

from assetgen.dsl.trails import Trail
from assetgen.dsl.trees import DEEPEST, Path, Span

Scan = Callable[[str, Span, Trail], object]


class Positions:
    """Finds spans by path. One action's text is followed at a time, so asking for all in file order is linear.

    Args:
        prefix: The path of the list of actions, whose items begin at `starts`.
        scan: Follows one value of the text.
    """

    def __init__(self, text: str, prefix: Path, starts: array[int], scan: Scan) -> None:
        self._text = text
        self._prefix = prefix
        self._starts = starts
        self._scan = scan
        self._trails: dict[int | None, Trail] = {}

    def value(self, path: Path) -> Span:
        """Where a value begins and ends; of its nearest parent, if it isn't written itself."""
        item, rest = self._item(path)
        if not rest and item is not None:
            return self._start(item)
        return _nearest(self._trail(item).values, rest)

    def key(self, path: Path) -> Span:
        """Where the last key of the path is written."""
        item, rest = self._item(path)
        trail = self._trail(item)
        return trail.keys.get(rest) or _nearest(trail.values, rest)

    def index(self, offset: int) -> int | None:
        """The index of the action that a character belongs to."""
        index = bisect_right(self._starts, offset) - 1
        return index if index >= 0 else None

    def _item(self, path: Path) -> tuple[int | None, Path]:
        size = len(self._prefix)
        if len(path) > size and path[:size] == self._prefix:
            index = path[size]
            if isinstance(index, int) and index < len(self._starts):
                return index, path[size + 1 :]
        return None, path

    def _start(self, item: int) -> Span:
        return Span(self._starts[item], self._starts[item] + 1)

    def _trail(self, item: int | None) -> Trail:
        """Only the latest trail is kept, beside the envelope's."""
        if item not in self._trails:
            envelope = self._trails.get(None)
            self._trails = {} if envelope is None else {None: envelope}
            self._trails[item] = self._follow(item)
        return self._trails[item]

    def _follow(self, item: int | None) -> Trail:
        if item is None:
            trail, span = Trail(depth=len(self._prefix) + 1), Span(0, len(self._text))
        else:
            following = self._starts[item + 1] if item + 1 < len(self._starts) else len(self._text)
            trail, span = Trail(DEEPEST), Span(self._starts[item], following)
        self._scan(self._text, span, trail)
        return trail


def _nearest(spans: dict[Path, Span], path: Path) -> Span:
    while path and path not in spans:
        path = path[:-1]
    return spans.get(path, Span(0, 1))
