"""Sound is told from its bytes, whatever the answer calls it."""

from __future__ import annotations

import gzip
import random
import struct
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import Answer, SpeechRequest
from assetgen.media.sounds import Sound, encode_mp3, write_wav
from assetgen.providers import spoken
from tests.services.sounds import Sounds, wav

TEXT = "Nobody on the quay said a word. They waited."
REQUEST = SpeechRequest("tts-1", TEXT, "nova")
RATE = 24_000
SOUND = Sounds().speech(TEXT, "nova")
MP3 = encode_mp3(Sound(SOUND, RATE), title="line")
AAC = (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(range(9))) * 400


def samples(data: bytes, headers: dict[str, str] | None = None) -> Outcome:
    return spoken.samples(Answer(200, data, headers or {"content-type": "audio/pcm"}), REQUEST, RATE)


def wave(data: bytes) -> Outcome:
    return spoken.wave(Answer(200, data, {"content-type": "audio/wav"}), REQUEST)


def test_samples_are_kept_as_they_came() -> None:
    outcome = samples(SOUND)
    assert outcome.good
    assert outcome.content is not None
    assert (outcome.content.data, outcome.content.media_type, outcome.content.sample_rate) == (SOUND, "audio/pcm", RATE)
    assert outcome.content.duration == pytest.approx(len(TEXT) / 15, abs=0.01)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b'{"error":{"message":"Something went wrong.","type":"server_error"}}', "Something went wrong."),
        ("漢字" * 400, "text instead of sound"),
        (b"<!DOCTYPE html><html><head><title>Welcome</title></head></html>", "text instead of sound"),
        (b"\n\n  <html>" + b"x" * 9000, "text instead of sound"),
        (b"data: [DONE]\n\n", "text instead of sound"),
        (SOUND + b"\0", "in the middle of a sample"),
        (wav(SOUND, RATE), "a WAV file"),
        (wav(SOUND, RATE, streamed=True), "a WAV file"),
        (MP3, "an MP3 file"),
        (MP3[MP3.index(b"\xff\xf3") :], "an MP3 or AAC file"),
        (Sounds().mp3(SOUND, RATE, 64), "an MP3 or AAC file"),
        (AAC, "an MP3 or AAC file"),
        (b"OggS" + SOUND, "an Ogg file"),
        (b"fLaC" + SOUND, "a FLAC file"),
        (gzip.compress(SOUND, mtime=0), "a compressed file"),
        (bytes(len(SOUND)), "silent"),
        (SOUND[:2000], "which is no speech"),
        (SOUND * 300, "far too long"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_sound_of_this_kind_is_never_taken_for_it(data: bytes | str, words: str) -> None:
    outcome = samples(data.encode() if isinstance(data, str) else data)
    assert (outcome.kind, outcome.code, outcome.content) == (OutcomeClass.UNUSABLE, "unusable_audio", None)
    assert words in outcome.message


def test_a_compressed_answer_was_not_agreed() -> None:
    outcome = samples(SOUND, {"content-encoding": "gzip"})
    assert (outcome.code, outcome.message) == (
        "unusable_audio",
        "The answer is compressed, which was not agreed.",
    )


@pytest.mark.parametrize("first", [b"\xff\xff", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"\xff\xe3"])
def test_samples_that_happen_to_begin_as_a_frame_does_are_samples(first: bytes) -> None:
    quiet = random.Random(7)  # noqa: S311 - noise
    noise = array("h", (quiet.randrange(-9, 9) for _ in range(500))).tobytes()
    assert samples(first + noise + SOUND).good


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=64))
def test_whatever_samples_a_sound_begins_with_it_is_read_or_refused_in_words(values: list[int]) -> None:
    outcome = samples(array("h", values).tobytes() + SOUND)
    assert outcome.good or "instead of" in outcome.message


@pytest.mark.parametrize("data", [wav(SOUND, RATE), wav(SOUND, RATE, streamed=True), write_wav(Sound(SOUND, 44_100))])
def test_a_wav_is_read_whatever_sizes_its_header_tells(data: bytes) -> None:
    outcome = wave(data)
    assert outcome.good, outcome.message
    assert outcome.content is not None
    assert (outcome.content.data, outcome.content.media_type) == (data, "audio/wav")
    (rate,) = struct.unpack_from("<I", data, 24)
    assert outcome.content.sample_rate == rate
    assert outcome.content.duration == pytest.approx(len(SOUND) / 2 / rate)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (SOUND, "no WAV sound"),
        (MP3, "an MP3 file instead of the WAV file"),
        (b'{"error":{"message":"no voice"}}', "no voice"),
        (wav(b"", RATE), "empty"),
        (wav(bytes(len(SOUND)), RATE), "silent"),
        (wav(SOUND, RATE)[:40], "no sound in it"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_wav_is_unusable(data: bytes, words: str) -> None:
    outcome = wave(data)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNUSABLE, "unusable_audio")
    assert words in outcome.message


def test_an_odd_pace_is_not_the_services_failure() -> None:
    assert samples(SOUND[: RATE // 2]).good
