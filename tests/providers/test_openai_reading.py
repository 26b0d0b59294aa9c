"""OpenAI in words: what is asked, and what every documented answer means."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image

from assetgen.catalog.openai import OFFERS
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass
from assetgen.core.requests import Answer, ImageRequest, Request, Source, SpeechRequest
from assetgen.execution.deciding import Decision, Fail, NextSeller, Retry, decide
from assetgen.executors.subtitle import SubtitleExecutor
from assetgen.providers import openai
from assetgen.settings import SubtitleDefaults
from tests.executors.makers import declared, sells

SPEECH = SpeechRequest("tts-1", "Welcome, traveller.", "onyx")
PICTURE = ImageRequest("gpt-image-2:low", "a pier", 1536, 1024)
PROVIDER = openai.connect({}, 1.0)
REFUSED, FAILED, UNUSABLE = OutcomeClass.REFUSED, OutcomeClass.FAILED, OutcomeClass.UNUSABLE


def ended(status: int, body: object, request: Request = SPEECH, headers: dict[str, str] | None = None) -> Outcome:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reading = PROVIDER.read(Answer(status, data, headers or {}), request)
    assert isinstance(reading, Outcome)
    return reading


def error(kind: str, code: str | None, message: str = "The wording drifts.", **more: object) -> dict[str, object]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


def test_everything_that_is_sent_for_speech() -> None:
    call = PROVIDER.build(SPEECH)
    assert call.path == "audio/speech"
    assert call.body == {
        "model": "tts-1",
        "input": "Welcome, traveller.",
        "voice": "onyx",
        "response_format": "pcm",
    }


@pytest.mark.parametrize("speed", [0.85, 1.2])
def test_a_speed_is_sent_unless_it_is_the_voices_own(speed: float) -> None:
    assert PROVIDER.build(SpeechRequest("tts-1", "t", "onyx", speed)).body["speed"] == speed
    assert "speed" not in PROVIDER.build(SpeechRequest("tts-1", "t", "onyx", 1.0)).body


def test_a_pitch_and_instructions_are_never_sent() -> None:
    body = PROVIDER.build(SpeechRequest("tts-1-hd", "t", "onyx", 1.0, -3.0)).body
    assert body.keys() == {"model", "input", "voice", "response_format"}


@pytest.mark.parametrize("offer", [offer for offer in OFFERS if offer.voices], ids=lambda offer: offer.sold_as)
def test_all_fifteen_pairs_are_asked_for_by_voices_that_the_older_models_have(offer: Offer) -> None:
    requests = [SpeechRequest(offer.sold_as, "t", voice.name) for voice in offer.voices.values()]
    asked = [PROVIDER.build(request).body["voice"] for request in requests]
    assert len(asked) == 15
    assert set(asked) == {"alloy", "echo", "fable", "nova", "onyx", "shimmer"}


def test_a_long_text_is_asked_for_in_parts_of_4096_characters_at_most() -> None:
    text = "Der Nebel über der Küste blieb. " * 400
    executor = SubtitleExecutor(SubtitleDefaults(), sells(OFFERS[0]))
    action = executor.prepare(declared("asset_subtitle", id="line", text=text, voice_pace="fast"))
    bodies = [PROVIDER.build(request).body for request in executor.requests(action, OFFERS[0])]
    inputs = [str(body["input"]) for body in bodies]
    assert [len(part) <= 4096 for part in inputs] == [True] * 4
    assert " ".join(inputs) == text.strip()
    assert {(body["voice"], body["speed"]) for body in bodies} == {("nova", 1.2)}


def test_everything_that_is_sent_for_a_picture() -> None:
    call = PROVIDER.build(PICTURE)
    assert call.path == "images/generations"
    assert call.body == {
        "model": "gpt-image-2",
        "prompt": "a pier",
        "size": "1536x1024",
        "quality": "low",
        "n": 1,
        "output_format": "png",
    }


def test_a_model_that_says_no_quality_is_asked_for_none() -> None:
    body = PROVIDER.build(ImageRequest("gpt-image-2.6-flare", "a pier", 1024, 1024)).body
    assert body["model"] == "gpt-image-2.6-flare"
    assert "quality" not in body


def test_another_quality_is_another_purchase() -> None:
    keys = {
        PROVIDER.build(ImageRequest(f"gpt-image-2:{quality}", "a pier", 1024, 1024)).key("openai", "real")
        for quality in ("low", "medium", "high")
    }
    assert len(keys) == 3


def test_a_seed_and_a_negative_prompt_are_unknown_to_it() -> None:
    full = ImageRequest("gpt-image-2", "a pier", 1024, 1024, 7, "people")
    assert PROVIDER.build(full).body.keys() == {"model", "prompt", "size", "n", "output_format"}


@pytest.mark.parametrize(
    ("status", "body", "kind", "code", "decision"),
    [
        (401, error("invalid_request_error", "invalid_api_key"), REFUSED, "auth", NextSeller),
        (403, error("request_forbidden", "unsupported_country_region_territory"), REFUSED, "auth", NextSeller),
        (403, error("invalid_request_error", "model_not_found"), REFUSED, "model_unavailable", NextSeller),
        (404, error("invalid_request_error", "model_not_found"), REFUSED, "model_unavailable", NextSeller),
        (404, b"<html>Not Found</html>", REFUSED, "model_unavailable", NextSeller),
        (400, error("invalid_request_error", "model_not_found"), REFUSED, "model_unavailable", NextSeller),
        (400, error("invalid_request_error", "unknown_parameter"), REFUSED, "invalid_request", Fail),
        (400, error("invalid_request_error", None), REFUSED, "invalid_request", Fail),
        (422, {"detail": [{"msg": "speed"}]}, REFUSED, "invalid_request", Fail),
        (429, error("requests", "rate_limit_exceeded"), REFUSED, "rate_limited", Retry),
        (429, error("tokens", "rate_limit_exceeded"), REFUSED, "rate_limited", Retry),
        (429, error("rate_limit_error", "slow_down"), REFUSED, "rate_limited", Retry),
        (429, b"", REFUSED, "rate_limited", Retry),
        (429, error("insufficient_quota", None), REFUSED, "quota", NextSeller),
        (429, error("insufficient_quota", "insufficient_quota"), REFUSED, "quota", NextSeller),
        (429, error("insufficient_quota", "credit_balance_exhausted"), REFUSED, "quota", NextSeller),
        (429, error("x", "organization_spend_limit_exceeded"), REFUSED, "quota", NextSeller),
        (429, error("x", "project_spend_limit_exceeded"), REFUSED, "quota", NextSeller),
        (429, error("x", "organization_usage_limit_exceeded"), REFUSED, "quota", NextSeller),
        (400, error("invalid_request_error", "billing_hard_limit_reached"), REFUSED, "quota", NextSeller),
        (500, error("server_error", None), FAILED, "service_error", Retry),
        (503, error("server_error", None), REFUSED, "service_down", Retry),
        (400, error("image_generation_user_error", "moderation_blocked"), REFUSED, "content_refused", Fail),
        (400, error("invalid_request_error", "content_policy_violation"), REFUSED, "content_refused", Fail),
    ],
)
@pytest.mark.parametrize("request_", [SPEECH, PICTURE], ids=["speech", "picture"])
def test_every_documented_error(
    status: int, body: object, kind: OutcomeClass, code: str, decision: type[Decision], request_: Request
) -> None:
    outcome = ended(status, body, request_)
    assert (outcome.kind, outcome.code, outcome.status) == (kind, code, status)
    assert outcome.message
    assert isinstance(decide(outcome, [], 1.0), decision)


def test_words_alone_never_decide() -> None:
    outcome = ended(429, error("requests", "rate_limit_exceeded", "You exceeded your current quota."))
    assert (outcome.code, isinstance(decide(outcome, [], 1.0), Retry)) == ("rate_limited", True)
    assert ended(400, error("x", None, "moderation_blocked: model_not_found")).code == "invalid_request"


def test_the_services_words_follow_ours() -> None:
    outcome = ended(400, error("image_generation_user_error", "moderation_blocked", "Rejected by the safety system."))
    assert outcome.message == "The prompt was refused (400 Bad Request): Rejected by the safety system."


def test_what_is_said_of_a_wrong_key_is_not_repeated_for_it_quotes_the_key() -> None:
    outcome = ended(401, error("invalid_request_error", "invalid_api_key", "Incorrect API key provided: sk-abcd1234."))
    assert outcome.message == "The key was refused (401 Unauthorized)."


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, error("requests", "rate_limit_exceeded"), 7.0),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, error("requests", None), 360.0),
        ({}, error("requests", "rate_limit_exceeded", "Limit: 3 / min. Please try again in 20s. Visit …"), 20.0),
        ({}, error("requests", "rate_limit_exceeded"), None),
    ],
)
def test_a_wait_is_understood_in_every_way_in_which_it_is_told(
    headers: dict[str, str], body: object, seconds: float | None
) -> None:
    assert ended(429, body, headers=headers).retry_after == seconds


@pytest.mark.parametrize(("stage", "kind"), [("output", UNUSABLE), ("input", REFUSED)])
def test_a_picture_that_was_made_and_withheld_may_have_been_billed(stage: str, kind: OutcomeClass) -> None:
    details = {"moderation_stage": stage, "categories": ["sexual"]}
    blocked = error("image_generation_user_error", "moderation_blocked", moderation_details=details)
    outcome = ended(400, blocked, PICTURE)
    assert (outcome.kind, outcome.code) == (kind, "content_refused")
    assert isinstance(decide(outcome, [], 1.0), Fail)


def picture(width: int, height: int, kind: str = "PNG") -> str:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(buffer, kind)
    return base64.b64encode(buffer.getvalue()).decode()


def test_a_picture_is_what_its_bytes_say() -> None:
    outcome = ended(200, {"created": 1, "data": [{"b64_json": picture(1536, 1024, "WEBP")}], "usage": {}}, PICTURE)
    assert outcome.content is not None
    assert (outcome.content.media_type, outcome.content.width) == ("image/webp", 1536)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"data": []}, "no picture"),
        ({"data": [{"b64_json": "AAAA"}, {"b64_json": "AAAA"}]}, "2 pictures instead of one"),
        ({"data": [{"b64_json": "@@"}]}, "not the base64"),
        ({"data": [{"b64_json": picture(512, 256)}]}, "512x256 pixels instead of 1536x1024"),
        (error("server_error", None, "Something went wrong."), "Something went wrong."),
        (b"<html></html>", "no JSON"),
        (b"", "empty"),
    ],
)
def test_what_is_no_picture_is_unusable(body: object, words: str) -> None:
    outcome = ended(200, body, PICTURE)
    assert (outcome.kind, outcome.code) == (UNUSABLE, "unusable_image")
    assert words in outcome.message


def test_a_picture_may_lie_at_an_address() -> None:
    body = json.dumps({"data": [{"url": "http://127.0.0.1:8080/generated-images/a.png"}]}).encode()
    reading = PROVIDER.read(Answer(200, body), PICTURE)
    assert reading == Elsewhere("http://127.0.0.1:8080/generated-images/a.png")
    file = PROVIDER.read(Answer(404, b"", source=Source.FILE), PICTURE)
    assert isinstance(file, Outcome)
    assert file.code == "expired"


@pytest.mark.parametrize("status", [204, 206, 999])
def test_a_status_that_leaves_nothing_to_use_is_named_after_what_was_bought(status: int) -> None:
    assert ended(status, b"").code == "unusable_audio"
    assert ended(status, b"", PICTURE).code == "unusable_image"
