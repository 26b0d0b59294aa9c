"""One line for every asset of a survey, as `estimate --all` shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment

from assetgen.core.surveys import Standing, State
from assetgen.reporting.budgets import spread
from assetgen.reporting.kinds import chosen, seller
from assetgen.reporting.theme import Symbols, safe

SIGNS = {State.CACHED: "=", State.NEW: "+", State.CHANGED: "~"}.get
ROOM_FOR_SELLERS = 70
ROOM_FOR_REASONS = 90


@dataclass(frozen=True, slots=True)
class Listing:
    """Lines of id, state, seller, cost and reason. They never fold and nothing is cut, so that a plan of any size is
    quick to show and its lines can be searched.
    """

    standings: Sequence[Standing]
    symbols: Symbols
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        name, who = self._widths()
        for standing in self.standings:
            state = standing.state
            style = state.value if SIGNS(state) else "failed"
            yield Segment(f"  {_padded(safe(standing.job.id), name)}")
            yield Segment(f"  {SIGNS(state, '!')} {state.value:<8}", console.get_style(style))
            if who:
                yield Segment(f"  {_padded(_seller(standing), who)}")
            reason = safe(standing.reason) if self.width >= ROOM_FOR_REASONS else ""
            yield Segment(f"  {self._cost(standing):>17}")
            yield Segment(f"  {reason}" if reason else "", console.get_style("context"))
            yield Segment.line()

    def _widths(self) -> tuple[int, int]:
        names = max((cell_len(safe(one.job.id)) for one in self.standings), default=0)
        sellers = max((cell_len(_seller(one)) for one in self.standings), default=0)
        return min(names, self.width // 2), sellers if self.width >= ROOM_FOR_SELLERS else 0

    def _cost(self, standing: Standing) -> str:
        if standing.state is State.UNPRICED:
            return "unknown"
        return spread(standing.estimate, self.symbols) if standing.estimate.max else self.symbols.dash


def _seller(standing: Standing) -> str:
    return safe(seller(*chosen(standing.job)))


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))
