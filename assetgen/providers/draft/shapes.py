"""Outlines of what stands in a landscape. A `foot` is the point in the middle of its base; heights are in pixels."""

from __future__ import annotations

import math
from itertools import pairwise

from assetgen.providers.draft.canvas import Canvas, Point

Outline = list[Point]


def ridge(canvas: Canvas, base: float, rise: float, roughness: float) -> Outline:
    """A line of hills around `base`, up to `rise` above and below it; rougher from 0.3 (dunes) to 0.6 (rocks)."""
    heights = [canvas.between(-rise, rise), canvas.between(-rise, rise)]
    reach = rise
    while len(heights) < 129:
        middles = [(a + b) / 2 + canvas.between(-reach, reach) for a, b in pairwise(heights)]
        heights = [height for pair in zip(heights, middles, strict=False) for height in pair] + heights[-1:]
        reach *= roughness
    step = canvas.width / (len(heights) - 1)
    return [(index * step, base + height) for index, height in enumerate(heights)]


def ground(canvas: Canvas, line: Outline) -> Outline:
    """Everything below a line, down to the edge of the picture."""
    return [*line, (canvas.width, canvas.height), (0, canvas.height)]


def at(line: Outline, share: float) -> Point:
    """The point of a line at this share of its length."""
    return line[min(len(line) - 1, max(0, round(share * (len(line) - 1))))]


def pine(foot: Point, height: float) -> list[Outline]:
    x, y = foot
    tiers = []
    for tier in range(3):
        bottom, half = y + height * (0.05 - 0.25 * tier), height * (0.26 - 0.06 * tier)
        tiers.append([(x - half, bottom), (x + half, bottom), (x, bottom - height * 0.47)])
    return tiers


def trunk(foot: Point, width: float, lean: float) -> Outline:
    """A bare trunk that leaves the picture at the top, wider where it stands."""
    x, y = foot
    flare = [(x - width, y), (x - width * 0.55, y - width * 1.6)]
    back = [(x + width * 0.55, y - width * 1.6), (x + width, y)]
    return [*flare, (x + lean - width * 0.35, -5), (x + lean + width * 0.35, -5), *back]


def box(foot: Point, width: float, height: float) -> Outline:
    x, y = foot
    return [(x - width / 2, y), (x - width / 2, y - height), (x + width / 2, y - height), (x + width / 2, y)]


def roof(foot: Point, width: float, height: float) -> Outline:
    x, y = foot
    return [(x - width / 2, y), (x, y - height), (x + width / 2, y)]


def tower(foot: Point, height: float) -> list[Outline]:
    """A round tower under a pointed roof."""
    x, y = foot
    width = height * 0.26
    top = y - height * 0.68
    return [box((x, y + height * 0.15), width, height * 0.85), roof((x, top), width * 1.35, height * 0.34)]


def castle(foot: Point, height: float) -> list[Outline]:
    """A keep between towers of different heights, with battlements."""
    x, y = foot
    shapes = [box((x, y + height * 0.3), height * 1.1, height * 0.68)]
    shapes += [box((x + height * step / 12, y - height * 0.36), height * 0.05, height * 0.06) for step in range(-6, 7)]
    for side, tall in ((-0.55, 0.72), (-0.16, 1.0), (0.2, 0.82), (0.55, 0.62)):
        shapes += tower((x + height * side, y + height * 0.1), height * tall)
    return shapes


def house(foot: Point, width: float) -> list[Outline]:
    x, y = foot
    chimney = box((x + width * 0.24, y - width * 0.55), width * 0.1, width * 0.42)
    return [
        box((x, y + width * 0.3), width, width * 0.9),
        roof((x, y - width * 0.58), width * 1.25, width * 0.5),
        chimney,
    ]


