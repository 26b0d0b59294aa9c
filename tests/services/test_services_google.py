"""Google text-to-speech as the strict server plays it: voices, families, bytes, and its own sort of errors."""

from __future__ import annotations

import base64

import pytest

from assetgen.core.actions import JSON
from assetgen.media import sounds
from tests.services.client import SYNTHESIS, ask
from tests.services.server import Services

TEXT = "Welcome, traveller. Sit down."
PATH = "/text:synthesize"


def request(text: str = TEXT, voice: str = "en-US-Neural2-D", **audio: JSON) -> dict[str, JSON]:
    return {
        "input": {"text": text},
        "voice": {"languageCode": "en-US", "name": voice},
        "audioConfig": {"audioEncoding": "LINEAR16", **audio},
    }


def spoken(services: Services, body: JSON) -> bytes:
    reply = ask(services, "google", PATH, body)
    assert (reply.status, list(reply.json)) == (200, ["audioContent"])
    return base64.b64decode(reply.json["audioContent"], validate=True)


@pytest.mark.parametrize("rate", [24_000, 16_000])
def test_linear16_is_a_wav_of_the_rate_asked_for(services: Services, rate: int) -> None:
    sound = sounds.read_wav(spoken(services, request(sampleRateHertz=rate)))
    assert sound.rate == rate
    assert sound.duration == pytest.approx(len(TEXT) / 15, abs=0.01)
    assert sounds.check_speech(sound, TEXT) is None


def test_pcm_has_no_header_and_mp3_is_one(services: Services) -> None:
    bare = sounds.read_pcm(spoken(services, request(audioEncoding="PCM")), 24_000)
    assert bare.duration == pytest.approx(len(TEXT) / 15, abs=0.01)
    encoded = spoken(services, request(audioEncoding="MP3"))
    assert sounds.mp3_duration(encoded) == pytest.approx(len(TEXT) / 15, abs=0.2)
    assert len(encoded) * 8 / 32_000 == pytest.approx(len(TEXT) / 15, abs=0.2)


@pytest.mark.parametrize(
    ("voice", "micros"),
    [
        ("en-US-Standard-A", 4),
        ("en-US-Wavenet-A", 16),
        ("en-US-Neural2-A", 16),
        ("en-US-Chirp-HD-F", 30),
        ("en-US-Chirp3-HD-Kore", 30),
        ("en-US-Studio-O", 160),
    ],
)
def test_the_family_of_the_voice_decides_the_price_of_a_character(services: Services, voice: str, micros: int) -> None:
    spoken(services, request("Grüße", voice))
    assert services.bill.total == 5 * micros


def test_5000_bytes_are_the_limit_however_few_characters_they_are(services: Services) -> None:
    sentence = "é" * 49 + ". "
    assert ask(services, "google", PATH, request(sentence * 50)).status == 200
    reply = ask(services, "google", PATH, request(sentence * 50 + "."))
    assert reply.status == 400
    assert "longer than the limit of 5000 bytes" in reply.json["error"]["message"]


@pytest.mark.parametrize("stop", [". ", "! ", "? ", "。"])
def test_a_sentence_has_a_limit_of_its_own_and_lines_end_none(services: Services, stop: str) -> None:
    half = "a" * 200
    assert ask(services, "google", PATH, request(half + stop + half)).status == 200
    reply = ask(services, "google", PATH, request(f"{half}\n{half}{stop}"))
    assert reply.status == 400
    assert reply.json["error"]["message"].endswith('Sentence starting with: "aaaaaaaaaa" is too long.')


REFUSED: list[tuple[dict[str, JSON], str]] = [
    ({**SYNTHESIS, "seed": 1}, 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'),
    (request(speed=1), "Unknown name \"speed\" at 'audioConfig': Cannot find field."),
    (request(speakingRate=2.1), "Invalid value for `audioConfig.speakingRate`"),
    (request(pitch=-21), "Invalid value for `audioConfig.pitch`"),
    (request(sampleRateHertz=12_345), "Invalid value for `audioConfig.sampleRateHertz`"),
    (request(audioEncoding="WAV"), "Invalid value for `audioConfig.audioEncoding`"),
    (request(voice="en-US-Neural2-B"), "Voice 'en-US-Neural2-B' does not exist. Is it misspelled?"),
    (request(voice="en-US-Journey-F"), "Voice 'en-US-Journey-F' does not exist. Is it misspelled?"),
    (request(voice="en-US-Studio-O", pitch=0.0), "This voice does not support pitch parameters at this time."),
    (request(voice="en-US-Chirp3-HD-Kore", pitch=0.0), "This voice does not support pitch parameters at this time."),
    (
        request(voice="en-US-Chirp-HD-F", speakingRate=1.0),
        "This voice does not support speaking rate or pitch parameters at this time.",
    ),
    (
        {**request(voice="en-US-Chirp-HD-F"), "input": {"ssml": "<speak>x</speak>"}},
        "This voice currently does not support SSML input. Please try again with text only input.",
    ),
    ({**SYNTHESIS, "input": {"text": "x", "ssml": "<speak>x</speak>"}}, "Exactly one of"),
    ({**SYNTHESIS, "input": {}}, "Exactly one of"),
    (
        {**SYNTHESIS, "voice": {"languageCode": "de-DE", "name": "en-US-Neural2-D"}},
        "Requested language code 'de-DE' doesn't match",
    ),
    ({**SYNTHESIS, "voice": {"name": "en-US-Neural2-D"}}, "Invalid value for `voice.languageCode`: it is required."),
]


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_refused(services: Services, body: dict[str, JSON], message: str) -> None:
    """What is wrong is refused with its message, as a google.rpc.Status, for nothing."""
    reply = ask(services, "google", PATH, body)
    error = reply.json["error"]
    assert (reply.status, error["code"], error["status"]) == (400, 400, "INVALID_ARGUMENT")
    assert message in error["message"]
    assert services.bill.entries == []


@pytest.mark.parametrize("voice", ["en-US-Chirp3-HD-Kore", "en-US-Studio-O", "en-US-Standard-A"])
def test_families_that_take_a_rate_get_faster_by_it(services: Services, voice: str) -> None:
    usual = sounds.read_wav(spoken(services, request(voice=voice))).duration
    assert sounds.read_wav(spoken(services, request(voice=voice, speakingRate=1.25))).duration < usual * 0.85


def test_a_wrong_key_is_a_bad_request_with_a_reason(services: Services) -> None:
    reply = ask(services, "google", headers={"X-Goog-Api-Key": "AIza0123456789abcdef"})
    error = reply.json["error"]
    assert (reply.status, error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_no_key_at_all_is_403(services: Services) -> None:
    reply = ask(services, "google", headers={"X-Goog-Api-Key": ""})
    assert (reply.status, reply.json["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_the_list_of_voices_goes_by_language(services: Services) -> None:
    voices = ask(services, "google", "/voices?languageCode=en-US").json["voices"]
    names = {one["name"]: one["ssmlGender"] for one in voices}
    assert (names["en-US-Neural2-D"], names["en-US-Chirp3-HD-Kore"]) == ("MALE", "FEMALE")
    assert "en-US-Neural2-B" not in names
    assert ask(services, "google", "/voices?languageCode=de-DE").json["voices"] == []


def test_over_the_quota_the_wait_is_in_the_details() -> None:
    with Services(limits={"google": 1}) as services:
        ask(services, "google")
        reply = ask(services, "google")
    assert (reply.status, reply.json["error"]["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert reply.json["error"]["details"][0]["retryDelay"] == "1s"
