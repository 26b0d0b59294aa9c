"""`make bench`: each figure beside its floor, measured in the same run, because machines differ and are noisy.

python -m tests.bench [NAME...]
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from tests.bench import buying, flat, limiting, start, validating
from tests.bench.report import Figure, table

BENCHES: dict[str, Callable[[], list[Figure]]] = {
    "buying": buying.figures,  # first: the others leave many deleted files behind, which are slow to follow
    "start": start.figures,
    "validate": validating.figures,
    "flat": flat.figures,
    "limiting": limiting.figures,
}


def main(names: list[str]) -> int:
    figures: list[Figure] = []
    for name, bench in BENCHES.items():
        if not names or name in names:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            figures += bench()
    print(table(figures))
    return 0 if all(figure.held for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
