"""Colours that belong together, by the mood that a prompt asks for."""

from __future__ import annotations

from dataclasses import dataclass

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one picture: of its sky from top to horizon, of its land from far to near, and of its light."""

    top: Colour
    middle: Colour
    horizon: Colour
    far: Colour
    near: Colour
    light: Colour

    @property
    def dark(self) -> bool:
        """Whether stars would be seen."""
        return sum(self.top) < 200


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`first` with this share of `second`, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def palette(*codes: str) -> Palette:
    """Six colours as hexadecimal RGB."""
    colours = [(int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)) for code in codes]
    return Palette(*colours)


MOODS: dict[str, tuple[Palette, ...]] = {
    "night": (
        palette("0a0a18", "142242", "466e8c", "1a2c46", "040812", "dce8ff"),
        palette("080c20", "1e2a5a", "5a5f9c", "232a58", "06081a", "f0ecff"),
        palette("061018", "0c3040", "3c8078", "123840", "030c12", "dcfff0"),
    ),
    "dusk": (
        palette("0e1130", "362862", "e27e6e", "3c3468", "0e0e22", "ffecc4"),
        palette("260c2c", "8c2c4c", "fab05c", "6e2e54", "1c0a1a", "fff0b4"),
        palette("1a1438", "7a3a6e", "f09a78", "583a66", "140e24", "ffe0b0"),
    ),
    "dawn": (
        palette("3a4a7c", "b08aa8", "fcd2a8", "8a84a4", "2a2c44", "fff6dc"),
        palette("4a6a94", "d4a6a6", "ffe2bc", "9a94a4", "32324a", "fffae6"),
    ),
    "day": (
        palette("3f7fc0", "8fbfe0", "f2ead2", "86a8b4", "2a4a4e", "fffbe6"),
        palette("5c96ce", "a0cce2", "faecce", "76989e", "223e3e", "fffff0"),
    ),
    "storm": (
        palette("1c242e", "3c4a56", "8e9c9e", "3a464e", "0e1216", "e6f2ff"),
        palette("22222e", "4a4658", "a89a9c", "444250", "100f18", "fff0dc"),
    ),
    "fog": (
        palette("5e6e7c", "8e9ca4", "d6d4ca", "98a4a8", "3a444a", "fff8ea"),
        palette("4a5866", "7c8890", "c0c4be", "828e94", "2c343a", "f4f4ee"),
    ),
    "fire": (
        palette("140608", "541410", "f0702c", "4c1a16", "0c0405", "ffd890"),
        palette("1c0a10", "6c1c1c", "ff9a3c", "5c241e", "120607", "ffe6a0"),
    ),
    "snow": (
        palette("31587c", "7ca6c4", "e6eef2", "a8c4d4", "34506c", "ffffff"),
        palette("24385a", "5c7ca4", "c4d6e6", "8ca8c4", "263e5c", "f6faff"),
    ),
    "desert": (
        palette("3f86a8", "b4c4a8", "fbdc9c", "d89c5c", "6c3418", "fff8d8"),
        palette("44305c", "c8685c", "fcc47c", "c4743c", "4c2014", "fff0c0"),
    ),
    "green": (
        palette("123028", "2c6450", "b8d494", "2e5c48", "081c16", "f4ffd0"),
        palette("18342c", "4c7c54", "dce0a0", "3c6444", "0a1e16", "fffbd6"),
    ),
    "sea": (
        palette("0e3c5e", "2f7f9c", "c8e2d4", "3c7484", "08243a", "fffbe0"),
        palette("123050", "3c6c94", "f0c8a0", "345a7c", "081c30", "fff0d0"),
    ),
    "neon": (
        palette("0c0620", "3c0f5a", "e0408c", "2e1450", "08041a", "6cf4ff"),
        palette("040c20", "0c2e5c", "24a8b8", "10305a", "030818", "ff78c8"),
    ),
    "magic": (
        palette("120a30", "40207c", "a06ce0", "34206c", "0a0620", "d8fff4"),
        palette("061c30", "0c5068", "54d0b4", "0e4058", "04121e", "f4ffd8"),
    ),
    "gold": (
        palette("1c0f0a", "54301a", "d09448", "4a2a18", "120806", "ffe6a8"),
        palette("1a1210", "4a3424", "b88850", "3e2a1e", "0e0908", "ffe0a0"),
    ),
}
