"""The three kinds of assets in the words of the screens, and sellers by the name that users know."""

from __future__ import annotations

from dataclasses import dataclass

from assetgen.core.actions import Kind
from assetgen.core.jobs import Candidate, Job

LOCAL = "local"
"""The provider of what is made here, free."""


@dataclass(frozen=True, slots=True)
class Words:
    """A kind as a heading, as a noun, as the folder of its files, and as what is being done to make it."""

    title: str
    noun: str
    folder: str
    doing: str


def words(kind: Kind) -> Words:
    match kind:
        case Kind.IMAGE:
            return Words("Images", "image", "images", "generating")
        case Kind.SUBTITLE:
            return Words("Narration", "narration", "audio", "speaking")
        case Kind.CUTSCENE:
            return Words("Cutscenes", "cutscene", "cutscenes", "building")


def seller(provider: str, model: str) -> str:
    """`together/flux-schnell`, or `local` for what is made here."""
    return f"{provider}/{model}" if provider and model else provider or model or LOCAL


def first_choice(job: Job) -> Candidate | None:
    """The candidate that is asked first: the first that can be asked now; None for what is made here."""
    able = (candidate for candidate in job.candidates if not candidate.unavailable)
    return next(able, job.candidates[0] if job.candidates else None)


def chosen(job: Job) -> tuple[str, str]:
    """The provider and the model of the first choice; both empty for what is made here."""
    choice = first_choice(job)
    return (choice.offer.provider, choice.offer.model) if choice else ("", "")
