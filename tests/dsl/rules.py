"""What the tests of the language take for granted."""

from __future__ import annotations

from pathlib import Path

from assetgen.dsl.checking import Document, Rules, parse

RULES = Rules(image_models=("flux-schnell", "sdxl"), speech_models=("openai-tts", "google-tts"))
CORPUS = Path(__file__).parent / "corpus"


def codes(document: Document) -> list[str]:
    return [problem.code for problem in document.problems]


def check(text: str) -> Document:
    """A text, as somebody would write it between the quotes of a test."""
    return parse(text, RULES)
