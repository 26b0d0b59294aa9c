"""Together AI: pictures, made while one waits. Its API: https://docs.together.ai/reference/post-images-generations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assetgen.catalog.services import SERVICES
from assetgen.core.actions import JSON
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass, Reading, unusable
from assetgen.core.ports import Provider
from assetgen.core.requests import Answer, Call, ImageRequest, Request, Source
from assetgen.providers import outcomes
from assetgen.providers._http import Client
from assetgen.providers.outcomes import UnreadableError

SERVICE = SERVICES["together"]
OFFERS: tuple[Offer, ...] = ()
"""Its rows stand in the catalog."""

UNUSABLE = "unusable_image"
FILE_HOSTS = ("together.ai", "together.xyz")
STEPS = {"black-forest-labs/FLUX.1-schnell": 4}
"""The usual steps of a model, which its price is for. The service's own default is 20, more than this one takes."""

_UNSAFE = re.compile(r"safety|nsfw|moderat|content.policy", re.IGNORECASE)
_NOT_SERVED = re.compile(r"model_not_(available|found)|non-serverless", re.IGNORECASE)
_NO_MONEY = re.compile(r"credit_limit|insufficient_quota|credit limit exceeded", re.IGNORECASE)


def connect(environment: Mapping[str, str], timeout: float) -> Provider:
    """The service by the key and the address in the environment. Raises ValidationError for a wrong address."""
    return Together(Client(SERVICE, environment, timeout, unusable_as=UNUSABLE))


class Together:
    """Answers a request with its picture, or now and then with an address of it."""

    name = SERVICE.name

    def __init__(self, client: Client) -> None:
        self._client = client

    def build(self, request: Request) -> Call:
        assert isinstance(request, ImageRequest), "it sells pictures"
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
        return Call("images/generations", body | {name: value for name, value in optional.items() if value is not None})

    async def call(self, call: Call) -> Answer:
        return await self._client.post(call)

    async def fetch(self, url: str) -> Answer:
        return await self._client.download(url, allowed=FILE_HOSTS)

    def read(self, answer: Answer, request: Request) -> Reading:
        assert isinstance(request, ImageRequest), "it sells pictures"
        if answer.source is Source.FILE:
            return outcomes.file(answer, request)
        if outcomes.classify(answer.status)[0] is not OutcomeClass.GOOD:
            return _unsuccessful(answer)
        try:
            return _picture(outcomes.parsed(answer), request)
        except UnreadableError as error:
            return unusable(UNUSABLE, str(error))

    async def close(self) -> None:
        await self._client.close()


def _picture(body: Mapping[str, JSON], request: ImageRequest) -> Reading:
    match body:
        case {"data": [{"b64_json": str(text)}]}:
            return outcomes.picture(outcomes.unbased(text), request)
        case {"data": [{"url": str(url)}]}:
            return Elsewhere(url)
        case {"data": [_, _, *_] as several}:
            raise UnreadableError(f"The answer holds {len(several)} pictures instead of one.")
        case {"error": _}:
            words = outcomes.quoted(_error(body)["message"])
            raise UnreadableError(f"The answer holds an error instead of a picture: {words}")
        case _:
            raise UnreadableError("The answer holds no picture.")


def _unsuccessful(answer: Answer) -> Outcome:
    body = outcomes.details(answer)
    error = _error(body)
    code = _code(answer.status, " ".join(error.values()))
    return outcomes.unsuccessful(answer, said=error["message"], code=code, unusable_as=UNUSABLE, body=dict(body))


def _error(body: Mapping[str, JSON]) -> dict[str, str]:
    """The message, type and code of an error, empty where there are none."""
    error = body.get("error")
    found = error if isinstance(error, dict) else {"message": error}
    return {name: str(found.get(name) or "") for name in ("message", "type", "code")}


def _code(status: int, words: str) -> str:
    """What the words of a refusal tell beyond its status."""
    if not 400 <= status < 500:
        return ""
    if _NO_MONEY.search(words):
        return "quota"
    if status == 404 or (status in {400, 403} and _NOT_SERVED.search(words)):
        return "model_unavailable"
    return "content_refused" if status in {400, 422} and _UNSAFE.search(words) else ""
