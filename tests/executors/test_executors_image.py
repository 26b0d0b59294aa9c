from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from assetgen.catalog.models import MODELS
from assetgen.core.actions import ImageAction
from assetgen.core.offers import Offer, Sizes
from assetgen.core.outcomes import Content
from assetgen.core.requests import ImageRequest
from assetgen.executors.image import ImageExecutor
from assetgen.settings import ImageDefaults
from tests.executors.makers import declared, execute, image_offer, sells


def executor(offer: Offer | None = None, image_format: str = "png") -> ImageExecutor:
    return ImageExecutor(ImageDefaults(), "in oil", image_format, MODELS, sells(offer or image_offer()))


def action(**changes: object) -> ImageAction:
    return executor().prepare(declared("asset_image", **{"id": "ch1/pier", "prompt": "a pier", **changes}))


def picture(width: int, height: int, kind: str = "PNG") -> Content:
    buffer = BytesIO()
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.save(buffer, kind)
    return Content(buffer.getvalue(), f"image/{kind.lower()}", width, height)


def test_defaults_and_style_fill_what_was_left_out() -> None:
    made = action()
    assert (made.width, made.height, made.model) == (1024, 768, "flux-schnell")
    assert (made.prompt, made.enhanced_prompt) == ("a pier", "a pier, in oil")


def test_a_seller_is_asked_only_for_what_it_takes() -> None:
    asked = action(seed=7, negative_prompt="people")
    (bare,) = executor(image_offer()).requests(asked, image_offer())
    assert bare == ImageRequest("flux", "a pier, in oil", 1024, 768)
    offer = image_offer(takes=frozenset({"seed", "negative_prompt"}))
    (full,) = executor(offer).requests(asked, offer)
    assert (full.seed, full.negative_prompt) == (7, "people")


@pytest.mark.parametrize(
    ("came", "kind"), [((64, 48), "PNG"), ((200, 200), "PNG"), ((64, 48), "JPEG"), ((90, 30), "WEBP")]
)
def test_whatever_comes_a_png_of_exactly_the_wanted_size_is_delivered(came: tuple[int, int], kind: str) -> None:
    result, storage = execute(executor(), action(size="64x48"), [picture(*came, kind)])
    with Image.open(BytesIO(storage.read("images/ch1/pier.png"))) as delivered:
        assert (delivered.format, delivered.size) == ("PNG", (64, 48))
    assert (result.metadata["width"], result.metadata["height"], result.url) == (64, 48, "images/ch1/pier.png")


def test_a_picture_that_is_right_is_delivered_byte_for_byte() -> None:
    came = picture(64, 48)
    _, storage = execute(executor(), action(size="64x48"), [came])
    assert storage.read("images/ch1/pier.png") == came.data


def test_the_original_keeps_the_format_in_which_it_came() -> None:
    came = picture(64, 48, "JPEG")
    result, storage = execute(executor(image_format="original"), action(size="64x48"), [came])
    assert result.files[0].path == "images/ch1/pier.jpg"
    assert storage.read("images/ch1/pier.jpg") == came.data


def test_a_fixed_size_is_asked_for_and_the_wanted_one_cut_from_it() -> None:
    offer = image_offer(Sizes(fixed=((1024, 1024), (1344, 768))))
    (request,) = executor(offer).requests(action(size="640x360"), offer)
    assert (request.width, request.height) == (1344, 768)


@pytest.mark.parametrize("size", ["32x64", "64x3000"])
def test_a_size_that_the_model_cannot_make_is_an_error(size: str) -> None:
    found = executor().validate(action(size=size))
    assert not found.ok
    assert (found.findings[0].code, found.findings[0].field) == ("limit", ("size",))
