"""Speech, as far as a test needs it: a soft tone, as long as the text would take, with the voice's own pitch."""

from __future__ import annotations

import array
import hashlib
import math
import struct
from collections.abc import Callable

import lameenc

RATE = 24_000
CHARACTERS_PER_SECOND = 15.0
UNKNOWN_SIZE = 0xFFFFFFFF


class Sounds:
    """A store of tones; one second of each is made once and then repeated."""

    def __init__(self) -> None:
        self._seconds: dict[tuple[int, int], bytes] = {}
        self._encoded: dict[tuple[bytes, int, int], bytes] = {}

    def speech(self, text: str, voice: str, *, speed: float = 1.0, rate: int = RATE, lie: str = "") -> bytes:
        """Signed 16-bit little-endian mono samples, `rate` a second."""
        seconds = max(0.4, len(text) / CHARACTERS_PER_SECOND / speed)
        if lie in _LENGTHS:
            seconds = _LENGTHS[lie](seconds, len(text))
        count = round(seconds * rate)
        if lie == "silence":
            return bytes(2 * count)
        second = self._second(_hertz(voice, text), rate)
        return (second * (count // rate + 1))[: 2 * count]

    def mp3(self, samples: bytes, rate: int, kilobits: int) -> bytes:
        """MP3 of mono samples; the same samples are encoded once."""
        key = (hashlib.sha256(samples).digest(), rate, kilobits)
        if key not in self._encoded:
            encoder = lameenc.Encoder()
            encoder.silence()
            encoder.set_channels(1)
            encoder.set_in_sample_rate(rate)
            encoder.set_bit_rate(kilobits)
            encoder.set_quality(7)
            self._encoded[key] = bytes(encoder.encode(samples) + encoder.flush())
        return self._encoded[key]

    def _second(self, hertz: int, rate: int) -> bytes:
        if (hertz, rate) not in self._seconds:
            # Whole numbers of waves in a second: it can be repeated without a click.
            wave = (
                6000 * (1.2 - math.cos(math.tau * 4 * at / rate)) / 2.2 * math.sin(math.tau * hertz * at / rate)
                for at in range(rate)
            )
            self._seconds[hertz, rate] = array.array("h", (round(value) for value in wave)).tobytes()
        return self._seconds[hertz, rate]


def wav(samples: bytes, rate: int, *, streamed: bool = False) -> bytes:
    """A WAV file; a streamed one has sizes that nobody knew when it began."""
    size = len(samples)
    whole, data = (UNKNOWN_SIZE, UNKNOWN_SIZE) if streamed else (36 + size, size)
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", whole, b"WAVEfmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", data)
    return head + samples


def _hertz(voice: str, text: str) -> int:
    """Between 100 and 300: the voice decides, the text shades it."""
    base = int.from_bytes(hashlib.sha256(voice.encode()).digest()[:2], "big") % 180
    return 100 + base + int.from_bytes(hashlib.sha256(text.encode()).digest()[:2], "big") % 20


_LENGTHS: dict[str, Callable[[float, int], float]] = {
    "no_sound": lambda _seconds, _characters: 0.0,
    "too_short": lambda _seconds, characters: characters * 0.005,
    "too_long": lambda _seconds, characters: characters * 11.0 + 15.0,
}
