"""OpenAI: speech as raw samples, pictures as base64. Its API: https://developers.openai.com/api/reference.

Many servers copied this API. They are reached through the service's base URL, and asked in the same words: what they do
differently is seen from their answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.catalog.openai import quality
from assetgen.catalog.services import SERVICES
from assetgen.core.actions import JSON
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Outcome, OutcomeClass, Reading
from assetgen.core.provider import Probed, Provider
from assetgen.core.requests import Answer, Call, ImageRequest, Request, Source, SpeechRequest
from assetgen.providers import bodies, outcomes, spoken
from assetgen.providers._http import Client
from assetgen.providers.probing import probed

SERVICE = SERVICES["openai"]
OFFERS: tuple[Offer, ...] = ()
"""Its rows stand in the catalog."""

PICTURES = "images/generations"
SPEECH = "audio/speech"
RATE = 24_000
"""Samples a second of `pcm`: https://developers.openai.com/api/docs/guides/text-to-speech."""

ASKED_TO_BE_WHOLE = frozenset({"kokoro"})
"""Models of servers that send sound while they make it, and just end where they fail. OpenAI itself refuses to be
told."""

NO_MONEY = frozenset(
    {
        "billing_hard_limit_reached",
        "credit_balance_exhausted",
        "insufficient_quota",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
        "project_spend_limit_exceeded",
    }
)
"""Waiting doesn't help, although most of them come with 429."""
UNSAFE = frozenset({"content_policy_violation", "moderation_blocked"})
NOT_SERVED = frozenset({"invalid_model", "model_not_found"})


def connect(environment: Mapping[str, str], timeout: float) -> Provider:
    """The service by the key and the address in the environment. Raises ValidationError for a wrong address."""
    return OpenAI(Client(SERVICE, environment, timeout))


class OpenAI:
    """Answers a request with its picture or its sound. Nothing that it makes can be made again: it takes no seed."""

    name = SERVICE.name

    def __init__(self, client: Client) -> None:
        self._client = client

    def build(self, request: Request) -> Call:
        match request:
            case ImageRequest():
                return Call(PICTURES, _picture(request))
            case SpeechRequest():
                return Call(SPEECH, _speech(request))

    async def call(self, call: Call) -> Answer:
        return await self._client.post(call, unusable_as=bodies.UNUSABLE if call.path == PICTURES else spoken.UNUSABLE)

    async def fetch(self, url: str) -> Answer:
        """Only what lies at the service's own address: some servers keep their pictures there."""
        return await self._client.download(url)

    def read(self, answer: Answer, request: Request) -> Reading:
        if isinstance(request, ImageRequest) and answer.source is Source.FILE:
            return outcomes.file(answer, request)
        good = outcomes.classify(answer.status)[0] is OutcomeClass.GOOD
        match request:
            case ImageRequest():
                return bodies.picture(answer, request) if good else _unsuccessful(answer, bodies.UNUSABLE)
            case SpeechRequest():
                return spoken.samples(answer, request, RATE) if good else _unsuccessful(answer, spoken.UNUSABLE)

    async def probe(self, deadline: float) -> Probed:
        return probed(await self._client.send("GET", "models", deadline=deadline), _unsuccessful)

    async def warm(self, calls: int) -> None:
        await self._client.warm(calls)

    async def close(self) -> None:
        await self._client.close()


def _picture(request: ImageRequest) -> dict[str, JSON]:
    model, chosen = quality(request.model)
    body: dict[str, JSON] = {
        "model": model,
        "prompt": request.prompt,
        "size": f"{request.width}x{request.height}",
        "n": 1,
        "output_format": "png",
    }
    return body | ({"quality": chosen} if chosen else {})


def _speech(request: SpeechRequest) -> dict[str, JSON]:
    body: dict[str, JSON] = {
        "model": request.model,
        "input": request.text,
        "voice": request.voice,
        # Parts can be joined exactly as samples only, and its WAV says nothing that isn't known.
        "response_format": "pcm",
    }
    body |= {"speed": request.speed} if request.speed != 1 else {}
    return body | ({"stream": False} if request.model in ASKED_TO_BE_WHOLE else {})


def _unsuccessful(answer: Answer, unusable_as: str = "") -> Outcome:
    body = outcomes.details(answer)
    error = bodies.error_of(body)
    code = _code(answer.status, {error["type"], error["code"]})
    # With 401 it quotes a part of the key.
    said = error["message"] if answer.status != 401 else ""
    outcome = outcomes.unsuccessful(answer, said=said, code=code, unusable_as=unusable_as, body=dict(body))
    return _as_paid(outcome) if code == "content_refused" and _was_withheld(body) else outcome


def _code(status: int, names: set[str]) -> str:
    """What a refusal's names tell beyond its status. The wording drifts, so it is never looked at."""
    if not 400 <= status < 500:
        return ""
    if names & NO_MONEY:
        return "quota"
    if status == 404 or names & NOT_SERVED:
        return "model_unavailable"
    return "content_refused" if names & UNSAFE else ""


def _was_withheld(body: Mapping[str, JSON]) -> bool:
    """Whether the picture was made, looked at, and then kept back."""
    match body:
        case {"error": {"moderation_details": {"moderation_stage": "output"}}}:
            return True
        case _:
            return False


def _as_paid(outcome: Outcome) -> Outcome:
    # Nobody says that such a picture is free.
    return Outcome(OutcomeClass.UNUSABLE, outcome.code, outcome.message, outcome.status)
