"""Requests in Replicate's words."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.catalog.replicate import OFFERS
from assetgen.core.actions import JSON
from assetgen.core.requests import Call, ImageRequest

LONGEST_HOLD = 30
"""Seconds that the service may hold back its answer until the picture is there. A warm model is done in a third of it;
an answer that is held longer is more easily lost on the way, and with it, for a while, the job's id."""

LONGEST = {offer.sold_as: offer.longest for offer in OFFERS}

RATIOS: Mapping[tuple[int, int], str] = {
    (1024, 1024): "1:1",
    (1344, 768): "16:9",
    (1536, 640): "21:9",
    (1216, 832): "3:2",
    (832, 1216): "2:3",
    (896, 1088): "4:5",
    (1088, 896): "5:4",
    (896, 1152): "3:4",
    (1152, 896): "4:3",
    (768, 1344): "9:16",
    (640, 1536): "9:21",
}
"""The pictures that a model without sizes makes of a megapixel, by their aspect ratio."""


def build(request: ImageRequest) -> Call:
    """A community model, `owner/name:version`, is run by its version; an official one, `owner/name`, by its name."""
    name, _, version = request.model.partition(":")
    if version:
        return Call("predictions", {"version": version, "input": _sized(request)})
    return Call(f"models/{name}/predictions", {"input": _in_ratio(request)})


def headers(call: Call, timeout: float) -> dict[str, str]:
    """How the job is to be run, which is no part of what is bought."""
    hold = {"Prefer": f"wait={max(1, min(LONGEST_HOLD, int(timeout / 2)))}"}
    longest = next((LONGEST[model] for model in LONGEST if _runs(call, model)), None)
    return {**hold, "Cancel-After": f"{longest}s"} if longest else hold


def is_of(call: Call, item: Mapping[str, JSON]) -> bool:
    """Whether a listed job is one of the call's model."""
    if "version" in call.body:
        return item.get("version") == call.body["version"]
    return call.path == f"models/{item.get('model')}/predictions"


def asks_the_same(call: Call, item: Mapping[str, JSON]) -> bool:
    """Whether a listed job was asked for all that the call asks for; the service may add its own defaults."""
    wanted, given = call.body["input"], item.get("input")
    assert isinstance(wanted, dict), "every call has an input"
    return isinstance(given, dict) and all(given.get(name) == value for name, value in wanted.items())


def _sized(request: ImageRequest) -> dict[str, JSON]:
    fixed: dict[str, JSON] = {
        "prompt": request.prompt,
        "width": request.width,
        "height": request.height,
        "num_outputs": 1,
        # On where nothing is said; it changes the picture, if hardly visibly.
        "apply_watermark": False,
    }
    return fixed | _given({"seed": request.seed, "negative_prompt": request.negative_prompt})


def _in_ratio(request: ImageRequest) -> dict[str, JSON]:
    fixed: dict[str, JSON] = {
        "prompt": request.prompt,
        "aspect_ratio": _nearest_ratio(request.width, request.height),
        "megapixels": "1",
        "num_outputs": 1,
        "output_format": "png",
    }
    # The quick way of the model gives another picture each time, so it is off where a seed asks for the same one.
    return fixed | ({"seed": request.seed, "go_fast": False} if request.seed is not None else {})


def _nearest_ratio(width: int, height: int) -> str:
    nearest = min(RATIOS, key=lambda size: abs(size[0] * height - width * size[1]) / (size[1] * height))
    return RATIOS.get((width, height), RATIOS[nearest])


def _given(fields: Mapping[str, JSON]) -> dict[str, JSON]:
    return {name: value for name, value in fields.items() if value is not None}


def _runs(call: Call, model: str) -> bool:
    name, _, version = model.partition(":")
    return call.body.get("version") == version if version else call.path == f"models/{name}/predictions"
