"""What Together sells and refuses of pictures: models, prices, fields, and the words of its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from assetgen.core.actions import JSON
from tests.services.fields import Complaint, Field, Wrong

SCHNELL = "black-forest-labs/FLUX.1-schnell"
FLUX_2 = "black-forest-labs/FLUX.2-dev"
DEDICATED = ("black-forest-labs/FLUX.1-schnell-Free", "stabilityai/stable-diffusion-xl-base-1.0")
"""Listed, and refused to whoever has no endpoint of their own."""


@dataclass(frozen=True, slots=True)
class Model:
    """What one model takes. `price` is micro-dollars for a megapixel at `steps` steps."""

    price: int
    steps: int
    most_steps: int
    honours_format: bool


MODELS = {SCHNELL: Model(2700, 4, 4, honours_format=False), FLUX_2: Model(15_400, 28, 50, honours_format=True)}
RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:2")
SIDE = Field(int, least=256, most=1792, step=16)
FIELDS: Mapping[str, Field] = {
    "prompt": Field(str, required=True, shortest=1),
    "model": Field(str, required=True),
    "steps": Field(int, least=1, most=50),
    "width": SIDE,
    "height": SIDE,
    "n": Field(int, least=1, most=4),
    "seed": Field(int),
    "negative_prompt": Field(str),
    "response_format": Field(str, choices=("base64", "url")),
    "output_format": Field(str, choices=("jpeg", "png")),
    "guidance_scale": Field(float, least=0, most=100),
    "disable_safety_checker": Field(bool),
    "image_url": Field(str),
    "reference_images": Field(list),
    "image_loras": Field(list),
    "aspect_ratio": Field(str, choices=RATIOS),
}
NOT_FOR_SCHNELL = ("guidance_scale", "image_url", "reference_images")
FAILURES: Mapping[int, tuple[str, str, str | None]] = {
    400: ("The request is invalid.", "invalid_request_error", None),
    401: (
        "Invalid API key provided. You can find your API key at https://api.together.ai/settings/api-keys.",
        "invalid_request_error",
        "invalid_api_key",
    ),
    402: (
        (
            "Credit limit exceeded, please [add credits](https://api.together.ai/settings/billing). If you've already "
            "made a payment, please wait up to 5 minutes for it to be processed."
        ),
        "credit_limit",
        None,
    ),
    403: ("You do not have access to this model.", "forbidden", None),
    404: ("The endpoint or the model was not found.", "invalid_request_error", "not_found"),
    422: ("The prompt was refused: safety checker violation.", "invalid_request_error", "safety_violation"),
    429: (
        (
            f"You have reached the rate limit specific to this model {SCHNELL}. The maximum rate limit for this model "
            "is 60 queries per minute."
        ),
        "model_rate_limit",
        None,
    ),
    500: ("The server had an error while processing your request.", "server_error", None),
    503: ("The engine is currently overloaded, please try again later.", "service_unavailable", None),
}


def unsuitable(body: Mapping[str, JSON], model: Model) -> Complaint | None:
    """What this very model doesn't take. The specification's default for `steps` is 20, for every model."""
    if not 1 <= cast("int", body.get("steps", 20)) <= model.most_steps:
        return Complaint("steps", Wrong.RANGE, f"must be between 1 and {model.most_steps}")
    foreign = [name for name in NOT_FOR_SCHNELL if name in body and not model.honours_format]
    return Complaint(foreign[0], Wrong.UNKNOWN, "is not supported by this model") if foreign else None
