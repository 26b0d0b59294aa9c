"""What OpenAI sells and refuses: models, prices, fields, and the words of its errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from assetgen.core.actions import JSON
from tests.services.fields import Complaint, Field, Wrong, first_complaint
from tests.services.sounds import RATE
from tests.services.wire import Answer, json_answer

OLD_VOICES = ("alloy", "ash", "coral", "echo", "fable", "onyx", "nova", "sage", "shimmer")
VOICES = (*OLD_VOICES, "ballad", "verse", "marin", "cedar")
CHARACTER_PRICES = {"tts-1": 15, "tts-1-hd": 30}
"""Micro-dollars for a character."""
MINUTE_PRICES = {"gpt-4o-mini-tts": 15_000, "gpt-4o-mini-tts-2025-12-15": 15_000}
"""Micro-dollars for a minute of the sound that comes of it."""
SPEECH_MODELS = (*CHARACTER_PRICES, *MINUTE_PRICES)
IMAGE_MODELS = (
    *("gpt-image-2", "gpt-image-2-2026-04-21", "gpt-image-2.5-sunburst", "gpt-image-2.5-flare"),
    *("gpt-image-2.6-sunburst", "gpt-image-2.6-flare"),
)
IMAGE_PRICES = {"low": (6_000, 5_000), "medium": (53_000, 41_000), "auto": (53_000, 41_000), "high": (211_000, 165_000)}
"""Micro-dollars for a picture of 1024x1024, and for one of 1536x1024 or 1024x1536."""
RETIRED = ("dall-e-2", "dall-e-3", "gpt-image-1")
MEDIA_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "pcm": "audio/pcm"}
UNPLAYABLE = ("opus", "aac", "flac")
"""What the real service can also encode, and this one can't."""

SPEECH: Mapping[str, Field] = {
    "model": Field(str, required=True),
    "input": Field(str, required=True, shortest=1, longest=4096),
    "voice": Field(str, required=True, choices=VOICES),
    "instructions": Field(str, longest=4096),
    "response_format": Field(str, choices=(*MEDIA_TYPES, *UNPLAYABLE)),
    "speed": Field(float, least=0.25, most=4),
    "stream_format": Field(str, choices=("audio",)),
}
IMAGES: Mapping[str, Field] = {
    "prompt": Field(str, required=True, shortest=1, longest=32_000),
    "model": Field(str),
    "n": Field(int, least=1, most=10),
    "size": Field(str),
    "quality": Field(str, choices=tuple(IMAGE_PRICES)),
    "background": Field(str, choices=("transparent", "opaque", "auto")),
    "output_format": Field(str, choices=("png", "jpeg", "webp")),
    "output_compression": Field(int, least=0, most=100),
    "moderation": Field(str, choices=("low", "auto")),
    "stream": Field(bool),
    "partial_images": Field(int, least=0, most=3),
    "user": Field(str),
}
INVALID = "invalid_request_error"
FAILURES: Mapping[int, tuple[str, str, str | None]] = {
    400: (
        "Your request was rejected by the safety system. safety_violations=[sexual].",
        "image_generation_user_error",
        "moderation_blocked",
    ),
    401: (
        (
            "Incorrect API key provided: test-****. You can find your API key at "
            "https://platform.openai.com/account/api-keys."
        ),
        INVALID,
        "invalid_api_key",
    ),
    403: ("Country, region, or territory not supported", "request_forbidden", "unsupported_country_region_territory"),
    404: ("The model does not exist or you do not have access to it.", INVALID, "model_not_found"),
    429: (
        "Rate limit reached for requests. Limit: 500 / min. Please try again in 1s.",
        "requests",
        "rate_limit_exceeded",
    ),
    500: ("The server had an error while processing your request. Sorry about that!", "server_error", None),
    503: ("The engine is currently overloaded, please try again later.", "server_error", None),
}
QUOTA: JSON = {
    "error": {
        "message": "You exceeded your current quota, please check your plan and billing details.",
        "type": "insufficient_quota",
        "param": None,
        "code": "insufficient_quota",
    }
}
"""The other 429, which no waiting helps with."""


