"""Scenery without a horizon: caves and halls, faces, the depths of the sea and of space."""

from __future__ import annotations

import math

from PIL import Image

from assetgen.providers.draft import shapes
from assetgen.providers.draft.canvas import (
    Canvas,
    Point,
    beam,
    clouds,
    disc,
    glow,
    gradient,
    mist,
    silhouettes,
    sky,
    stars,
)
from assetgen.providers.draft.landscapes import mountains
from assetgen.providers.draft.palettes import mix


def cave(canvas: Canvas) -> None:
    """The world outside, seen from within."""
    mountains(canvas)
    middle = (canvas.between(0.4, 0.6) * canvas.width, canvas.height * 0.48)
    for share, reach in ((0.75, 0.46), (1.0, 0.56)):
        rock = mix(canvas.land(share), canvas.palette.top, 0.25)
        silhouettes(canvas, _mouth(canvas, middle, reach), rock, canvas.palette.near)
    glow(canvas, middle, canvas.unit * 0.7, canvas.palette.light, 0.16)
    silhouettes(canvas, shapes.figure((middle[0], canvas.height * 0.86), canvas.unit * 0.17), canvas.palette.near)


def hall(canvas: Canvas) -> None:
    """A hall with tall windows, its light on the floor."""
    palette = canvas.palette
    floor = canvas.height * 0.74
    canvas.image.paste(
        gradient((canvas.width, canvas.height), palette.near, palette.far, mix(palette.near, palette.far, 0.5))
    )
    ground = [(0, floor), (canvas.width, floor), (canvas.width, canvas.height), (0, canvas.height)]
    silhouettes(canvas, [ground], mix(palette.far, palette.near, 0.35), palette.near)
    count = canvas.chance.choice((3, 4, 5)) if canvas.width >= canvas.height else 3
    step = canvas.width / count
    for index in range(count):
        _window(canvas, ((index + 0.5) * step, floor - canvas.height * 0.1), step * 0.42)
    for index in range(count + 1):
        _column(canvas, (index * step, floor), step * 0.16)
    _candles(canvas, floor)


def portrait(canvas: Canvas) -> None:
    """Somebody before a light: an outline, with an edge that shines."""
    palette = canvas.palette
    sky(canvas, canvas.height)
    clouds(canvas, canvas.height, mix(palette.middle, palette.light, 0.4), 0.35, stretch=1.2)
    side = canvas.chance.choice((-1, 1))
    x = canvas.width * (0.5 - 0.04 * side)
    glow(canvas, (x + side * canvas.unit * 0.16, canvas.height * 0.36), canvas.unit * 0.62, palette.light, 0.85)
    tall = min(canvas.height * 0.78, canvas.width * 0.86)
    hood = canvas.chance.random() < 0.5
    edge = canvas.unit * 0.012 * side
    foot = (x, canvas.height * 0.98)
    silhouettes(canvas, shapes.bust((foot[0] + edge, foot[1] - abs(edge) * 0.4), tall, hood=hood), palette.light)
    silhouettes(canvas, shapes.bust(foot, tall, hood=hood), mix(palette.near, palette.far, 0.35), palette.near)


def space(canvas: Canvas) -> None:
    """Stars, a cloud of gas, and a planet that turns its night to us."""
    palette = canvas.palette
    canvas.image.paste(
        gradient(canvas.image.size, mix(palette.top, (0, 0, 0), 0.55), mix(palette.middle, (0, 0, 0), 0.5))
    )
    for colour in (palette.middle, palette.horizon):
        clouds(canvas, canvas.height, mix(colour, (0, 0, 0), 0.35), 0.34, stretch=2.2)
    stars(canvas, canvas.height, 420)
    radius = canvas.unit * canvas.between(0.17, 0.28)
    centre = (canvas.between(0.3, 0.7) * canvas.width, canvas.between(0.34, 0.52) * canvas.height)
    glow(canvas, centre, radius * 1.9, palette.light, 0.5)
    ringed = canvas.choose("ring", "planet") == "ring"
    if ringed:
        silhouettes(canvas, [_ring(centre, radius, math.pi)], mix(palette.light, palette.far, 0.6))
    _planet(canvas, centre, radius)
    if ringed:
        silhouettes(canvas, [_ring(centre, radius, 0.0)], mix(palette.light, palette.horizon, 0.4))
    moon = (centre[0] + radius * 1.7, centre[1] - radius * canvas.between(0.5, 1.1))
    disc(canvas, moon, radius * 0.14, mix(palette.light, palette.far, 0.35))


