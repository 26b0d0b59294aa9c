"""A picture in the making, and the brushes that all scenery is painted with. Lengths are in pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from assetgen.providers.draft.palettes import Colour, Palette, mix

Point = tuple[float, float]
Shape = Sequence[Point]


@dataclass(frozen=True, slots=True)
class Canvas:
    """An RGB picture, its colours, and the words and the chance that its prompt gives it."""

    image: Image.Image
    palette: Palette
    chance: Random
    words: frozenset[str] = frozenset()

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height

    @property
    def unit(self) -> float:
        """What sizes are measured by, so that they look alike in a wide picture and in a tall one."""
        return math.sqrt(self.width * self.height)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.chance.random()

    def choose(self, *things: str) -> str:
        """The first of these things that the prompt names, else any of them."""
        return next((thing for thing in things if thing in self.words), None) or self.chance.choice(things)

    def land(self, share: float) -> Colour:
        """The colour of land from the horizon (0) to the viewer's feet (1)."""
        palette = self.palette
        return mix(mix(palette.horizon, palette.far, min(1, 0.35 + share)), palette.near, share**1.3)


def gradient(size: tuple[int, int], top: Colour, bottom: Colour, middle: Colour | None = None) -> Image.Image:
    """Colours that flow from top to bottom."""
    ramp = Image.linear_gradient("L").crop((0, 0, 1, 256))
    column = ImageOps.colorize(ramp, top, bottom, middle).resize((1, size[1]), Image.Resampling.BILINEAR)
    return column.resize(size, Image.Resampling.NEAREST)


def cover(canvas: Canvas, colour: Colour, corner: tuple[int, int], mask: Image.Image) -> None:
    """Lay a colour over the picture where the mask says so."""
    # Twice as quick as handing the colour to `paste`.
    canvas.image.paste(Image.new("RGB", mask.size, colour), corner, mask)


def sky(canvas: Canvas, horizon: float) -> None:
    """The sky, down to `horizon`, and its last colour below it."""
    palette = canvas.palette
    canvas.image.paste(palette.horizon, (0, 0, canvas.width, canvas.height))
    size = (canvas.width, max(1, round(horizon)))
    canvas.image.paste(gradient(size, palette.top, palette.horizon, palette.middle))


def stars(canvas: Canvas, bottom: float, count: int = 170) -> None:
    """Points of light that get fewer towards `bottom`."""
    draw = ImageDraw.Draw(canvas.image)
    large = max(0.6, canvas.unit / 620)
    for _ in range(count):
        x, y, bright = canvas.between(0, canvas.width), canvas.chance.random() ** 1.5 * bottom, canvas.chance.random()
        colour = mix(canvas.palette.top, (255, 255, 255), 0.3 + 0.6 * bright)
        if bright > 0.9:
            draw.ellipse((x - large, y - large, x + large, y + large), fill=colour)
        else:
            draw.point((x, y), fill=colour)


def glow(canvas: Canvas, centre: Point, radius: float, colour: Colour, strength: float = 0.6) -> None:
    """Light that fades with the distance from its centre."""
    side = max(2, round(radius * 2))
    small = Image.radial_gradient("L").resize((min(side, 128),) * 2, Image.Resampling.BILINEAR)
    # The gradient reaches 181 at the middle of an edge: there the light has to be gone.
    faded = small.point([round(255 * strength * max(0.0, 1 - distance / 180) ** 2.2) for distance in range(256)])
    left, top = round(centre[0] - radius), round(centre[1] - radius)
    cover(canvas, colour, (left, top), faded.resize((side, side), Image.Resampling.BILINEAR))


def disc(canvas: Canvas, centre: Point, radius: float, colour: Colour) -> None:
    """A round shape with a smooth edge."""
    side = max(2, round(radius * 2))
    mask = Image.new("L", (side * 4, side * 4))
    ImageDraw.Draw(mask).ellipse((0, 0, side * 4 - 1, side * 4 - 1), fill=255)
    cover(canvas, colour, (round(centre[0] - radius), round(centre[1] - radius)), mask.reduce(4))


