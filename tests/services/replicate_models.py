"""The models that Replicate runs here: their inputs, sizes and prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from assetgen.core.actions import JSON
from tests.services.fields import Field
from tests.services.pictures import Painting

FLUX = "black-forest-labs/flux-schnell"
SDXL = "stability-ai/sdxl"
SDXL_VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
SIZES: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
FLUX_INPUT: Mapping[str, Field] = {
    "prompt": Field(str, required=True),
    "aspect_ratio": Field(str, choices=SIZES),
    "megapixels": Field(str, choices=("1", "0.25")),
    "num_outputs": Field(int, least=1, most=4),
    "num_inference_steps": Field(int, least=1, most=4),
    "seed": Field(int),
    "output_format": Field(str, choices=("webp", "jpg", "png")),
    "output_quality": Field(int, least=0, most=100),
    "disable_safety_checker": Field(bool),
    "go_fast": Field(bool),
}
SCHEDULERS = ("DDIM", "DPMSolverMultistep", "HeunDiscrete", "KarrasDPM", "K_EULER_ANCESTRAL", "K_EULER", "PNDM")
SIDE = Field(int, least=64, most=2048, step=8)
SHARE = Field(float, least=0, most=1)
SDXL_INPUT: Mapping[str, Field] = {
    "prompt": Field(str),
    "negative_prompt": Field(str),
    "width": SIDE,
    "height": SIDE,
    "num_outputs": Field(int, least=1, most=4),
    "num_inference_steps": Field(int, least=1, most=500),
    "guidance_scale": Field(float, least=1, most=50),
    "scheduler": Field(str, choices=SCHEDULERS),
    "seed": Field(int),
    "refine": Field(str, choices=("no_refiner", "expert_ensemble_refiner", "base_image_refiner")),
    "refine_steps": Field(int),
    "high_noise_frac": SHARE,
    "apply_watermark": Field(bool),
    "prompt_strength": SHARE,
    "lora_scale": SHARE,
    "replicate_weights": Field(str),
    "image": Field(str),
    "mask": Field(str),
    "disable_safety_checker": Field(bool),
}
INPUT = {FLUX: FLUX_INPUT, SDXL: SDXL_INPUT}
PRICES = {FLUX: 3000, SDXL: 9000}
"""Micro-dollars for one picture."""


def paintings(model: str, values: Mapping[str, JSON]) -> list[Painting]:
    """The pictures that an input asks for, with the model's defaults."""
    words = f"{values.get('prompt')}\n{values.get('seed')}\n{values.get('negative_prompt')}"
    if model == SDXL:
        width, height = (cast("int", values.get(side, 1024)) for side in ("width", "height"))
        kind = "png"
    else:
        width, height = SIZES[cast("str", values.get("aspect_ratio", "1:1"))]
        if values.get("megapixels") == "0.25":
            width, height = width // 2, height // 2
        kind = {"jpg": "jpeg"}.get(suffix := cast("str", values.get("output_format", "webp")), suffix)
    count = cast("int", values.get("num_outputs", 1))
    return [Painting(width, height, kind, f"{words}\n{index}") for index in range(count)]