def speech_price(model: str, characters: int, sound_bytes: int) -> int:
    """Micro-dollars for a text and for the PCM that came of it."""
    if model in CHARACTER_PRICES:
        return CHARACTER_PRICES[model] * characters
    return math.ceil(Fraction(sound_bytes, 2 * RATE * 60) * MINUTE_PRICES[model])


def image_price(quality: str, width: int, height: int) -> int:
    """Micro-dollars for a picture; what the table doesn't have is billed by its pixels."""
    square, other = IMAGE_PRICES[quality]
    if {width, height} == {1024, 1536}:
        return other
    return math.ceil(Fraction(square * width * height, 1024 * 1024))


def refused_speech(body: Mapping[str, JSON]) -> Answer | None:
    """What is wrong with a request for speech."""
    return _complained(first_complaint(body, SPEECH)) or _unspeakable(body)


def refused_images(body: Mapping[str, JSON]) -> Answer | None:
    """What is wrong with a request for pictures."""
    return _without_format(body) or _complained(first_complaint(body, IMAGES)) or _unpaintable(body)


def _unspeakable(body: Mapping[str, JSON]) -> Answer | None:
    model = cast("str", body["model"])
    if model not in SPEECH_MODELS:
        return _unknown(model)
    if model in CHARACTER_PRICES and body["voice"] not in OLD_VOICES:
        return refused(400, f"The voice `{body['voice']}` is not supported by `{model}`.", parameter="voice")
    if model in CHARACTER_PRICES and "instructions" in body:
        return refused(400, f"`instructions` is not supported by `{model}`.", parameter="instructions")
    if body.get("response_format") in UNPLAYABLE:
        return refused(501, f"This server can't encode {body['response_format']}.", parameter="response_format")
    return None


def _without_format(body: Mapping[str, JSON]) -> Answer | None:
    """GPT image models always answer base64, and refuse to be told so."""
    if "response_format" not in body:
        return None
    message = "Unknown parameter: 'response_format'."
    return refused(400, message, parameter="response_format", code="unknown_parameter")


def _unpaintable(body: Mapping[str, JSON]) -> Answer | None:
    model = cast("str", body.get("model", "dall-e-2"))
    if model in RETIRED:
        return refused(404, f"The model `{model}` has been deprecated.", code="model_not_found")
    if model not in IMAGE_MODELS:
        return _unknown(model)
    if body.get("background") == "transparent" and body.get("output_format") == "jpeg":
        return refused(400, "Transparent background needs png or webp.", parameter="background")
    try:
        width, height = size(body)
    except ValueError:
        width = height = 0
    if not width or width % 16 or height % 16 or not height / 3 <= width <= height * 3 or width * height > 3840 * 2160:
        return refused(400, f"Invalid size {body.get('size')!r}.", parameter="size", code="invalid_value")
    return None


def size(body: Mapping[str, JSON]) -> tuple[int, int]:
    """Width and height in pixels; ValueError for what is no size."""
    text = cast("str", body.get("size", "auto"))
    width, height = ("1024x1024" if text == "auto" else text).split("x")
    return int(width), int(height)


def _unknown(model: str) -> Answer:
    message = f"The model `{model}` does not exist or you do not have access to it."
    return refused(404, message, code="model_not_found")


def _complained(complaint: Complaint | None) -> Answer | None:
    if complaint is None:
        return None
    codes = {Wrong.UNKNOWN: "unknown_parameter", Wrong.REQUIRED: "missing_required_parameter"}
    words = f"Unknown parameter: '{complaint.field}'." if complaint.wrong is Wrong.UNKNOWN else ""
    words = words or f"Invalid '{complaint.field}': it {complaint.message}."
    return refused(400, words, parameter=complaint.field, code=codes.get(complaint.wrong, "invalid_value"))


def refused(
    status: int, message: str, *, kind: str = INVALID, parameter: str | None = None, code: str | None = None
) -> Answer:
    """The documented body of an error."""
    return json_answer(status, {"error": {"message": message, "type": kind, "param": parameter, "code": code}})