def depths(canvas: Canvas) -> None:
    """Under water: light from above, weeds, a swarm."""
    palette = canvas.palette
    canvas.image.paste(
        gradient(canvas.image.size, mix(palette.horizon, palette.light, 0.2), palette.near, palette.middle)
    )
    top = (canvas.between(0.3, 0.7) * canvas.width, -canvas.height * 0.15)
    glow(canvas, (top[0], 0), canvas.unit * 0.7, palette.light, 0.7)
    for _ in range(6):
        x, wide = top[0] + canvas.between(-0.7, 0.7) * canvas.width, canvas.unit * canvas.between(0.03, 0.1)
        beam(
            canvas,
            [(top[0] - 9, top[1]), (top[0] + 9, top[1]), (x + wide, canvas.height), (x - wide, canvas.height)],
            palette.light,
            0.1,
        )
    _swarm(canvas)
    for share in (0.5, 0.75, 1.0):
        line = shapes.ridge(canvas, canvas.height * (0.72 + 0.16 * share), canvas.height * 0.07, 0.45)
        silhouettes(
            canvas, [*_weeds(canvas, line, share), shapes.ground(canvas, line)], canvas.land(share), palette.near
        )
        mist(canvas, canvas.height * 0.85, canvas.height * 0.4, palette.middle, 0.25 * (1 - share))


def _mouth(canvas: Canvas, middle: Point, reach: float) -> list[shapes.Outline]:
    """The rock around an opening: two halves with a ragged edge between them."""
    edge = []
    for step in range(48):
        turn = step * math.tau / 48
        ragged = canvas.between(0.84, 1.12) * (1.1 if math.sin(turn) < 0 else 0.92)
        across, down = canvas.width * reach * ragged, canvas.height * reach * ragged
        edge.append((middle[0] + across * math.cos(turn), middle[1] + down * math.sin(turn)))
    left, right, top, bottom = -9, canvas.width + 9, -9, canvas.height + 9
    lower = [*edge[:25], (left, middle[1]), (left, bottom), (right, bottom), (right, middle[1])]
    upper = [*edge[24:], edge[0], (right, middle[1]), (right, top), (left, top), (left, middle[1])]
    return [lower, upper]


def _window(canvas: Canvas, foot: Point, width: float) -> None:
    """A window, the bar between its panes, and the shaft that it lets in."""
    palette = canvas.palette
    x, y = foot
    tall = canvas.height * 0.5
    bright = mix(palette.horizon, palette.light, 0.7)
    glow(canvas, (x, y - tall * 0.55), tall * 0.8, palette.light, 0.4)
    silhouettes(canvas, [shapes.arch(foot, width, tall)], bright, palette.horizon)
    bars = [shapes.box(foot, width * 0.06, tall)]
    bars += [shapes.box((x, y - tall * level), width, width * 0.05) for level in (0.25, 0.5, 0.75)]
    silhouettes(canvas, bars, mix(palette.near, palette.far, 0.4))
    slant = canvas.unit * 0.16
    shaft = [
        (x - width / 2, y - tall * 0.8),
        (x + width / 2, y - tall * 0.8),
        (x + width * 0.8 + slant, canvas.height),
        (x - width * 0.6 + slant, canvas.height),
    ]
    beam(canvas, shaft, palette.light, 0.13)


def _column(canvas: Canvas, foot: Point, width: float) -> None:
    x, y = foot
    base = y + canvas.height * 0.05
    column = [shapes.box((x, base), width, base + 5), shapes.box((x, base), width * 1.5, canvas.height * 0.03)]
    silhouettes(canvas, column, canvas.palette.near, mix(canvas.palette.near, canvas.palette.far, 0.55))


