"""Together in words: what is asked, and what every documented answer means."""

from __future__ import annotations

import base64
import io
import json

import pytest
from PIL import Image

from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass, Reading
from assetgen.core.requests import Answer, ImageRequest
from assetgen.providers import together

MODEL = "black-forest-labs/FLUX.1-schnell"
REQUEST = ImageRequest(MODEL, "a pier", 512, 256)
PROVIDER = together.connect({}, 1.0)


def picture(width: int = 512, height: int = 256, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def based(data: bytes) -> str:
    return base64.b64encode(data).decode()


def read(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Reading:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PROVIDER.read(Answer(status, data, headers or {}), REQUEST)


def ended(body: object, status: int = 200, headers: dict[str, str] | None = None) -> Outcome:
    reading = read(body, status, headers)
    assert isinstance(reading, Outcome)
    return reading


def test_everything_that_is_sent() -> None:
    call = PROVIDER.build(REQUEST)
    assert call.path == "images/generations"
    assert call.body == {
        "model": MODEL,
        "prompt": "a pier",
        "width": 512,
        "height": 256,
        "steps": 4,
        "n": 1,
        "response_format": "base64",
        "output_format": "png",
    }


def test_a_seed_and_a_negative_prompt_are_sent_when_they_are_set_also_when_they_are_nothing() -> None:
    call = PROVIDER.build(ImageRequest(MODEL, "a pier", 512, 256, 0, ""))
    assert (call.body["seed"], call.body["negative_prompt"]) == (0, "")


def test_another_model_has_its_own_usual_steps() -> None:
    assert "steps" not in PROVIDER.build(ImageRequest("black-forest-labs/FLUX.2-dev", "a pier", 512, 256)).body


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_picture_is_what_its_bytes_say(kind: str, media_type: str) -> None:
    data = picture(kind=kind)
    outcome = ended({"id": "o8R", "data": [{"index": 0, "type": "b64_json", "b64_json": based(data)}]})
    assert outcome.good
    assert outcome.content is not None
    assert outcome.content.data == data
    assert (outcome.content.media_type, outcome.content.width, outcome.content.height) == (media_type, 512, 256)


def test_an_address_instead_of_bytes_is_followed() -> None:
    url = "https://api.together.ai/imgproxy/abc"
    assert read({"data": [{"index": 0, "type": "url", "url": url}]}) == Elsewhere(url)


@pytest.mark.parametrize(
    ("size", "good"), [((1024, 512), True), ((256, 128), True), ((255, 256), False), ((512, 127), False)]
)
def test_another_size_is_good_unless_it_is_less_than_half(size: tuple[int, int], good: bool) -> None:
    outcome = ended({"data": [{"b64_json": based(picture(*size))}]})
    assert outcome.good is good
    assert good or f"{size[0]}x{size[1]} pixels instead of 512x256" in outcome.message


SOUND = based(picture())


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><h1>Welcome</h1>", "no JSON"),
        (b'{"data":[{"b64_json":"', "no JSON"),
        (b'{"index":NaN,"data":[]}', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        ({"data": []}, "no picture"),
        ({"data": None}, "no picture"),
        ({"data": [{"b64_json": None}]}, "no picture"),
        ({"data": [{"b64_json": SOUND}] * 2}, "2 pictures instead of one"),
        ({"error": {"message": "Something\nwent wrong."}}, "an error instead of a picture: Something went wrong."),
        ({"error": "boom"}, "an error instead of a picture: boom"),
        ({"data": [{"b64_json": ""}]}, "picture"),
        ({"data": [{"b64_json": SOUND + "*"}]}, "base64"),
        ({"data": [{"b64_json": SOUND[:40] + "\n" + SOUND[40:]}]}, "base64"),
        ({"data": [{"b64_json": based(b"\xfb\xff\xfe" * 9).translate(str.maketrans("+/", "-_"))}]}, "base64"),
        ({"data": [{"b64_json": "é"}]}, "base64"),
        ({"data": [{"b64_json": based(picture()[:900])}]}, "cut off"),
        ({"data": [{"b64_json": based(b"<svg xmlns='http://www.w3.org/2000/svg'/>")}]}, "no PNG, JPEG or WebP"),
    ],
)
def test_what_is_paid_for_and_no_picture_is_unusable(body: object, message: str) -> None:
    outcome = ended(body)
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNUSABLE, "unusable_image")
    assert message in outcome.message


def test_a_compressed_answer_is_not_read() -> None:
    outcome = ended({"data": [{"b64_json": SOUND}]}, headers={"content-encoding": "gzip"})
    assert (outcome.kind, outcome.code) == (OutcomeClass.UNUSABLE, "unusable_image")
    assert "compressed" in outcome.message


def error(message: str, kind: str, code: str | None = None) -> object:
    return {"id": "oyGk652-…", "error": {"message": message, "type": kind, "param": None, "code": code}}


DEDICATED = (
    "Unable to access non-serverless model X. Please visit https://api.together.ai/models/X to create and start a new "
    "dedicated endpoint for the model."
)


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (400, error(DEDICATED, "invalid_request_error", "model_not_available"), "model_unavailable", "not served"),
        (400, error(DEDICATED, "invalid_request_error"), "model_unavailable", "non-serverless model X"),
        (400, error("width must be between 64 and 1792", "invalid_request_error"), "invalid_request", "width must"),
        (
            401,
            error("Invalid API key provided.", "invalid_request_error", "invalid_api_key"),
            "auth",
            "key was refused",
        ),
        (402, error("Credit limit exceeded, please [add credits](…)", "credit_limit"), "quota", "no credit left"),
        (429, error("Credit limit exceeded", "credit_limit"), "quota", "no credit left"),
        (403, error("You may not.", "forbidden"), "auth", "You may not."),
        (
            403,
            error("The sum of input tokens and max_tokens is too large.", "invalid_request"),
            "invalid_request",
            "is too large",
        ),
        (404, error("Unable to access model X.", "invalid_request_error", "model_not_found"), "model_unavailable", "X"),
        (422, error("safety checker violation", "invalid_request_error"), "content_refused", "prompt was refused"),
        (422, error("NSFW content detected", "invalid_request_error"), "content_refused", "prompt was refused"),
        (422, error("n: too large", "invalid_request_error"), "invalid_request", "not accepted"),
        (429, error("You have reached the rate limit …", "model_rate_limit"), "rate_limited", "rate limit"),
        (503, error("The engine is overloaded", "service_unavailable"), "service_down", "overloaded"),
    ],
)
def test_every_documented_refusal(status: int, body: object, code: str, message: str) -> None:
    outcome = ended(body, status)
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeClass.REFUSED, code, status)
    assert message in outcome.message


def test_a_safety_filter_that_breaks_is_no_refusal_of_the_content() -> None:
    outcome = ended(error("The safety checker crashed", "server_error"), 500)
    assert (outcome.kind, outcome.code) == (OutcomeClass.FAILED, "service_error")


def test_the_wait_of_a_limit_is_that_of_its_header() -> None:
    limited = error("You have reached the rate limit", "model_rate_limit")
    headers = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "0.25"}
    assert ended(limited, 429, headers).retry_after == 0.25
    assert ended(limited, 429, {**headers, "retry-after": "3"}).retry_after == 3.0


@pytest.mark.parametrize("body", [b"\xff\xfe", {"error": None}, {"error": [1]}, {"error": {"message": 7, "code": {}}}])
def test_a_refusal_with_strange_words_is_still_a_refusal(body: object) -> None:
    assert ended(body, 400).code == "invalid_request"
