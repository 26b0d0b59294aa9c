from __future__ import annotations

from assetgen.catalog.models import CHAINS, MODELS, Link
from assetgen.catalog.services import SERVICES
from assetgen.core.actions import Kind


def test_the_models_are_there_under_their_names() -> None:
    kinds = {name: model.kind for name, model in MODELS.items()}
    assert kinds == {
        "flux-schnell": Kind.IMAGE,
        "sdxl": Kind.IMAGE,
        "gpt-image-2": Kind.IMAGE,
        "openai-tts": Kind.SUBTITLE,
        "google-tts": Kind.SUBTITLE,
        "kokoro": Kind.SUBTITLE,
        "orpheus": Kind.SUBTITLE,
    }
    assert all(name == model.name for name, model in MODELS.items())


def test_only_pictures_have_sizes_and_every_model_says_what_it_is() -> None:
    for model in MODELS.values():
        assert (model.sizes is not None) == (model.kind is Kind.IMAGE)
        assert model.summary.endswith(".")


def test_every_picture_model_makes_the_three_sizes_of_the_strict_form() -> None:
    for model in MODELS.values():
        if model.sizes:
            assert model.sizes.smallest <= 768
            assert model.sizes.largest >= 1024


def test_the_default_chains_are_the_documented_ones() -> None:
    chains = dict(CHAINS)
    assert chains == {
        "flux-schnell": (Link("together"), Link("replicate"), Link(model="sdxl")),
        "sdxl": (Link("replicate"), Link(model="flux-schnell")),
        "gpt-image-2": (Link("openai", "gpt-image-2:medium"), Link(model="flux-schnell")),
        "openai-tts": (Link("openai", "tts-1"), Link(model="google-tts")),
        "google-tts": (Link("google"), Link(model="openai-tts")),
        "kokoro": (Link("together"), Link(model="google-tts")),
        "orpheus": (Link("together"), Link(model="google-tts")),
    }


def test_chains_name_only_services_and_models_that_exist() -> None:
    for link in (link for chain in CHAINS.values() for link in chain):
        assert link.model in MODELS if link.alternative else link.provider in SERVICES
