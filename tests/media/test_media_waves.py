"""WAV files as services really write them."""

from __future__ import annotations

import struct
from array import array

import pytest

from assetgen.media.problems import MediaError
from assetgen.media.waves import Sound, read_pcm, read_wav, write_wav

SAMPLES = array("h", [0, 1000, -1000, 32767, -32768, 5])
SOUND = Sound(SAMPLES.tobytes(), 24_000)


def wav(content: bytes, *, channels: int = 1, bits: int = 16, encoding: int = 1, extra: bytes = b"") -> bytes:
    frame = channels * bits // 8
    layout = struct.pack("<HHIIHH", encoding, channels, 24_000, 24_000 * frame, frame, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout + b"LIST\x03\0\0\0abc\0"
    chunks += b"data" + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def test_what_was_written_is_read_again() -> None:
    assert read_wav(write_wav(SOUND)) == SOUND
    assert SOUND.duration == 6 / 24_000
    assert SOUND.values() == SAMPLES


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF - 36, 13])
def test_sizes_of_a_stream_are_not_believed(size: int) -> None:
    data = write_wav(SOUND)
    streamed = data[:4] + struct.pack("<I", size) + data[8:40] + struct.pack("<I", max(size, 12)) + data[44:]
    assert read_wav(streamed) == SOUND


def test_other_chunks_and_half_samples_are_passed_over() -> None:
    assert read_wav(wav(SAMPLES.tobytes())) == SOUND
    assert read_wav(wav(SAMPLES.tobytes() + b"\x01")) == SOUND


def test_eight_twentyfour_and_thirtytwo_bits_become_sixteen() -> None:
    assert read_wav(wav(bytes([128, 255, 0]), bits=8)).values() == array("h", [0, 127 * 256, -32768])
    high = b"".join(b"\x77" + struct.pack("<h", value) for value in SAMPLES)
    assert read_wav(wav(high, bits=24)).values() == SAMPLES
    higher = b"".join(b"\x55\x77" + struct.pack("<h", value) for value in SAMPLES)
    assert read_wav(wav(higher, bits=32)).values() == SAMPLES


def test_channels_are_mixed_into_one() -> None:
    stereo = struct.pack("<6h", 100, 300, -100, -300, 32767, 32767)
    assert read_wav(wav(stereo, channels=2)).values() == array("h", [200, -200, 32767])


def test_the_extensible_header_of_pcm_is_read() -> None:
    extra = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    assert read_wav(wav(SAMPLES.tobytes(), encoding=0xFFFE, extra=extra)) == SOUND


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3\x04" + bytes(40),
        b"<html>RIFF</html>",
        b"RIFF\0\0\0\0WAVE",
        write_wav(SOUND)[:30],
        write_wav(SOUND)[:44],
        write_wav(Sound(b"", 24_000)),
        wav(SAMPLES.tobytes(), encoding=3, bits=32),
        wav(SAMPLES.tobytes(), bits=12),
        wav(b"\x01", bits=16),
    ],
)
def test_what_holds_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(MediaError):
        read_wav(data)


def test_pcm_is_taken_as_it_is() -> None:
    assert read_pcm(SAMPLES.tobytes() + b"\0", 24_000) == SOUND
    with pytest.raises(MediaError, match="empty"):
        read_pcm(b"\0", 24_000)
