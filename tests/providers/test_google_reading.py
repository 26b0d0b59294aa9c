"""Google in words: what is asked, and what every documented answer means."""

from __future__ import annotations

import base64
import json
import math
from array import array

import pytest

from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.requests import Answer, ImageRequest, SpeechRequest
from assetgen.media.sounds import Sound, write_wav
from assetgen.providers import google

TEXT = "Nobody on the quay said a word."
REQUEST = SpeechRequest("text:synthesize", TEXT, "en-US-Neural2-C")
PROVIDER = google.connect({}, 1.0)
RATE = 24_000
TYPES = "type.googleapis.com/google.rpc"


def wav(seconds: float = 2.0, loudness: int = 8000) -> bytes:
    values = (round(loudness * math.sin(step / 20)) for step in range(round(seconds * RATE)))
    return write_wav(Sound(array("h", values).tobytes(), RATE))


def answered(data: bytes) -> dict[str, str]:
    return {"audioContent": base64.b64encode(data).decode()}


def read(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Outcome:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = PROVIDER.read(Answer(status, data, headers or {}), REQUEST)
    assert isinstance(reading, Outcome)
    return reading


def test_everything_that_is_sent() -> None:
    call = PROVIDER.build(REQUEST)
    assert call.path == "text:synthesize"
    assert call.body == {
        "input": {"text": TEXT},
        "voice": {"languageCode": "en-US", "name": "en-US-Neural2-C"},
        "audioConfig": {"audioEncoding": "LINEAR16"},
    }


def test_pitch_and_speed_are_sent_only_where_they_change_something() -> None:
    tuned = SpeechRequest("text:synthesize", TEXT, "en-US-Neural2-C", 0.85, -3.0)
    assert PROVIDER.build(tuned).body["audioConfig"] == {
        "audioEncoding": "LINEAR16",
        "speakingRate": 0.85,
        "pitch": -3.0,
    }


@pytest.mark.parametrize(
    ("voice", "language"), [("en-US-Chirp3-HD-Kore", "en-US"), ("cmn-CN-Wavenet-A", "cmn-CN"), ("Achernar", "Achernar")]
)
def test_the_language_is_that_of_the_voice(voice: str, language: str) -> None:
    body = PROVIDER.build(SpeechRequest("text:synthesize", TEXT, voice)).body
    assert body["voice"] == {"languageCode": language, "name": voice}


def test_pictures_are_not_asked_of_it() -> None:
    with pytest.raises(AssertionError):
        PROVIDER.build(ImageRequest("m", "p", 8, 8))


def test_a_sound_is_kept_as_it_came_with_its_rate_and_its_length() -> None:
    content = read(answered(wav())).content
    assert content is not None
    assert (content.data, content.media_type) == (wav(), "audio/wav")
    assert (content.duration, content.sample_rate) == (2.0, RATE)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><h1>Welcome</h1>", "no JSON"),
        (b'{"audioContent":"UklGR', "no JSON"),
        (b"[]", "no JSON object"),
        ({}, "no sound"),
        ({"audioContent": None}, "no sound"),
        ({"audioContent": ""}, "no sound"),
        ({"audioContent": "@@not base64@@"}, "base64"),
        ({"error": {"code": 500, "message": "Something\nbroke."}}, "an error instead of a sound: Something broke."),
        ({"error": "boom"}, "an error instead of a sound: boom"),
        (answered(b"ID3\x04" + bytes(100)), "an MP3 file instead of the WAV"),
        (answered(b"<html>Not found</html>"), "text instead of sound"),
        (answered(b"\0\x90" * 100), "no WAV"),
        (answered(wav()[:44]), "empty"),
        (answered(wav(loudness=0)), "silent"),
        (answered(wav(400.0, loudness=0)[:-2] + b"\x00\x40"), "far too long"),
    ],
)
def test_what_is_paid_for_and_no_speech_is_unusable(body: object, message: str) -> None:
    outcome = read(body)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNUSABLE, "unusable_audio")
    assert message in outcome.message


