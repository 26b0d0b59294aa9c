"""MP3: encoding with a header that players can trust, and the duration that it tells them."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import lameenc
from mutagen.id3 import COMM, ID3, TALB, TIT2, TPE1, Frame
from mutagen.mp3 import MP3, HeaderNotFoundError

from assetgen.media.problems import MediaError
from assetgen.media.waves import Sound

RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
HIGHEST_HALF_RATE = 24000
"""Up to here MPEG 2 applies, with 576 samples a frame; above it MPEG 1, with 1152."""
DELAY = 576
"""Samples of silence that LAME puts before the sound."""
SEEK_POINTS = bytes(position * 256 // 100 for position in range(100))
"""Where each hundredth of the time lies in the file, in 256ths: at a constant bit rate, evenly."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a sound of this rate is cut into frames."""

    rate: int

    @property
    def halved(self) -> bool:
        return self.rate <= HIGHEST_HALF_RATE

    @property
    def kilobits(self) -> int:
        return 64 if self.halved else 96

    @property
    def samples(self) -> int:
        return 576 if self.halved else 1152

    @property
    def frame(self) -> int:
        """Bytes of a frame without padding."""
        return self.samples // 8 * self.kilobits * 1000 // self.rate

    @property
    def side_information(self) -> int:
        return 9 if self.halved else 17


def encode_mp3(sound: Sound, *, title: str, artist: str = "", album: str = "", comment: str = "") -> bytes:
    """Encode at a constant bit rate, with tags. The same sound and words give the same bytes.

    Raises:
        MediaError: MP3 knows no such sample rate, or there is no sound.
    """
    if sound.rate not in RATES or not sound.samples:
        raise MediaError(f"MP3 can't hold {len(sound.samples) // 2} samples at {sound.rate} Hz.")
    layout = _Layout(sound.rate)
    frames = _encoded(sound, layout)
    file = io.BytesIO(_information(frames, len(sound.samples) // 2, layout) + frames)
    _tags(title, artist, album, comment).save(file, padding=lambda _: 0)
    return file.getvalue()


def mp3_duration(data: bytes) -> float:
    """Seconds of an MP3: exact to the sample where its header counts them, else by its bit rate.

    Raises:
        MediaError: It is no MP3.
    """
    try:
        file = MP3(io.BytesIO(data))  # type: ignore[no-untyped-call]
    except HeaderNotFoundError:
        raise MediaError("The bytes are no MP3 sound.") from None
    return float(file.info.length)  # type: ignore[attr-defined]


def _encoded(sound: Sound, layout: _Layout) -> bytes:
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(sound.rate)
    encoder.set_out_sample_rate(sound.rate)
    encoder.set_bit_rate(layout.kilobits)
    encoder.set_quality(5)
    return bytes(encoder.encode(sound.samples) + encoder.flush())


def _information(frames: bytes, samples: int, layout: _Layout) -> bytes:
    """The silent first frame that says how many samples there are, and how many around them are filling.

    Without it a player guesses the length from the size, and plays the encoder's silence as part of the sound.
    """
    count = _count(frames, layout)
    size = len(frames) + layout.frame
    filling = count * layout.samples - DELAY - samples
    head = bytes([frames[0], frames[1], frames[2] & 0xFD, frames[3]]) + bytes(layout.side_information)
    info = struct.pack(">4sIII100sI", b"Info", 0x0F, count, size, SEEK_POINTS, 50)
    lame = struct.pack(">9sB10sB", b"LAME3.100", 1, bytes(10), layout.kilobits)
    lame += (DELAY << 12 | filling).to_bytes(3, "big") + struct.pack(">4xIH", size, _checksum(frames))
    checked = head + info + lame
    return (checked + _checksum(checked).to_bytes(2, "big")).ljust(layout.frame, b"\0")


def _count(frames: bytes, layout: _Layout) -> int:
    offset = count = 0
    while offset < len(frames):
        padding = frames[offset + 2] >> 1 & 1
        offset += layout.frame + padding
        count += 1
    return count


def _table() -> tuple[int, ...]:
    values = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1  # noqa: PLW2901 - it is what is being computed
        values.append(value)
    return tuple(values)


CRC_TABLE = _table()


def _checksum(data: bytes) -> int:
    """CRC-16 (ARC), as LAME's header has it."""
    value = 0
    for byte in data:
        value = value >> 8 ^ CRC_TABLE[(value ^ byte) & 0xFF]
    return value


def _tags(title: str, artist: str, album: str, comment: str) -> ID3:
    frames: list[Frame] = [
        kind(encoding=3, text=text) for kind, text in ((TIT2, title), (TPE1, artist), (TALB, album)) if text
    ]
    if comment:
        frames.append(COMM(encoding=3, lang="eng", desc="", text=comment))  # type: ignore[no-untyped-call]
    tags = ID3()  # type: ignore[no-untyped-call]
    for frame in frames:
        tags.add(frame)  # type: ignore[no-untyped-call]
    return tags
