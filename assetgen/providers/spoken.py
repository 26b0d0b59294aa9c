"""Sound that was bought, told from its bytes: services send errors, pages and other formats under any name."""

from __future__ import annotations

from collections.abc import Callable

from assetgen.core.outcomes import Content, Outcome, good, unusable
from assetgen.core.requests import Answer, SpeechRequest
from assetgen.media.problems import MediaError
from assetgen.media.sounds import Sound, check_speech, read_pcm, read_wav
from assetgen.providers import outcomes
from assetgen.providers.outcomes import UnreadableError

UNUSABLE = "unusable_audio"
SHORTEST = 0.05
"""Seconds: less than the shortest word takes."""

MOST_QUOTED = 2000
"""Bytes of an answer that are looked at for words."""

_SIGNATURES = (
    (b"RIFF", "a WAV file"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
    (b"\x1f\x8b", "a compressed file"),
)
_HEAD = 64
"""Bytes of plain text with which no sound begins."""
_KILOBITS = (
    (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
)
"""Of MP3's bit rates by their number less one: for MPEG 2, then for MPEG 1."""
_RATES = {0: (11025, 12000, 8000), 2: (22050, 24000, 16000), 3: (44100, 48000, 32000)}
"""Samples a second by the number of MPEG's version: 2.5, 2 and 1."""


def samples(answer: Answer, request: SpeechRequest, rate: int) -> Outcome:
    """Signed 16-bit little-endian samples of one channel without a header, `rate` of them a second."""
    return _read(answer, request, "audio/pcm", lambda data: _raw(data, rate))


def wave(answer: Answer, request: SpeechRequest) -> Outcome:
    """A WAV file, also one whose header was written before its length was known."""
    return _read(answer, request, "audio/wav", _unwrapped)


def _read(answer: Answer, request: SpeechRequest, media_type: str, read: Callable[[bytes], Sound]) -> Outcome:
    try:
        data = outcomes.content(answer)
        if _is_text(data):
            words = outcomes.quoted(data[:MOST_QUOTED].decode(errors="replace"))
            raise UnreadableError(f"The answer is text instead of sound: {words}")
        sound = read(data)
        if sound.duration < SHORTEST:
            raise MediaError(f"The sound lasts {1000 * sound.duration:.0f} ms, which is no speech.")
        check_speech(sound, request.text)
    except UnreadableError as error:
        return unusable(UNUSABLE, str(error))
    except MediaError as error:
        return unusable(UNUSABLE, error.message)
    return good(Content(data, media_type, duration=sound.duration, sample_rate=sound.rate))


def _raw(data: bytes, rate: int) -> Sound:
    stranger = _stranger(data)
    if stranger:
        raise MediaError(f"The answer is {stranger} instead of the raw samples that were asked for.")
    if len(data) % 2:
        raise MediaError("The sound ends in the middle of a sample.")
    return read_pcm(data, rate)


def _unwrapped(data: bytes) -> Sound:
    stranger = _stranger(data)
    if stranger and not data.startswith(b"RIFF"):
        raise MediaError(f"The answer is {stranger} instead of the WAV file that was asked for.")
    return read_wav(data)


def _stranger(data: bytes) -> str:
    """What else the bytes are, by how they begin; empty where nothing is known that begins so."""
    named = (name for signature, name in _SIGNATURES if data.startswith(signature))
    return next(named, "") or ("an MP3 or AAC file" if _is_mpeg(data) else "")


def _is_text(data: bytes) -> bool:
    """No sound is text: silence is made of zeros, and speech soon has bytes that UTF-8 doesn't."""
    if all(9 <= byte <= 13 or 32 <= byte < 127 for byte in data[:_HEAD]):
        return True
    try:
        return "\0" not in data.decode()
    except UnicodeDecodeError:
        return False


def _is_mpeg(data: bytes) -> bool:
    """Whether two frames follow each other. One alone may be chance: samples near zero often begin as a frame does."""
    length = _frame(data[:6])
    return bool(length) and bool(_frame(data[length : length + 6]))


def _frame(head: bytes) -> int:
    """The bytes of the MPEG frame with this header; 0 where it is none."""
    if len(head) < 6 or head[0] != 0xFF or head[1] < 0xE0:
        return 0
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    if layer == 0 and version >= 2:
        return (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    number, rate = head[2] >> 4, head[2] >> 2 & 3
    if layer != 1 or version not in _RATES or number in (0, 15) or rate == 3:
        return 0
    kilobits = _KILOBITS[version == 3][number - 1]
    return (144_000 if version == 3 else 72_000) * kilobits // _RATES[version][rate] + (head[2] >> 1 & 1)