def clouds(canvas: Canvas, bottom: float, colour: Colour, strength: float, *, stretch: float = 3.0) -> None:
    """Soft banks of cloud above `bottom`, longer than they are high by `stretch`."""
    size = (canvas.width, max(1, round(bottom)))
    rows = 9
    columns = max(3, round(rows * size[0] / size[1] / stretch))
    coarse, fine = (_noise(canvas, columns * scale, rows * scale, size) for scale in (1, 3))
    level = [round(255 * strength * min(1.0, max(0.0, (value - 118) / 90))) for value in range(256)]
    cover(canvas, colour, (0, 0), Image.blend(coarse, fine, 0.35).point(level))


def _noise(canvas: Canvas, columns: int, rows: int, size: tuple[int, int]) -> Image.Image:
    values = Image.frombytes("L", (columns, rows), canvas.chance.randbytes(columns * rows))
    # Through a middle size: stretching a few points over a large picture at once costs more, and looks the same.
    middle = (max(1, size[0] // 4), max(1, size[1] // 4))
    return values.resize(middle, Image.Resampling.BICUBIC).resize(size, Image.Resampling.BILINEAR)


def silhouettes(canvas: Canvas, shapes: Iterable[Shape], top: Colour, bottom: Colour | None = None) -> None:
    """Filled shapes with smooth edges, all of one colour, or flowing to another one at their lowest point."""
    visible = [shape for shape in shapes if shape]
    if not visible:
        return
    box = _bounds(canvas, visible)
    size = (box[2] - box[0], box[3] - box[1])
    if min(size) <= 0:
        return
    mask = Image.new("L", (size[0] * 2, size[1] * 2))
    draw = ImageDraw.Draw(mask)
    for shape in visible:
        draw.polygon([((x - box[0]) * 2, (y - box[1]) * 2) for x, y in shape], fill=255)
    paint = Image.new("RGB", size, top) if bottom is None else gradient(size, top, bottom)
    canvas.image.paste(paint, box[:2], mask.reduce(2))


def _bounds(canvas: Canvas, shapes: Sequence[Shape]) -> tuple[int, int, int, int]:
    across = [x for shape in shapes for x, _ in shape]
    down = [y for shape in shapes for _, y in shape]
    left, top = max(0, int(min(across)) - 1), max(0, int(min(down)) - 1)
    return left, top, min(canvas.width, int(max(across)) + 2), min(canvas.height, int(max(down)) + 2)


def mist(canvas: Canvas, middle: float, height: float, colour: Colour, strength: float) -> None:
    """A bank of haze that fades above and below its middle."""
    rows = max(2, round(height))
    ramp = Image.linear_gradient("L").crop((0, 0, 1, 256))
    faded = ramp.point([round(255 * strength * (1 - abs(value - 128) / 128) ** 1.5) for value in range(256)])
    column = faded.resize((1, rows), Image.Resampling.BILINEAR)
    mask = column.resize((canvas.width, rows), Image.Resampling.NEAREST)
    cover(canvas, colour, (0, round(middle - height / 2)), mask)


def beam(canvas: Canvas, shape: Shape, colour: Colour, strength: float) -> None:
    """A shaft of light: a shape that hardly covers what is behind it."""
    box = _bounds(canvas, [shape])
    size = (box[2] - box[0], box[3] - box[1])
    if min(size) <= 0:
        return
    small = Image.new("L", (size[0] // 4 + 1, size[1] // 4 + 1))
    points = [((x - box[0]) / 4, (y - box[1]) / 4) for x, y in shape]
    ImageDraw.Draw(small).polygon(points, fill=round(255 * strength))
    soft = small.filter(ImageFilter.BoxBlur(2)).resize(size, Image.Resampling.BILINEAR)
    cover(canvas, colour, box[:2], soft)


def vignette(canvas: Canvas, strength: float = 0.45) -> None:
    """Darker corners."""
    dark = [round(255 * strength * max(0.0, (value - 110) / 145) ** 1.4) for value in range(256)]
    mask = Image.radial_gradient("L").point(dark).resize(canvas.image.size, Image.Resampling.BILINEAR)
    cover(canvas, (0, 0, 0), (0, 0), mask)