def ship(foot: Point, length: float) -> list[Outline]:
    """A sailing ship, seen from its side."""
    x, y = foot
    hull = [(-0.5, -0.1), (-0.38, 0.04), (0.34, 0.04), (0.56, -0.16), (0.3, -0.07), (-0.3, -0.07)]
    aft = [(-0.3, -0.12), (-0.28, -0.62), (-0.12, -0.36), (-0.06, -0.12)]
    main = [(0.0, -0.12), (0.03, -0.84), (0.24, -0.44), (0.27, -0.12)]
    jib = [(0.31, -0.14), (0.1, -0.74), (0.52, -0.17)]
    return [[(x + a * length, y + b * length) for a, b in part] for part in (hull, aft, main, jib)]


def lighthouse(foot: Point, height: float) -> list[Outline]:
    x, y = foot
    half = height * 0.11
    shaft = [
        (x - half, y + half),
        (x - half * 0.6, y - height * 0.8),
        (x + half * 0.6, y - height * 0.8),
        (x + half, y + half),
    ]
    gallery = box((x, y - height * 0.8), half * 1.7, height * 0.03)
    return [shaft, gallery, roof((x, y - height * 0.91), half * 1.3, height * 0.09)]


def arch(foot: Point, width: float, height: float) -> Outline:
    """A tall window with a round top."""
    x, y = foot
    half = width / 2
    curve = [(x + half * math.cos(turn), y - height + half - half * math.sin(turn)) for turn in _half_turn()]
    return [(x + half, y), *curve, (x - half, y)]


def figure(foot: Point, height: float) -> list[Outline]:
    """A wanderer in a long coat."""
    x, y = foot
    coat = [(-0.16, 0.02), (-0.1, -0.72), (-0.04, -0.8), (0.04, -0.8), (0.1, -0.72), (0.16, 0.02)]
    head = [(0.085 * math.cos(turn), -0.88 - 0.1 * math.sin(turn)) for turn in _turn()]
    return [[(x + a * height, y + b * height) for a, b in part] for part in (coat, head)]


def bust(foot: Point, height: float, *, hood: bool) -> list[Outline]:
    """Head and shoulders, cut off by the picture's edge."""
    x, y = foot
    side = HOODED if hood else BARE
    outline = [*side, *((-a, b) for a, b in reversed(side))]
    return [[(x + a * height, y + b * height) for a, b in smooth(smooth(smooth(outline)))]]


BARE = (
    *((-0.64, 0.2), (-0.6, -0.12), (-0.5, -0.24), (-0.26, -0.31), (-0.12, -0.37), (-0.12, -0.46)),
    *((-0.17, -0.5), (-0.2, -0.62), (-0.23, -0.72), (-0.22, -0.88), (-0.13, -0.98), (-0.03, -1.0)),
)
HOODED = (
    *((-0.66, 0.2), (-0.62, -0.08), (-0.52, -0.2), (-0.34, -0.27), (-0.3, -0.34)),
    *((-0.3, -0.58), (-0.26, -0.78), (-0.17, -0.95), (-0.06, -1.04), (-0.01, -1.06)),
)
"""The left half of somebody, from the shoulder to the crown, in heights of the whole."""


def smooth(outline: Outline) -> Outline:
    """Every corner cut off, the ends kept."""
    cut = [outline[0]]
    for (a, b), (c, d) in pairwise(outline):
        cut += [(a * 0.75 + c * 0.25, b * 0.75 + d * 0.25), (a * 0.25 + c * 0.75, b * 0.25 + d * 0.75)]
    return [*cut, outline[-1]]


def fish(centre: Point, length: float, heading: int) -> Outline:
    x, y = centre
    body = [
        (0.5, 0.0),
        (0.2, -0.17),
        (-0.2, -0.12),
        (-0.34, -0.02),
        (-0.5, -0.16),
        (-0.5, 0.16),
        (-0.34, 0.02),
        (-0.2, 0.12),
        (0.2, 0.17),
    ]
    return [(x + a * length * heading, y + b * length) for a, b in body]


def _turn() -> list[float]:
    return [step * math.tau / 32 for step in range(32)]


def _half_turn() -> list[float]:
    return [step * math.pi / 16 for step in range(17)]
