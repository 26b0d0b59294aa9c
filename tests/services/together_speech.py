"""Together's speech: what is sold, what is refused, and the sound that is sent."""

from __future__ import annotations

import array
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from assetgen.core.actions import JSON
from tests.services.fields import Complaint, Field, Wrong, first_complaint
from tests.services.sounds import RATE, Sounds, wav

KOKORO = "hexgrad/Kokoro-82M"
ORPHEUS = "canopylabs/orpheus-3b-0.1-ft"
FLOAT = 3
"""The number of a WAV whose samples are floating-point numbers."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One model. `price` is micro-dollars for a character."""

    price: int
    voices: tuple[str, ...]


_ENGLISH = (
    *("af_heart", "af_alloy", "af_aoede", "af_bella", "af_jessica", "af_kore", "af_nicole", "af_nova", "af_river"),
    *("af_sarah", "af_sky", "am_adam", "am_echo", "am_eric", "am_fenrir", "am_liam", "am_michael", "am_onyx"),
    *("am_puck", "am_santa", "bf_alice", "bf_emma", "bf_isabella", "bf_lily", "bm_daniel", "bm_fable", "bm_george"),
    "bm_lewis",
)
SPEAKERS: Mapping[str, Speaker] = {
    KOKORO: Speaker(4, _ENGLISH),
    ORPHEUS: Speaker(15, ("tara", "leah", "jess", "leo", "dan", "mia", "zac", "zoe")),
}
LANGUAGES = ("en", "de", "fr", "es", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh")
ENCODINGS = ("pcm_f32le", "pcm_s16le")
UNPLAYABLE = ("pcm_mulaw", "pcm_alaw")
"""What the real service can also send, and this one can't."""
MEDIA_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "raw": "application/octet-stream"}
FIELDS: Mapping[str, Field] = {
    "model": Field(str, required=True),
    "input": Field(str, required=True, shortest=1),
    "voice": Field(str, required=True),
    "response_format": Field(str, choices=tuple(MEDIA_TYPES)),
    "language": Field(str, choices=LANGUAGES),
    "response_encoding": Field(str, choices=(*ENCODINGS, *UNPLAYABLE)),
    "sample_rate": Field(int, choices=(RATE,)),
    "bit_rate": Field(int, choices=(32_000, 64_000, 96_000, 128_000, 192_000)),
    "stream": Field(bool, choices=(False,)),
}


def complaint(body: Mapping[str, JSON]) -> Complaint | None:
    """The first thing wrong with a request for speech, but for its model."""
    return first_complaint(body, FIELDS) or _unspeakable(body)


def price(body: Mapping[str, JSON]) -> int:
    """Micro-dollars."""
    return SPEAKERS[cast("str", body["model"])].price * len(cast("str", body["input"]))


def sound(body: Mapping[str, JSON], sounds: Sounds, lie: str) -> bytes:
    """The bytes that are sent. Samples are floating-point numbers unless the request says otherwise."""
    samples = sounds.speech(cast("str", body["input"]), cast("str", body["voice"]), lie=lie)
    match body.get("response_format", "wav"), body.get("response_encoding", "pcm_f32le"):
        case "mp3", _:
            return sounds.mp3(samples, RATE, 64)
        case "wav", "pcm_s16le":
            return wav(samples, RATE, streamed=True)
        case "wav", _:
            return _floating_wav(samples)
        case _, "pcm_s16le":
            return samples
        case _:
            return _floating(samples)


def _unspeakable(body: Mapping[str, JSON]) -> Complaint | None:
    speaker = SPEAKERS.get(cast("str", body["model"]))
    if speaker and body["voice"] not in speaker.voices:
        return Complaint("voice", Wrong.CHOICE, f"must be one of {', '.join(speaker.voices)}")
    if body.get("response_encoding") in UNPLAYABLE:
        return Complaint("response_encoding", Wrong.CHOICE, "can't be sent by this server")
    return None


def _floating(samples: bytes) -> bytes:
    return array.array("f", (value / 32768 for value in array.array("h", samples))).tobytes()


def _floating_wav(samples: bytes) -> bytes:
    data = _floating(samples)
    layout = (FLOAT, 1, RATE, RATE * 4, 4, 32)
    return struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVEfmt ", 16, *layout, b"data", len(data)) + data
