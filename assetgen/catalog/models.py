"""The models that an actions file may name, and who serves each of them by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assetgen.core.actions import Kind
from assetgen.core.offers import Sizes


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a model's chain: who is asked next.

    With `provider` alone, that provider serves the model itself; with both, it serves it under this id of its own;
    with `model` alone, another model stands in, and what it makes is degraded.
    """

    provider: str = ""
    model: str = ""

    @property
    def alternative(self) -> bool:
        return not self.provider


@dataclass(frozen=True, slots=True)
class Model:
    """A model by the name that users write.

    Attributes:
        sizes: What may be asked of it, in pixels a side; None for speech. A service that makes other sizes is asked
            for the nearest larger one, and the picture is scaled and cropped.
        chain: Who serves it, in order, where the configuration says nothing else.
    """

    name: str
    kind: Kind
    sizes: Sizes | None
    summary: str
    chain: tuple[Link, ...]


_ALL = (
    Model(
        "flux-schnell",
        Kind.IMAGE,
        Sizes(smallest=64, largest=1792),
        "FLUX.1 [schnell]: quick and cheap, follows long prompts well.",
        (Link("together"), Link("replicate"), Link(model="sdxl")),
    ),
    Model(
        "sdxl",
        Kind.IMAGE,
        Sizes(smallest=64, largest=2048),
        "Stable Diffusion XL: slower, painterly, takes a seed and a negative prompt.",
        (Link("replicate"), Link(model="flux-schnell")),
    ),
    Model(
        "gpt-image-2",
        Kind.IMAGE,
        Sizes(smallest=64, largest=1536),
        "OpenAI's GPT Image 2: dear, renders text, follows long descriptions closely.",
        (Link("openai", "gpt-image-2:medium"), Link(model="flux-schnell")),
    ),
    Model(
        "openai-tts",
        Kind.SUBTITLE,
        None,
        "OpenAI's tts-1: natural voices of six speakers, with a choice of pace.",
        (Link("openai", "tts-1"), Link(model="google-tts")),
    ),
    Model(
        "google-tts",
        Kind.SUBTITLE,
        None,
        "Google Cloud Text-to-Speech: many voices, most of them with a choice of pace and pitch.",
        (Link("google"), Link(model="openai-tts")),
    ),
    Model(
        "kokoro",
        Kind.SUBTITLE,
        None,
        "Kokoro: a small open model, quick and cheap, with clear voices of one pace.",
        (Link("together"), Link(model="google-tts")),
    ),
    Model(
        "orpheus",
        Kind.SUBTITLE,
        None,
        "Orpheus: a large open model with eight lively voices of one pace.",
        (Link("together"), Link(model="google-tts")),
    ),
)

MODELS: Mapping[str, Model] = MappingProxyType({model.name: model for model in _ALL})

CHAINS: Mapping[str, tuple[Link, ...]] = MappingProxyType({model.name: model.chain for model in _ALL})
"""The default chains, for those who replace some of them."""