def _candles(canvas: Canvas, floor: float) -> None:
    """Flames in the dark, some on the floor and some in the air."""
    for _ in range(canvas.chance.randint(5, 9)):
        x, y = canvas.between(0.06, 0.94) * canvas.width, floor + canvas.height * canvas.between(-0.08, 0.12)
        size = canvas.unit * canvas.between(0.012, 0.02)
        silhouettes(
            canvas,
            [shapes.box((x, y + size * 2.2), size * 0.6, size * 2)],
            mix(canvas.palette.light, canvas.palette.far, 0.4),
        )
        glow(canvas, (x, y - size * 0.3), size * 5, (255, 190, 100), 0.75)
        silhouettes(
            canvas,
            [[(x, y - size), (x + size * 0.3, y - size * 0.1), (x, y + size * 0.2), (x - size * 0.3, y - size * 0.1)]],
            (255, 244, 210),
        )


def _planet(canvas: Canvas, centre: Point, radius: float) -> None:
    """A ball that is lit from one side, with bands of cloud."""
    palette = canvas.palette
    side = round(radius * 2)
    ball = Canvas(gradient((side, side), palette.far, palette.middle, palette.horizon), palette, canvas.chance)
    clouds(ball, side, palette.light, 0.55, stretch=5)
    # The night side: black, as far from the light as the distance says.
    distance = Image.radial_gradient("L").resize((round(side * 2.4),) * 2, Image.Resampling.BILINEAR)
    left, top = round(side * 0.86), round(side * 0.86)
    night = distance.crop((left, top, left + side, top + side)).point(
        [min(245, max(0, round((value - 30) * 2.2))) for value in range(256)]
    )
    ball.image.paste(mix(palette.top, (0, 0, 0), 0.7), (0, 0), night)
    mask = Canvas(Image.new("RGB", (side, side)), palette, canvas.chance)
    disc(mask, (radius, radius), radius, (255, 255, 255))
    canvas.image.paste(ball.image, (round(centre[0] - radius), round(centre[1] - radius)), mask.image.getchannel("G"))


def _ring(centre: Point, radius: float, start: float) -> shapes.Outline:
    """Half of a tilted ring: the one before its planet (from 0) or the one behind it (from pi)."""
    turns = [start + step * math.pi / 48 for step in range(49)]
    outer = [_tilted(centre, radius * 1.75, turn) for turn in turns]
    inner = [_tilted(centre, radius * 1.45, turn) for turn in reversed(turns)]
    return [*outer, *inner]


def _tilted(centre: Point, reach: float, turn: float) -> Point:
    across, down = reach * math.cos(turn), reach * 0.24 * math.sin(turn)
    return centre[0] + across * 0.96 - down * 0.28, centre[1] + across * 0.28 + down * 0.96


def _swarm(canvas: Canvas) -> None:
    x, y = canvas.between(0.3, 0.7) * canvas.width, canvas.between(0.3, 0.5) * canvas.height
    heading = canvas.chance.choice((-1, 1))
    places = [
        (x + canvas.chance.gauss(0, 0.12) * canvas.unit, y + canvas.chance.gauss(0, 0.06) * canvas.unit)
        for _ in range(22)
    ]
    swarm = [shapes.fish(place, canvas.unit * canvas.between(0.02, 0.05), heading) for place in places]
    silhouettes(canvas, swarm, mix(canvas.palette.far, canvas.palette.near, 0.4))


def _weeds(canvas: Canvas, line: shapes.Outline, share: float) -> list[shapes.Outline]:
    outlines = []
    for _ in range(round(16 * share)):
        x, y = shapes.at(line, canvas.chance.random())
        tall, wide, phase = canvas.unit * canvas.between(0.08, 0.26), canvas.unit * 0.012, canvas.between(0, 6)
        spine = [(x + math.sin(phase + level * 0.7) * wide * 1.5, y - tall * level / 8) for level in range(9)]
        left = [(a - wide * (1 - level / 8) / 2, b) for level, (a, b) in enumerate(spine)]
        right = [(a + wide * (1 - level / 8) / 2, b) for level, (a, b) in enumerate(spine)]
        outlines.append([*left, *reversed(right)])
    return outlines
