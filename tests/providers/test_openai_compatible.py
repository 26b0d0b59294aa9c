"""The same adapter beside servers that copied the API, each with its differences."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import ImageRequest, Request, SpeechRequest
from assetgen.providers import openai
from tests.providers import buying
from tests.services import openai_compatible as imitations
from tests.services.openai_compatible import BREAKS, imitating

TEXT = "Nobody on the quay said a word."
REFUSED, FAILED, UNKNOWN = OutcomeClass.REFUSED, OutcomeClass.FAILED, OutcomeClass.UNKNOWN


def buy(environment: Mapping[str, str], request: Request) -> Outcome:
    return buying.buy(openai.connect(environment, 5.0), request)


def seconds(outcome: Outcome) -> float:
    assert outcome.content is not None, outcome.message
    assert outcome.content.media_type == "audio/pcm"
    return outcome.content.duration or 0.0


def test_kokoro_is_asked_for_the_whole_sound_and_takes_a_mix_of_voices() -> None:
    with imitating(imitations.kokoro) as server:
        outcome = buy(server.environment(), SpeechRequest("kokoro", TEXT, "af_bella(2)+af_sky", 0.85))
    assert seconds(outcome) == pytest.approx(len(TEXT) / 15 / 0.85, abs=0.01)
    assert server.asked[0].body == {
        "model": "kokoro",
        "input": TEXT,
        "voice": "af_bella(2)+af_sky",
        "response_format": "pcm",
        "speed": 0.85,
        "stream": False,
    }


def test_kokoro_that_fails_in_the_middle_says_so_instead_of_sending_half() -> None:
    with imitating(imitations.kokoro) as server:
        outcome = buy(server.environment(), SpeechRequest("kokoro", f"{TEXT} {BREAKS}", "af_sky"))
    assert (outcome.kind, outcome.code, outcome.content) == (FAILED, "service_error", None)
    assert "Failed to process the text" in outcome.message


def test_kokoro_that_does_not_know_a_model_or_a_voice_is_quoted() -> None:
    with imitating(imitations.kokoro) as server:
        model = buy(server.environment(), SpeechRequest("tts-2", TEXT, "af_sky"))
        voice = buy(server.environment(), SpeechRequest("kokoro", TEXT, "nova!"))
    assert (model.kind, model.code) == (REFUSED, "model_unavailable")
    assert (voice.kind, voice.code) == (REFUSED, "invalid_request")
    assert "Voice 'nova!' not found." in voice.message


def test_speaches_takes_full_model_ids_and_speaks_no_emoji() -> None:
    with imitating(imitations.speaches) as server:
        full = SpeechRequest("speaches-ai/Kokoro-82M-v1.0-ONNX", f"*{TEXT}* 🌊", "af_heart")
        spoken = buy(server.environment(), full)
        short = buy(server.environment(), SpeechRequest("tts-1", TEXT, "af_heart"))
    assert seconds(spoken) == pytest.approx(len(f"{TEXT} ") / 15, abs=0.01)
    assert (short.kind, short.code) == (REFUSED, "model_unavailable")
    assert "is not installed locally" in short.message


def test_speaches_list_of_complaints_is_quoted() -> None:
    with imitating(imitations.speaches) as server:
        outcome = buy(server.environment(), SpeechRequest("speaches-ai/x", TEXT, "af_heart", 5.0))
    assert (outcome.kind, outcome.code, outcome.status) == (REFUSED, "invalid_request", 422)
    assert "speed is not valid" in outcome.message


def test_localai_speaks_samples_when_it_is_asked_for_them() -> None:
    with imitating(imitations.localai) as server:
        assert seconds(buy(server.environment(), SpeechRequest("piper", TEXT, "amy"))) > 1


def test_localais_picture_is_fetched_from_its_own_address() -> None:
    with imitating(imitations.localai) as server:
        outcome = buy(server.environment(), ImageRequest("sd", "a pier", 640, 512))
    assert outcome.content is not None, outcome.message
    assert (outcome.content.width, outcome.content.height) == (640, 512)
    assert "quality" not in server.asked[0].body


def test_a_picture_at_another_address_is_not_fetched() -> None:
    with imitating(imitations.localai) as server, imitating(lambda _: _elsewhere(server.origin)) as liar:
        outcome = buy(liar.environment(), ImageRequest("sd", "a pier", 640, 512))
    assert (outcome.kind, outcome.code) == (UNKNOWN, "download_failed")
    assert server.asked == []


def test_stable_diffusion_cpp_says_its_errors_in_a_text() -> None:
    with imitating(imitations.stable_diffusion) as server:
        good = buy(server.environment(), ImageRequest("sd", "a pier", 512, 512))
        bad = buy(server.environment(), ImageRequest("sd", BREAKS, 512, 512))
    assert good.good
    assert (bad.kind, bad.code) == (REFUSED, "invalid_request")
    assert "invalid params, prompt required" in bad.message


def test_a_gateway_below_a_long_path_is_reached_and_its_own_errors_leave_it_open_what_was_done() -> None:
    with imitating(imitations.gateway) as server:
        environment = server.environment("/v1/account/games/openai")
        good = buy(environment, SpeechRequest("tts-1", TEXT, "nova", 1.2))
        bad = buy(environment, SpeechRequest("tts-1", BREAKS, "nova"))
        lost = buy(server.environment(), SpeechRequest("tts-1", TEXT, "nova"))
    assert good.good, good.message
    assert (bad.kind, bad.code) == (UNKNOWN, "service_down")
    assert (lost.kind, lost.status) == (REFUSED, 404)


def _elsewhere(origin: str) -> imitations.Made:
    return 200, "application/json", b'{"data":[{"url":"%b/generated-images/640x512.png"}]}' % origin.encode()
