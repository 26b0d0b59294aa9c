"""The draft service as a provider and as a catalog."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assetgen.catalog import draft
from assetgen.core.actions import Kind
from assetgen.core.money import Usd
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.requests import Answer, ImageRequest, SpeechRequest
from assetgen.media.sounds import write_wav
from assetgen.media.waves import Sound
from assetgen.providers.draft import OFFERS, SERVICE, connect
from assetgen.providers.draft.provider import DraftProvider
from assetgen.providers.draft.speech import Engine, find_engine

IMAGE = ImageRequest("flux-schnell", "A castle at night", 96, 64)
SPEECH = SpeechRequest("openai-tts", "Hello.", "en-us+f2")
PROVIDER = DraftProvider(None)


def answered(request: ImageRequest | SpeechRequest) -> Answer:
    return asyncio.run(PROVIDER.call(PROVIDER.build(request)))


def test_a_picture_is_drawn_checked_and_measured() -> None:
    answer = answered(IMAGE)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    content = PROVIDER.read(answer, IMAGE).content
    assert content is not None
    assert (content.media_type, content.width, content.height) == ("image/png", 96, 64)
    assert content.data == answer.body


def test_speech_is_a_wav_with_its_duration() -> None:
    content = PROVIDER.read(answered(SPEECH), SPEECH).content
    assert content is not None
    assert content.media_type == "audio/wav"
    assert content.duration == pytest.approx((len(content.data) - 44) / 2 / 22_050)
    assert content.sample_rate == 22_050


@pytest.mark.parametrize(
    "changed",
    [
        replace(IMAGE, model="sdxl"),
        replace(IMAGE, prompt="A castle at noon"),
        replace(IMAGE, width=97),
        replace(IMAGE, height=65),
        replace(IMAGE, seed=0),
    ],
)
def test_whatever_changes_a_picture_changes_its_key(changed: ImageRequest) -> None:
    assert PROVIDER.build(changed).key("draft", "real") != PROVIDER.build(IMAGE).key("draft", "real")
    assert answered(changed).body != answered(IMAGE).body


def test_a_voice_and_a_hum_have_different_keys() -> None:
    engine = find_engine()
    if engine is None:
        pytest.skip("the `speech` extra isn't installed")
    assert PROVIDER.build(SPEECH).body["voice"] == "tone"
    assert DraftProvider(engine).build(SPEECH).body["voice"] == "en-us+f2"


@pytest.mark.parametrize(
    "changed",
    [
        replace(SPEECH, text="Goodbye."),
        replace(SPEECH, voice="en-us+f3"),
        replace(SPEECH, voice="en-us+f2@-3"),
        replace(SPEECH, speed=1.2),
        replace(SPEECH, pitch=2.0),
    ],
)
def test_whatever_changes_speech_changes_its_key(changed: SpeechRequest) -> None:
    # Building only names the engine; nothing is started.
    provider = DraftProvider(find_engine() or Engine(Path("library"), Path("data")))
    assert provider.build(changed).key("draft", "real") != provider.build(SPEECH).key("draft", "real")


def test_a_call_can_be_written_as_json_and_names_its_version() -> None:
    for request in (IMAGE, SPEECH):
        body = dict(PROVIDER.build(request).body)
        assert json.loads(json.dumps(body)) == body
        assert body["version"] == 1


def test_settings_stay_within_what_the_voice_knows() -> None:
    body = PROVIDER.build(replace(SPEECH, speed=50, pitch=90.0)).body
    assert (body["rate"], body["pitch"], body["range"]) == (450, 100, 100)


@pytest.mark.parametrize("data", [b"", b"<html>", write_wav(Sound(bytes(20_000), 22_050))])
def test_bytes_that_are_no_picture_and_no_speech_are_unusable(data: bytes) -> None:
    assert PROVIDER.read(Answer(200, data), IMAGE).code == "unusable_image"
    assert PROVIDER.read(Answer(200, data), SPEECH).code == "unusable_audio"


def test_a_picture_of_another_size_is_unusable() -> None:
    outcome = PROVIDER.read(answered(replace(IMAGE, width=80)), IMAGE)
    assert outcome.kind is OutcomeClass.UNUSABLE
    assert "80x64" in outcome.message


def test_the_service_needs_no_key_and_is_connected_without_an_environment() -> None:
    assert (SERVICE.name, SERVICE.keys) == ("draft", ())
    assert connect({}, 30.0).name == "draft"


def test_every_model_is_offered_for_nothing() -> None:
    assert {offer.model for offer in OFFERS} == {"flux-schnell", "sdxl", "openai-tts", "google-tts"}
    for offer in OFFERS:
        assert offer.provider == SERVICE.name
        assert offer.price is not None
        assert offer.price.of(IMAGE.units + SPEECH.units) == Usd(0)


def test_further_models_can_be_offered() -> None:
    image, speech = draft.offers(["my-images"], ["my-voices"])
    assert (image.kind, image.model, speech.kind, speech.model) == (Kind.IMAGE, "my-images", Kind.SUBTITLE, "my-voices")
    assert image.sizes is not None
    assert (image.sizes.smallest, image.sizes.largest, image.sizes.step) == (16, 4096, 1)
    assert speech.text_limit is not None
    assert speech.text_limit.most == 2000


def test_there_is_a_voice_for_every_gender_and_tone() -> None:
    tones = ("epic", "mysterious", "calm", "urgent", "triumphant")
    assert set(draft.VOICES) == {
        f"{gender}-{tone}" for gender in ("neutral", "feminine", "masculine") for tone in tones
    }
    assert all(voice.takes_pitch and voice.takes_speed for voice in draft.VOICES.values())
    assert len({voice.name for voice in draft.VOICES.values()}) == 15
