"""How a shot moves: one table of keyframes for every player and renderer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Keyframe:
    """How the picture lies at one moment; between two keyframes everything changes linearly.

    Attributes:
        offset: The moment, from 0 (the shot begins) to 1 (it ends).
        scale: Enlargement about the middle of the frame.
        translate: The way to the right, as a share of the frame's width; it isn't enlarged by `scale`
            (in CSS: `translateX(…%) scale(…)`, in this order).
        opacity: From 0 to 1, over black.
    """

    offset: float
    scale: float = 1.0
    translate: float = 0.0
    opacity: float = 1.0


_PAN = 0.05
# The picture reaches beyond the frame by half of what it is enlarged by. A little more than the way of the pan is
# needed, so that no rounding shows an edge.
_PAN_SCALE = 1.12

KEYFRAMES: Mapping[str, tuple[Keyframe, ...]] = MappingProxyType(
    {
        "none": (Keyframe(0.0), Keyframe(1.0)),
        "slow_zoom": (Keyframe(0.0, scale=1.0), Keyframe(1.0, scale=1.1)),
        "pan_left": (Keyframe(0.0, _PAN_SCALE), Keyframe(1.0, _PAN_SCALE, translate=-_PAN)),
        "pan_right": (Keyframe(0.0, _PAN_SCALE), Keyframe(1.0, _PAN_SCALE, translate=_PAN)),
        "fade": (
            Keyframe(0.0, opacity=0.0),
            Keyframe(0.1, opacity=1.0),
            Keyframe(0.9, opacity=1.0),
            Keyframe(1.0, opacity=0.0),
        ),
    }
)
