"""Making many values at once, without looking for circles among them all the while."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

BETWEEN_LOOKS = 20_000
"""Values more than before, after which circles among them are looked for."""


@contextmanager
def patient() -> Iterator[None]:
    """What is there stays, so that it needn't be looked through again and again; circles are looked for rarely."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(BETWEEN_LOOKS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextmanager
def paused() -> Iterator[None]:
    """Nothing that is made inside dies in a circle, and looking for circles would take most of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
