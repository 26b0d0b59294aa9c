"""Where people live: a castle, a village, a city."""

from __future__ import annotations

from PIL import ImageDraw

from assetgen.providers.draft import shapes
from assetgen.providers.draft.canvas import Canvas, Point, glow, mist, silhouettes
from assetgen.providers.draft.palettes import mix
from assetgen.providers.draft.terrain import foreground, lit_sky, open_sky, ranges


def castle(canvas: Canvas) -> None:
    """A castle on its hill, with light in the windows."""
    horizon = open_sky(canvas)
    ranges(canvas, horizon, count=2, rise=0.08, roughness=0.5)
    x, height = canvas.between(0.25, 0.75) * canvas.width, canvas.unit * canvas.between(0.24, 0.32)
    top = horizon + canvas.height * 0.02
    hill = _hill(canvas, x, top)
    outlines = [*shapes.castle((x, top), height), [*hill, (canvas.width, canvas.height), (0, canvas.height)]]
    silhouettes(canvas, outlines, canvas.land(0.72), canvas.land(0.5))
    _windows(canvas, [(x + height * side, top - height * up) for side, up in CASTLE_WINDOWS], 0.006)
    foreground(canvas, canvas.height * 0.86, 0.1)


CASTLE_WINDOWS = ((-0.16, 0.55), (-0.55, 0.3), (0.2, 0.4), (0.02, 0.18), (0.36, 0.14), (0.55, 0.22), (-0.34, 0.16))


def village(canvas: Canvas) -> None:
    """Houses at the foot of the hills, somebody home."""
    horizon = open_sky(canvas)
    ranges(canvas, horizon, count=2, rise=0.09, roughness=0.48)
    line = shapes.ridge(canvas, canvas.height * 0.76, canvas.height * 0.03, 0.35)
    houses, windows = [], []
    for index in range(9):
        foot = shapes.at(line, (index + canvas.between(0.2, 0.8)) / 9)
        width = canvas.unit * canvas.between(0.06, 0.1)
        houses += shapes.house(foot, width)
        windows += [(foot[0] + width * side, foot[1] - width * 0.25) for side in (-0.22, 0.2)]
    silhouettes(canvas, [*houses, shapes.ground(canvas, line)], canvas.land(0.7), canvas.land(0.9))
    _windows(canvas, windows, 0.006)
    foreground(canvas, canvas.height * 0.9, 0.09)


def city(canvas: Canvas) -> None:
    """A skyline in three rows, its windows lit."""
    horizon = canvas.height * canvas.between(0.66, 0.74)
    lit_sky(canvas, horizon)
    for share, tall in ((0.25, 0.46), (0.6, 0.36), (1.0, 0.24)):
        blocks = _blocks(canvas, horizon + canvas.height * 0.26 * share, tall)
        silhouettes(
            canvas, blocks, canvas.land(share), mix(canvas.land(share), canvas.palette.horizon, 0.25 * (1 - share))
        )
        _lit_floors(canvas, blocks, share)
        mist(
            canvas,
            horizon + canvas.height * 0.22 * share,
            canvas.height * 0.2,
            canvas.palette.horizon,
            0.22 * (1 - share),
        )


def _hill(canvas: Canvas, x: float, y: float) -> shapes.Outline:
    """The slopes of a hill with its flat top at (x, y), from one edge of the picture to the other."""
    reach, drop = canvas.unit * 0.36, canvas.height - y
    steps = ((5.0, 0.8), (2.0, 0.7), (1.3, 0.5), (0.9, 0.14), (0.7, 0.0), (0.0, 0.0))
    left = [(x - reach * across, y + drop * down) for across, down in steps]
    right = [(2 * x - a, b) for a, b in reversed(left[:-1])]
    return shapes.smooth(shapes.smooth([*left, *right]))


def _windows(canvas: Canvas, places: list[Point], share: float) -> None:
    half = canvas.unit * share
    glowing = mix(canvas.palette.light, (255, 190, 90), 0.5)
    for x, y in places:
        glow(canvas, (x, y), half * 7, glowing, 0.5)
    silhouettes(canvas, [shapes.box((x, y + half * 1.3), half * 1.5, half * 2.6) for x, y in places], glowing)


def _blocks(canvas: Canvas, foot: float, tall: float) -> list[shapes.Outline]:
    outlines = []
    x = -canvas.unit * 0.02
    while x < canvas.width + canvas.unit * 0.1:
        width = canvas.unit * canvas.between(0.045, 0.12)
        height = canvas.unit * tall * canvas.chance.random() ** 1.4 + canvas.unit * 0.09
        outlines.append(
            [(x, canvas.height + 2), (x, foot - height), (x + width, foot - height), (x + width, canvas.height + 2)]
        )
        x += width * canvas.between(0.96, 1.2)
    return outlines


def _lit_floors(canvas: Canvas, blocks: list[shapes.Outline], share: float) -> None:
    """Small windows on a grid, a few of them lit."""
    draw = ImageDraw.Draw(canvas.image)
    step = max(3.0, canvas.unit * (0.009 + 0.007 * share))
    colour = mix(canvas.land(share), canvas.palette.light, 0.45 + 0.4 * share)
    for outline in blocks:
        left, right, top = outline[0][0] + step * 0.6, outline[2][0] - step, outline[1][1] + step
        for _ in range(round((right - left) * canvas.unit * 0.3 / step**2 * 0.22)):
            x = left + step * round(canvas.between(0, (right - left) / step))
            y = top + step * 1.4 * round(canvas.between(0, canvas.unit * 0.3 / step / 1.4))
            draw.rectangle((x, y, x + step * 0.35, y + step * 0.6), fill=colour)
