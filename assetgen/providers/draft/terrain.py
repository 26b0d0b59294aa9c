"""What every view outdoors is made of: a sky with its light, hills behind hills, trees, somebody on the way."""

from __future__ import annotations

from assetgen.providers.draft import shapes
from assetgen.providers.draft.canvas import Canvas, Point, clouds, disc, glow, silhouettes, sky, stars
from assetgen.providers.draft.palettes import mix


def open_sky(canvas: Canvas, horizon: float | None = None) -> float:
    line = horizon or canvas.height * canvas.between(0.54, 0.66)
    lit_sky(canvas, line)
    return line


def lit_sky(canvas: Canvas, horizon: float, *, low: bool = False) -> Point:
    """Sky with stars or clouds, and a sun or moon. Returns where the light stands."""
    palette = canvas.palette
    sky(canvas, horizon)
    if palette.dark:
        stars(canvas, horizon * 0.9)
    if canvas.chance.random() < 0.65:
        clouds(canvas, horizon * 0.95, mix(palette.horizon, palette.light, 0.3), canvas.between(0.25, 0.5))
    radius = canvas.unit * canvas.between(0.035, 0.075)
    height = horizon - radius * canvas.between(0.4, 1.4) if low else horizon * canvas.between(0.22, 0.62)
    light = (canvas.between(0.16, 0.84) * canvas.width, height)
    glow(canvas, light, radius * 7, palette.light, 0.5)
    disc(canvas, light, radius, palette.light)
    return light


def ranges(canvas: Canvas, horizon: float, *, count: int, rise: float, roughness: float) -> shapes.Outline:
    """Hills one behind another, hazy where they are far; trees on those that are near. Returns the nearest line."""
    line: shapes.Outline = []
    for index in range(count):
        share = (index + 1) / count
        base = horizon + (canvas.height - horizon) * index / count * 0.92
        line = shapes.ridge(canvas, base, canvas.height * (rise - 0.05 * share), roughness - 0.06 * share)
        trees = _pines(canvas, line, share) if index >= count - 2 and canvas.chance.random() < 0.8 else []
        haze = mix(canvas.land(share), canvas.palette.horizon, 0.42 * (1 - share))
        silhouettes(canvas, [*trees, shapes.ground(canvas, line)], canvas.land(share), haze)
    return line


def foreground(canvas: Canvas, base: float, trees: float) -> None:
    line = shapes.ridge(canvas, base, canvas.height * 0.03, 0.4)
    pines = _pines(canvas, line, 1.0, trees)
    silhouettes(canvas, [*pines, shapes.ground(canvas, line)], canvas.land(1.0))


def _pines(canvas: Canvas, line: shapes.Outline, share: float, tall: float = 0.08) -> list[shapes.Outline]:
    outlines = []
    for _ in range(canvas.chance.randint(14, 40)):
        height = canvas.unit * tall * canvas.between(0.45, 1.1) * (0.5 + 0.5 * share)
        outlines += shapes.pine(shapes.at(line, canvas.chance.random()), height)
    return outlines


def wanderer(canvas: Canvas, foot: Point, share: float) -> None:
    silhouettes(canvas, shapes.figure(foot, canvas.unit * share), canvas.land(1.0))
