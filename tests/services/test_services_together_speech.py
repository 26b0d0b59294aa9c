"""Together's speech as the strict server plays it."""

from __future__ import annotations

import struct

import pytest

from assetgen.core.actions import JSON
from assetgen.media import sounds
from assetgen.media.problems import MediaError
from tests.services.client import ask
from tests.services.server import Services

SPEECH: dict[str, JSON] = {
    "model": "hexgrad/Kokoro-82M",
    "input": "Welcome, traveller. Sit down.",
    "voice": "af_heart",
    "response_format": "wav",
    "response_encoding": "pcm_s16le",
}
PATH = "/audio/speech"


def test_a_wav_of_whole_numbers_comes_to_who_asks_for_them(services: Services) -> None:
    reply = ask(services, "together", PATH, SPEECH)
    assert (reply.status, reply.headers["content-type"]) == (200, "audio/wav")
    sound = sounds.read_wav(reply.content)
    assert sound.rate == 24_000
    assert sound.duration == pytest.approx(29 / 15, abs=0.01)


def test_without_an_encoding_the_numbers_are_of_another_kind(services: Services) -> None:
    body: JSON = {name: value for name, value in SPEECH.items() if name != "response_encoding"}
    content = ask(services, "together", PATH, body).content
    assert struct.unpack_from("<H", content, 20) == (3,)
    with pytest.raises(MediaError, match="encoding 3"):
        sounds.read_wav(content)


def test_wav_is_the_default_and_mp3_and_raw_samples_can_be_had(services: Services) -> None:
    bare: JSON = {name: value for name, value in SPEECH.items() if name != "response_format"}
    assert ask(services, "together", PATH, bare).content.startswith(b"RIFF")
    raw = ask(services, "together", PATH, {**SPEECH, "response_format": "raw"}).content
    assert sounds.read_pcm(raw, 24_000).duration == pytest.approx(29 / 15, abs=0.01)
    mp3 = ask(services, "together", PATH, {**SPEECH, "response_format": "mp3"}).content
    assert sounds.mp3_duration(mp3) == pytest.approx(29 / 15, abs=0.2)


@pytest.mark.parametrize(
    ("model", "voice", "micros"),
    [("hexgrad/Kokoro-82M", "af_heart", 4), ("canopylabs/orpheus-3b-0.1-ft", "tara", 15)],
)
def test_it_bills_characters(services: Services, model: str, voice: str, micros: int) -> None:
    ask(services, "together", PATH, {**SPEECH, "model": model, "voice": voice})
    assert services.bill.total == 29 * micros


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"input": ""}, 400, "input must have at least 1 characters"),
        ({"voice": "tara"}, 400, "voice must be one of af_heart"),
        ({"speed": 1.0}, 400, "speed is not permitted"),
        ({"sample_rate": 44_100}, 400, "sample_rate must be one of 24000"),
        ({"response_format": "pcm"}, 400, "response_format must be one of mp3, wav, raw"),
        ({"response_encoding": "pcm_mulaw"}, 400, "response_encoding can't be sent"),
        ({"language": "tlh"}, 400, "language must be one of en"),
        ({"model": "cartesia/nothing"}, 404, "Unable to access model cartesia/nothing."),
        ({"model": "black-forest-labs/FLUX.1-schnell"}, 404, "Unable to access model"),
    ],
)
def test_refused(services: Services, change: dict[str, JSON], status: int, message: str) -> None:
    """What is wrong is refused with its message, in the documented shape, for nothing."""
    reply = ask(services, "together", PATH, {**SPEECH, **change})
    assert reply.status == status
    assert reply.json["error"]["message"].startswith(message)
    assert reply.json["error"].keys() == {"message", "type", "param", "code"}
    assert services.bill.entries == []


def test_voices_and_models_are_listed(services: Services) -> None:
    voices = {one["model"]: one["voices"] for one in ask(services, "together", "/voices").json["data"]}
    assert {"name": "tara"} in voices["canopylabs/orpheus-3b-0.1-ft"]
    kinds = {one["id"]: one["type"] for one in ask(services, "together", "/models").json}
    assert (kinds["hexgrad/Kokoro-82M"], kinds["black-forest-labs/FLUX.1-schnell"]) == ("audio", "image")
