"""Scenery under an open sky."""

from __future__ import annotations

from assetgen.providers.draft import shapes
from assetgen.providers.draft.canvas import Canvas, Point, beam, glow, mist, silhouettes, sky
from assetgen.providers.draft.palettes import mix
from assetgen.providers.draft.terrain import lit_sky, open_sky, ranges, wanderer


def mountains(canvas: Canvas) -> None:
    """Range behind range, and trees in front."""
    horizon = open_sky(canvas)
    line = ranges(canvas, horizon, count=canvas.chance.choice((4, 5)), rise=0.10, roughness=0.5)
    if canvas.chance.random() < 0.5:
        wanderer(canvas, shapes.at(line, canvas.between(0.2, 0.8)), 0.075)


def sea(canvas: Canvas) -> None:
    """Water to the horizon, the light on it, and what passes by."""
    palette = canvas.palette
    horizon = canvas.height * canvas.between(0.5, 0.6)
    light = lit_sky(canvas, horizon, low=True)
    isle = shapes.ridge(canvas, horizon + canvas.height * 0.02, canvas.height * 0.05, 0.5)
    silhouettes(canvas, [[*isle, (canvas.width, horizon), (0, horizon)]], canvas.land(0.25))
    water = [(0, horizon), (canvas.width, horizon), (canvas.width, canvas.height), (0, canvas.height)]
    silhouettes(canvas, [water], mix(palette.horizon, palette.far, 0.5), palette.near)
    _glitter(canvas, light[0], horizon)
    x = canvas.width * (canvas.between(0.62, 0.8) if light[0] < canvas.width / 2 else canvas.between(0.2, 0.38))
    if canvas.choose("ship", "lighthouse") == "ship":
        silhouettes(canvas, shapes.ship((x, horizon + canvas.height * 0.07), canvas.unit * 0.24), palette.near)
    else:
        _beacon(canvas, (x, horizon - canvas.height * 0.02))


def desert(canvas: Canvas) -> None:
    """Dunes with a lit and a shadowed side."""
    horizon = open_sky(canvas, canvas.height * canvas.between(0.46, 0.56))
    if canvas.choose("pyramid", "dune") == "pyramid":
        _pyramids(canvas, horizon)
    for index in range(4):
        share = (index + 1) / 4
        base = horizon + (canvas.height - horizon) * (index / 4)
        line = shapes.ridge(canvas, base, canvas.height * (0.04 + 0.05 * share), 0.28)
        lit = mix(canvas.land(share * 0.75), canvas.palette.light, 0.16)
        silhouettes(canvas, [shapes.ground(canvas, line)], lit, canvas.land(min(1, share + 0.15)))
        silhouettes(
            canvas, [_shadow(canvas, line)], mix(canvas.land(share), canvas.palette.near, 0.3), canvas.land(share)
        )
    wanderer(canvas, shapes.at(line, canvas.between(0.3, 0.7)), 0.06)


def forest(canvas: Canvas) -> None:
    """Trunks before trunks, and light from behind them."""
    palette = canvas.palette
    sky(canvas, canvas.height * 0.85)
    light = (canvas.between(0.3, 0.7) * canvas.width, canvas.height * canvas.between(0.3, 0.45))
    glow(canvas, light, canvas.unit * 0.75, palette.light, 0.85)
    for row in range(4):
        share = (row + 1) / 4
        floor = shapes.ridge(canvas, canvas.height * (0.7 + 0.07 * row), canvas.height * 0.025, 0.4)
        silhouettes(
            canvas, [*_trunks(canvas, floor, row), shapes.ground(canvas, floor)], canvas.land(share), canvas.land(share)
        )
        if row < 3:
            mist(canvas, canvas.height * (0.62 + 0.05 * row), canvas.height * 0.5, palette.horizon, 0.2)
    _rays(canvas, light)
    if canvas.chance.random() < 0.6:
        wanderer(canvas, (light[0], canvas.height * 0.88), 0.13)


