"""Together AI: pictures and speech, made while one waits. Its API: https://docs.together.ai/reference."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assetgen.catalog.services import SERVICES
from assetgen.core.actions import JSON
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Outcome, OutcomeClass, Reading
from assetgen.core.provider import Probed, Provider
from assetgen.core.requests import Answer, Call, ImageRequest, Request, Source, SpeechRequest
from assetgen.providers import bodies, outcomes, spoken
from assetgen.providers._http import Client
from assetgen.providers.probing import probed

SERVICE = SERVICES["together"]
OFFERS: tuple[Offer, ...] = ()
"""Its rows stand in the catalog."""

PICTURES = "images/generations"
SPEECH = "audio/speech"
FILE_HOSTS = ("together.ai", "together.xyz")
STEPS = {"black-forest-labs/FLUX.1-schnell": 4}
"""The usual steps of a model, which its price is for. The service's own default is 20, more than this one takes."""

_UNSAFE = re.compile(r"safety|nsfw|moderat|content.policy", re.IGNORECASE)
_NOT_SERVED = re.compile(r"model_not_(available|found)|non-serverless", re.IGNORECASE)
_TOO_LONG = re.compile(r"max_tokens|too (?:large|long)", re.IGNORECASE)
"""What a 403 is documented for; of a key it speaks only with other words."""
_NO_MONEY = re.compile(r"credit_limit|insufficient_quota|credit limit exceeded", re.IGNORECASE)


def connect(environment: Mapping[str, str], timeout: float) -> Provider:
    """The service by the key and the address in the environment. Raises ValidationError for a wrong address."""
    return Together(Client(SERVICE, environment, timeout))


class Together:
    """Answers a request with its sound, or with its picture, or now and then with an address of it."""

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
        return await self._client.download(url, allowed=FILE_HOSTS)

    def read(self, answer: Answer, request: Request) -> Reading:
        if isinstance(request, ImageRequest) and answer.source is Source.FILE:
            return outcomes.file(answer, request)
        good = outcomes.classify(answer.status)[0] is OutcomeClass.GOOD
        match request:
            case ImageRequest():
                return bodies.picture(answer, request) if good else _unsuccessful(answer, bodies.UNUSABLE)
            case SpeechRequest():
                return spoken.wave(answer, request) if good else _unsuccessful(answer, spoken.UNUSABLE)

    async def probe(self, deadline: float) -> Probed:
        return probed(await self._client.send("GET", "models", deadline=deadline), _unsuccessful)

    async def warm(self, calls: int) -> None:
        await self._client.warm(calls)

    async def close(self) -> None:
        await self._client.close()


def _picture(request: ImageRequest) -> dict[str, JSON]:
    body: dict[str, JSON] = {
        "model": request.model,
        "prompt": request.prompt,
        "width": request.width,
        "height": request.height,
        "n": 1,
        "response_format": "base64",
        # Models that can't do it send JPEG all the same, which is seen from the bytes. Those that can lose nothing.
        "output_format": "png",
    }
    optional = {
        "steps": STEPS.get(request.model),
        "seed": request.seed,
        "negative_prompt": request.negative_prompt,
    }
    return body | {name: value for name, value in optional.items() if value is not None}


def _speech(request: SpeechRequest) -> dict[str, JSON]:
    return {
        "model": request.model,
        "input": request.text,
        "voice": request.voice,
        "response_format": "wav",
        # Otherwise it may be numbers of another kind: the default is `pcm_f32le`.
        "response_encoding": "pcm_s16le",
    }


def _unsuccessful(answer: Answer, unusable_as: str = "") -> Outcome:
    body = outcomes.details(answer)
    error = bodies.error_of(body)
    code = _code(answer.status, " ".join(error.values()))
    return outcomes.unsuccessful(answer, said=error["message"], code=code, unusable_as=unusable_as, body=dict(body))


def _code(status: int, words: str) -> str:
    """What the words of a refusal tell beyond its status."""
    if not 400 <= status < 500:
        return ""
    if _NO_MONEY.search(words):
        return "quota"
    if status == 403 and _TOO_LONG.search(words):
        return "invalid_request"
    if status == 404 or (status in {400, 403} and _NOT_SERVED.search(words)):
        return "model_unavailable"
    return "content_refused" if status in {400, 422} and _UNSAFE.search(words) else ""
