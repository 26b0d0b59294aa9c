"""MP3s whose header tells the truth."""

from __future__ import annotations

import io
import math
import shutil
import struct
import subprocess
from array import array
from pathlib import Path

import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from assetgen.media.mp3 import RATES, encode_mp3, mp3_duration
from assetgen.media.problems import MediaError
from assetgen.media.waves import Sound

KILOBITS = {1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128), 2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80)}


def tone(samples: int, rate: int) -> Sound:
    values = (round(9000 * math.sin(step * 1500 / rate)) for step in range(samples))
    return Sound(array("h", values).tobytes(), rate)


def frames(data: bytes) -> list[bytes]:
    """Every MPEG frame after the tag, cut by the lengths in their headers alone."""
    offset = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    found = []
    while offset < len(data):
        assert data[offset] == 0xFF
        assert data[offset + 1] & 0xE0 == 0xE0
        version = 1 if data[offset + 1] & 0x18 == 0x18 else 2
        rate = MP3(io.BytesIO(data)).info.sample_rate  # type: ignore[attr-defined,no-untyped-call]
        kilobits = KILOBITS[version][data[offset + 2] >> 4]
        length = (144 if version == 1 else 72) * kilobits * 1000 // rate + (data[offset + 2] >> 1 & 1)
        found.append(data[offset : offset + length])
        offset += length
    return found


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("samples", [1, 576, 577, 1152, 9_999])
def test_the_duration_is_exact_to_the_sample(rate: int, samples: int) -> None:
    data = encode_mp3(tone(samples, rate), title="Tone")
    assert mp3_duration(data) == pytest.approx(samples / rate, abs=0.1 / rate)


@pytest.mark.parametrize(("rate", "per_frame", "side"), [(22_050, 576, 9), (24_000, 576, 9), (44_100, 1152, 17)])
def test_the_header_counts_the_frames_that_are_there(rate: int, per_frame: int, side: int) -> None:
    sound = tone(rate, rate)
    information, *rest = frames(encode_mp3(sound, title="Tone"))
    at = information.index(b"Info")
    assert at == 4 + side
    count, size = struct.unpack_from(">II", information, at + 8)
    delay_and_filling = int.from_bytes(information[at + 141 : at + 144], "big")
    assert count == len(rest)
    assert size == len(information) + sum(map(len, rest))
    assert count * per_frame - (delay_and_filling >> 12) - (delay_and_filling & 0xFFF) == len(sound.values())


def test_the_same_sound_gives_the_same_bytes() -> None:
    sound = tone(5000, 24_000)
    assert encode_mp3(sound, title="A", comment="b") == encode_mp3(sound, title="A", comment="b")


def test_tags_are_written_as_they_were_given() -> None:
    data = encode_mp3(
        tone(5000, 24_000), title="Prolog – 序章", artist="nova", album="Intro", comment="made by assetgen"
    )
    tags = dict(ID3(io.BytesIO(data)))  # type: ignore[no-untyped-call]
    assert {name: str(frame) for name, frame in tags.items()} == {
        "TIT2": "Prolog – 序章",
        "TPE1": "nova",
        "TALB": "Intro",
        "COMM::eng": "made by assetgen",
    }


def test_an_mp3_without_our_header_is_measured_all_the_same() -> None:
    bare = b"".join(frames(encode_mp3(tone(48_000, 24_000), title="Tone"))[1:])
    assert mp3_duration(bare) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("data", [b"", b"ID3\x04\0\0\0\0\0\0", b"<html>no</html>" * 20])
def test_what_is_no_mp3_has_no_duration(data: bytes) -> None:
    with pytest.raises(MediaError):
        mp3_duration(data)


def test_a_rate_that_mp3_does_not_know_and_no_sound_at_all_are_refused() -> None:
    with pytest.raises(MediaError, match="23000 Hz"):
        encode_mp3(tone(100, 23_000), title="Tone")
    with pytest.raises(MediaError):
        encode_mp3(Sound(b"", 24_000), title="Tone")


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg isn't installed")
def test_a_decoder_finds_every_sample_and_no_more(tmp_path: Path) -> None:
    sound, file = tone(50_001, 24_000), tmp_path / "tone.mp3"
    file.write_bytes(encode_mp3(sound, title="Tone"))
    command = ["ffmpeg", "-v", "error", "-i", str(file), "-f", "s16le", "-ac", "1", "-"]
    decoded = array("h", subprocess.run(command, capture_output=True, check=True).stdout)
    assert len(decoded) == 50_001
    meant = sound.values()[1_000:21_000]

    def difference(shift: int) -> int:
        heard = decoded[1_000 + shift : 21_000 + shift]
        return sum((a - b) ** 2 for a, b in zip(heard, meant, strict=True))

    assert min(range(-3, 4), key=difference) == 0
