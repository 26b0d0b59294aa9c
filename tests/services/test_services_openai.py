"""OpenAI as the strict server plays it: speech as raw bytes, pictures, prices, refusals."""

from __future__ import annotations

import base64

import pytest

from assetgen.core.actions import JSON
from assetgen.media import pictures, sounds
from tests.services.client import SPEECH, ask
from tests.services.server import Services

TEXT = "Welcome, traveller. Sit down."
PICTURE: dict[str, JSON] = {"model": "gpt-image-2", "prompt": "a knight", "size": "1024x512", "quality": "low", "n": 1}
IMAGES = "/images/generations"


def test_pcm_is_24_khz_and_as_long_as_the_text(services: Services) -> None:
    reply = ask(services, "openai")
    sound = sounds.read_pcm(reply.content, 24_000)
    assert (reply.status, reply.headers["content-type"]) == (200, "audio/pcm")
    assert reply.headers["transfer-encoding"] == "chunked"
    assert sound.duration == pytest.approx(len(TEXT) / 15, abs=0.01)
    assert sounds.check_speech(sound, TEXT) is None


def test_speed_shortens_it(services: Services) -> None:
    reply = ask(services, "openai", "/audio/speech", {**SPEECH, "speed": 2.0})
    assert sounds.read_pcm(reply.content, 24_000).duration == pytest.approx(len(TEXT) / 30, abs=0.01)


def test_wav_is_streamed_with_sizes_that_nobody_knew(services: Services) -> None:
    content = ask(services, "openai", "/audio/speech", {**SPEECH, "response_format": "wav"}).content
    assert content[4:8] == content[40:44] == b"\xff\xff\xff\xff"
    assert sounds.read_wav(content).duration == pytest.approx(len(TEXT) / 15, abs=0.01)


def test_mp3_is_the_default(services: Services) -> None:
    body: JSON = {name: value for name, value in SPEECH.items() if name != "response_format"}
    reply = ask(services, "openai", "/audio/speech", body)
    assert reply.headers["content-type"] == "audio/mpeg"
    assert sounds.mp3_duration(reply.content) == pytest.approx(len(TEXT) / 15, abs=0.2)


def test_voices_and_texts_sound_different_and_the_same_ones_alike(services: Services) -> None:
    bodies: list[JSON] = [SPEECH, SPEECH, {**SPEECH, "voice": "nova"}, {**SPEECH, "input": TEXT[::-1]}]
    heard = [ask(services, "openai", "/audio/speech", body).content for body in bodies]
    assert heard[0] == heard[1]
    assert len(set(heard)) == 3


@pytest.mark.parametrize(
    ("model", "micros"), [("tts-1", 15 * len(TEXT)), ("tts-1-hd", 30 * len(TEXT)), ("gpt-4o-mini-tts", 484)]
)
def test_speech_is_billed_by_character_or_by_its_length(services: Services, model: str, micros: int) -> None:
    ask(services, "openai", "/audio/speech", {**SPEECH, "model": model})
    assert services.bill.total == micros


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_picture_has_the_size_and_format_asked_for(services: Services, kind: str) -> None:
    reply = ask(services, "openai", IMAGES, {**PICTURE, "output_format": kind})
    data = base64.b64decode(reply.json["data"][0]["b64_json"], validate=True)
    assert pictures.verify(data) == pictures.Picture(f"image/{kind}", 1024, 512)
    assert reply.json["size"] == "1024x512"
    assert services.bill.total == 3000


REFUSED: list[tuple[str, JSON, int, str | None, str | None]] = [
    ("/audio/speech", {**SPEECH, "input": ""}, 400, "input", "invalid_value"),
    ("/audio/speech", {**SPEECH, "input": "é" * 4097}, 400, "input", "invalid_value"),
    ("/audio/speech", {**SPEECH, "voice": "marin"}, 400, "voice", None),
    ("/audio/speech", {**SPEECH, "voice": "nobody"}, 400, "voice", "invalid_value"),
    ("/audio/speech", {**SPEECH, "speed": 4.1}, 400, "speed", "invalid_value"),
    ("/audio/speech", {**SPEECH, "pitch": 1}, 400, "pitch", "unknown_parameter"),
    ("/audio/speech", {**SPEECH, "instructions": "Slowly."}, 400, "instructions", None),
    ("/audio/speech", {**SPEECH, "response_format": "ogg"}, 400, "response_format", "invalid_value"),
    ("/audio/speech", {**SPEECH, "response_format": "opus"}, 501, "response_format", None),
    ("/audio/speech", {**SPEECH, "model": "tts-2"}, 404, None, "model_not_found"),
    ("/audio/speech", {"model": "tts-1", "input": "x"}, 400, "voice", "missing_required_parameter"),
    (IMAGES, {**PICTURE, "response_format": "b64_json"}, 400, "response_format", "unknown_parameter"),
    (IMAGES, {**PICTURE, "seed": 1}, 400, "seed", "unknown_parameter"),
    (IMAGES, {**PICTURE, "size": "1000x1000"}, 400, "size", "invalid_value"),
    (IMAGES, {**PICTURE, "size": "2048x512"}, 400, "size", "invalid_value"),
    (IMAGES, {**PICTURE, "size": "large"}, 400, "size", "invalid_value"),
    (IMAGES, {**PICTURE, "quality": "hd"}, 400, "quality", "invalid_value"),
    (IMAGES, {**PICTURE, "model": "dall-e-3"}, 404, None, "model_not_found"),
    (IMAGES, {**PICTURE, "model": "gpt-image-1"}, 404, None, "model_not_found"),
    (IMAGES, {"prompt": "the default model is retired"}, 404, None, "model_not_found"),
]


@pytest.mark.parametrize(("path", "body", "status", "parameter", "code"), REFUSED)
def test_refused(
    services: Services, path: str, body: JSON, status: int, parameter: str | None, code: str | None
) -> None:
    """What is wrong is refused in the documented shape, for nothing."""
    reply = ask(services, "openai", path, body)
    error = reply.json["error"]
    assert (reply.status, error["param"], error["code"]) == (status, parameter, code)
    assert error["type"] == "invalid_request_error"
    assert services.bill.entries == []


def test_4096_characters_are_spoken_however_many_bytes_they_are(services: Services) -> None:
    assert ask(services, "openai", "/audio/speech", {**SPEECH, "input": "é" * 4096}).status == 200


def test_a_wrong_key_is_401(services: Services) -> None:
    reply = ask(services, "openai", headers={"Authorization": "Bearer sk-0123456789abcdef"})
    assert (reply.status, reply.json["error"]["code"]) == (401, "invalid_api_key")
    reply = ask(services, "openai", headers={"Authorization": ""})
    assert (reply.status, reply.json["error"]["code"]) == (401, None)


def test_the_list_of_models_says_which_of_them_end(services: Services) -> None:
    ends = {one["id"]: one["shutdown_date"] for one in ask(services, "openai", "/models").json["data"]}
    assert (ends["tts-1"], ends["gpt-image-2"]) == ("2027-01-06", None)


def test_over_the_limit_it_says_when_to_come_back() -> None:
    with Services(limits={"openai": 1}) as services:
        ask(services, "openai")
        reply = ask(services, "openai")
        services.advance(60)
        assert ask(services, "openai").status == 200
    assert (reply.status, reply.json["error"]["code"]) == (429, "rate_limit_exceeded")
    assert (reply.headers["retry-after"], reply.headers["x-ratelimit-reset-requests"]) == ("1", "1s")