def _glitter(canvas: Canvas, x: float, horizon: float) -> None:
    """The light's broken path on the water, wider towards the viewer."""
    strokes = []
    for _ in range(130):
        depth = canvas.chance.random() ** 1.6
        y = horizon + (canvas.height - horizon) * depth
        middle = x + canvas.chance.gauss(0, 1) * canvas.unit * (0.02 + 0.07 * depth)
        half, thin = (
            canvas.unit * (0.006 + 0.03 * depth) * canvas.between(0.4, 1),
            canvas.unit * (0.0008 + 0.0024 * depth),
        )
        strokes.append([(middle - half, y), (middle, y - thin), (middle + half, y), (middle, y + thin)])
    silhouettes(canvas, strokes, mix(canvas.palette.light, canvas.palette.horizon, 0.35))


def _beacon(canvas: Canvas, foot: Point) -> None:
    """A lighthouse on its headland, with its beam."""
    x, y = foot
    tall, near = canvas.unit * 0.3, canvas.palette.near
    lamp, side = (x, y - tall * 0.87), 1 if x < canvas.width / 2 else -1
    far = x + side * canvas.width
    beam(canvas, [lamp, (far, lamp[1] - tall * 0.7), (far, lamp[1] + tall * 0.1)], canvas.palette.light, 0.3)
    edge = -5 if side > 0 else canvas.width + 5
    steps = ((0.0, 0.0), (0.18, 0.02), (0.34, 0.2), (0.4, 0.5), (0.75, 0.66), (1.1, 0.74))
    cliff = shapes.smooth([(edge, y + tall * 0.08), *((x + side * a * tall, y + b * tall) for a, b in steps)])
    water = y + tall * 0.74
    silhouettes(canvas, [*shapes.lighthouse(foot, tall), [*cliff, (edge, water)]], near)
    glow(canvas, lamp, tall * 0.3, canvas.palette.light, 1.0)


def _pyramids(canvas: Canvas, horizon: float) -> None:
    x = canvas.between(0.2, 0.7) * canvas.width
    for offset, tall in ((0.0, 0.2), (0.22, 0.13), (-0.16, 0.08)):
        foot = (x + canvas.unit * offset, horizon + canvas.height * 0.03)
        height = canvas.unit * tall
        silhouettes(
            canvas, [shapes.roof(foot, height * 1.7, height)], mix(canvas.land(0.25), canvas.palette.light, 0.15)
        )
        shade = [(foot[0], foot[1] - height), (foot[0] + height * 0.85, foot[1]), (foot[0] + height * 0.2, foot[1])]
        silhouettes(canvas, [shade], canvas.land(0.45))


def _shadow(canvas: Canvas, line: shapes.Outline) -> shapes.Outline:
    """The side of a dune that lies in the shade: from its crest along its line, and back by the edge of the light."""
    top = min(range(20, 109), key=lambda index: line[index][1])
    x, y = line[top]
    drop, reach = canvas.height - y, canvas.unit * 0.16
    spine = [(x, y), (x - reach * 0.5, y + drop * 0.2), (x + reach * 0.6, y + drop * 0.45), (x - reach, canvas.height)]
    return [*reversed(shapes.smooth(shapes.smooth(spine))), *line[top:], (canvas.width, canvas.height)]


def _trunks(canvas: Canvas, floor: shapes.Outline, row: int) -> list[shapes.Outline]:
    count = (16, 11, 7, 4)[row]
    width = canvas.unit * (0.008, 0.014, 0.024, 0.042)[row]
    outlines = []
    for index in range(count):
        x, y = shapes.at(floor, (index + canvas.between(0.05, 0.95)) / count)
        lean = canvas.between(-0.05, 0.05) * canvas.unit
        outlines.append(shapes.trunk((x, y + width), width * canvas.between(0.7, 1.2), lean))
    return outlines


def _rays(canvas: Canvas, light: Point) -> None:
    for _ in range(4):
        x = light[0] + canvas.between(-0.6, 0.6) * canvas.width
        wide = canvas.unit * canvas.between(0.03, 0.09)
        foot = canvas.height * 0.95
        beam(
            canvas,
            [
                (light[0] - 8, -canvas.height * 0.1),
                (light[0] + 8, -canvas.height * 0.1),
                (x + wide, foot),
                (x - wide, foot),
            ],
            canvas.palette.light,
            0.09,
        )
