"""Which size to ask a seller for, so that the picture that was asked for can be cut from it."""

from __future__ import annotations

import math

from assetgen.core.offers import Sizes


def covering(sizes: Sizes | None, width: int, height: int) -> tuple[int, int]:
    """The size to ask for, in pixels: the nearest shape of a fixed list, or the next step up on a grid."""
    if sizes is None:
        return width, height
    if sizes.fixed:
        return min(sizes.fixed, key=lambda size: _misfit(size, (width, height)))
    factor = _into_range(sizes, width, height)
    return _on_grid(sizes, width * factor), _on_grid(sizes, height * factor)


def _misfit(made: tuple[int, int], wanted: tuple[int, int]) -> tuple[float, int]:
    """How far the shapes are apart, then how much smaller than wanted it is."""
    shape = abs(math.log((made[0] * wanted[1]) / (made[1] * wanted[0])))
    return round(shape, 6), max(0, wanted[0] * wanted[1] - made[0] * made[1])


def _into_range(sizes: Sizes, width: int, height: int) -> float:
    """How to scale both sides so that neither is out of range, as far as the shape allows."""
    if max(width, height) > sizes.largest:
        return sizes.largest / max(width, height)
    return max(1.0, sizes.smallest / min(width, height))


def _on_grid(sizes: Sizes, side: float) -> int:
    stepped = math.ceil(round(side, 6) / sizes.step) * sizes.step
    largest = sizes.largest // sizes.step * sizes.step
    return max(sizes.smallest, min(stepped, largest))
