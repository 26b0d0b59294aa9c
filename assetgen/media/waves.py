"""Sound as samples, and the WAV files that it comes in."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from assetgen.media.problems import MediaError

PCM = 1
EXTENSIBLE = 0xFFFE
WIDTHS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Sound:
    """One channel of 16-bit little-endian samples, `rate` of them a second."""

    samples: bytes = field(repr=False)
    rate: int

    @property
    def duration(self) -> float:
        """In seconds."""
        return len(self.samples) / 2 / self.rate

    def values(self) -> array[int]:
        """The samples as numbers from -32768 to 32767."""
        return array("h", self.samples)


@dataclass(frozen=True, slots=True)
class _Format:
    channels: int
    rate: int
    width: int


def read_pcm(data: bytes, rate: int) -> Sound:
    """Samples without a header; half a sample at the end is dropped.

    Raises:
        MediaError: There are none.
    """
    if len(data) < 2:
        raise MediaError("The sound is empty.")
    return Sound(data[: len(data) // 2 * 2], rate)


def read_wav(data: bytes) -> Sound:
    """Read PCM of 8 to 32 bits and any number of channels. What lies past the end of the bytes isn't missed: services
    that stream a WAV write sizes into its header that they don't know yet.

    Raises:
        MediaError: It is no WAV, of another encoding, or empty.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise MediaError("The bytes are no WAV sound.")
    layout = None
    for kind, content in _chunks(data):
        if kind == b"fmt ":
            layout = _format(content)
        elif kind == b"data" and layout:
            return _mixed(content, layout)
    raise MediaError("The WAV has no sound in it.")


def write_wav(sound: Sound) -> bytes:
    """A WAV file of 16-bit mono PCM."""
    size = len(sound.samples)
    layout = (PCM, 1, sound.rate, sound.rate * 2, 2, 16)
    return struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVEfmt ", 16, *layout, b"data", size) + sound.samples


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    offset = 12
    while offset + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, offset)
        yield kind, data[offset + 8 : offset + 8 + size]
        offset += 8 + size + size % 2


def _format(content: bytes) -> _Format:
    if len(content) < 16:
        raise MediaError("The WAV's header is damaged.")
    encoding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
    if encoding == EXTENSIBLE and len(content) >= 26:
        encoding = struct.unpack_from("<H", content, 24)[0]
    if encoding != PCM or bits // 8 not in WIDTHS or bits % 8 or not channels or not rate:
        raise MediaError(f"The WAV's encoding {encoding} with {bits} bits and {channels} channels can't be read.")
    return _Format(channels, rate, bits // 8)


def _mixed(content: bytes, layout: _Format) -> Sound:
    frame = layout.width * layout.channels
    whole = content[: len(content) // frame * frame]
    if not whole:
        raise MediaError("The WAV is empty.")
    samples = _sixteen_bits(whole, layout.width)
    return Sound(_one_channel(samples, layout.channels), layout.rate)


def _sixteen_bits(content: bytes, width: int) -> bytes:
    if width == 2:
        return content
    samples = bytearray(len(content) // width * 2)
    if width == 1:
        # Eight bits count from 0, all others around it.
        samples[1::2] = content.translate(bytes(value ^ 0x80 for value in range(256)))
    else:
        samples[0::2] = content[width - 2 :: width]
        samples[1::2] = content[width - 1 :: width]
    return bytes(samples)


def _one_channel(samples: bytes, channels: int) -> bytes:
    if channels == 1:
        return samples
    values = array("h", samples)
    frames = zip(*(values[channel::channels] for channel in range(channels)), strict=True)
    return array("h", (sum(frame) // channels for frame in frames)).tobytes()
