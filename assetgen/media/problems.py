"""What is wrong with bytes."""

from __future__ import annotations


class MediaError(Exception):
    """Bytes are not the picture or the sound that they should be; the message says why in one sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
