"""How long a sound lasts."""

from __future__ import annotations

from typing import BinaryIO

import mutagen


def duration(file: BinaryIO) -> float | None:
    """The length in seconds of an MP3 or another sound that mutagen knows; None for what is no sound."""
    try:
        sound = mutagen.File(file)
    except mutagen.MutagenError:
        return None
    return None if sound is None or sound.info is None else float(sound.info.length)