def test_a_compressed_answer_is_not_read() -> None:
    outcome = read(answered(wav()), headers={"content-encoding": "gzip"})
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNUSABLE, "unusable_audio")


def error(code: int, status: str, message: str, *details: object) -> object:
    return {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def reason(word: str) -> object:
    service = {"service": "texttospeech.googleapis.com"}
    return {"@type": f"{TYPES}.ErrorInfo", "reason": word, "domain": "googleapis.com", "metadata": service}


TOO_LONG = (
    "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes. This limit is different from quotas."
)
LONG_SENTENCE = (
    "This request contains sentences that are too long. Consider splitting up long sentences with sentence ending "
    "punctuation e.g. periods."
)
BLOCKED = "Requests to this API texttospeech.googleapis.com method google.cloud.texttospeech.v1 are blocked."
DISABLED = "Cloud Text-to-Speech API has not been used in project 7 before or it is disabled."


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            error(
                400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", reason("API_KEY_INVALID")
            ),
            "auth",
            "The key was refused (400 Bad Request): API key not valid.",
        ),
        (
            error(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", reason("API_KEY_INVALID")),
            "auth",
            "API key expired.",
        ),
        (error(400, "INVALID_ARGUMENT", TOO_LONG), "invalid_request", "limit of 5000 bytes"),
        (error(400, "INVALID_ARGUMENT", LONG_SENTENCE), "invalid_request", "sentences that are too long"),
        (
            error(400, "INVALID_ARGUMENT", "This voice does not support pitch parameters at this time."),
            "invalid_request",
            "does not support pitch",
        ),
        (
            error(400, "INVALID_ARGUMENT", "Voice 'en-US-Neural2-B' does not exist. Is it misspelled?"),
            "invalid_request",
            "Is it misspelled?",
        ),
        (error(401, "UNAUTHENTICATED", "Request had invalid authentication credentials."), "auth", "credentials"),
        (error(403, "PERMISSION_DENIED", DISABLED, reason("SERVICE_DISABLED")), "auth", "it is disabled"),
        (error(403, "PERMISSION_DENIED", BLOCKED, reason("API_KEY_SERVICE_BLOCKED")), "auth", "are blocked"),
        (
            error(403, "PERMISSION_DENIED", "This API method requires billing.", reason("BILLING_DISABLED")),
            "quota",
            "requires billing",
        ),
        (error(404, "NOT_FOUND", "Requested entity was not found."), "model_unavailable", "not found"),
        (error(429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'x'."), "rate_limited", "Quota exceeded"),
        (error(503, "UNAVAILABLE", "The service is currently unavailable."), "service_down", "unavailable"),
    ],
)
def test_every_documented_refusal(body: dict[str, dict[str, int]], code: str, message: str) -> None:
    status = body["error"]["code"]
    outcome = read(body, status)
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeClass.REFUSED, code, status)
    assert message in outcome.message


def test_an_inner_error_was_not_done_and_a_missed_deadline_may_have_been() -> None:
    broken = read(error(500, "INTERNAL", "Internal error encountered."), 500)
    assert (broken.kind, broken.code) == (OutcomeClass.FAILED, "service_error")
    late = read(error(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."), 504)
    assert (late.kind, late.code) == (OutcomeClass.UNKNOWN, "service_down")


def test_the_wait_of_a_quota_is_that_of_its_details() -> None:
    retry = {"@type": f"{TYPES}.RetryInfo", "retryDelay": "41s"}
    limited = error(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", {"@type": f"{TYPES}.QuotaFailure"}, retry)
    assert read(limited, 429).retry_after == 41.0
    assert read(error(429, "RESOURCE_EXHAUSTED", "Quota exceeded."), 429).retry_after is None


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", {"error": None}, {"error": [1]}, {"error": {"message": 7, "details": {}}}]
    + [{"error": {"details": details}} for details in (None, "x", [None, 7, {"reason": ["API_KEY_INVALID"]}])],
)
def test_a_refusal_with_strange_words_is_still_a_refusal(body: object) -> None:
    assert read(body, 400).code == "invalid_request"
