"""Google Cloud Text-to-Speech: narration in base64. Its API: https://docs.cloud.google.com/text-to-speech/docs/reference/rest."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from assetgen.catalog.google import language
from assetgen.catalog.services import SERVICES
from assetgen.core.actions import JSON
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Outcome, OutcomeClass, unusable
from assetgen.core.provider import Probed, Provider
from assetgen.core.requests import Answer, Call, Request, SpeechRequest
from assetgen.providers import bodies, outcomes, spoken
from assetgen.providers._http import Client
from assetgen.providers.outcomes import UnreadableError
from assetgen.providers.probing import probed

SERVICE = SERVICES["google"]
OFFERS: tuple[Offer, ...] = ()
"""Its rows stand in the catalog."""

REASONS: Mapping[str, str] = {"API_KEY_INVALID": "auth", "BILLING_DISABLED": "quota"}
"""What some reasons tell beyond the status beside them: https://cloud.google.com/apis/design/errors#error_info."""


def connect(environment: Mapping[str, str], timeout: float) -> Provider:
    """The service by the key and the address in the environment. Raises ValidationError for a wrong address."""
    # The API also takes the key in its address, from where it would come into logs.
    return Google(
        Client(SERVICE, environment, timeout, header="X-Goog-Api-Key", form="{}", unusable_as=spoken.UNUSABLE)
    )


class Google:
    """Answers a request with its sound, as samples in a WAV."""

    name = SERVICE.name

    def __init__(self, client: Client) -> None:
        self._client = client

    def build(self, request: Request) -> Call:
        assert isinstance(request, SpeechRequest), "it sells speech"
        # Some families refuse pitch and speed even where they change nothing.
        tuning: dict[str, JSON] = {"speakingRate": request.speed} if request.speed != 1 else {}
        tuning |= {"pitch": request.pitch} if request.pitch else {}
        return Call(
            "text:synthesize",
            {
                "input": {"text": request.text},
                "voice": {"languageCode": language(request.voice), "name": request.voice},
                # Its MP3 has 32 kilobits a second, and parts can be joined exactly as samples only.
                "audioConfig": {"audioEncoding": "LINEAR16", **tuning},
            },
        )

    async def call(self, call: Call) -> Answer:
        return await self._client.post(call)

    def read(self, answer: Answer, request: Request) -> Outcome:
        assert isinstance(request, SpeechRequest), "it sells speech"
        if outcomes.classify(answer.status)[0] is not OutcomeClass.GOOD:
            return _unsuccessful(answer)
        try:
            sound = _sound(outcomes.parsed(answer))
        except UnreadableError as error:
            return unusable(spoken.UNUSABLE, str(error))
        return spoken.wave(dataclasses.replace(answer, body=sound), request)

    async def probe(self, deadline: float) -> Probed:
        answer = await self._client.send("GET", "voices?languageCode=en-US", deadline=deadline)
        return probed(answer, _unsuccessful)

    async def warm(self, calls: int) -> None:
        await self._client.warm(calls)

    async def close(self) -> None:
        await self._client.close()


def _sound(body: Mapping[str, JSON]) -> bytes:
    """The WAV that an answer holds. Raises UnreadableError where there is none."""
    match body:
        case {"audioContent": str(text)} if text:
            return outcomes.unbased(text)
        case {"error": _}:
            words = outcomes.quoted(bodies.error_of(body)["message"])
            raise UnreadableError(f"The answer holds an error instead of a sound: {words}")
        case _:
            raise UnreadableError("The answer holds no sound.")


def _unsuccessful(answer: Answer) -> Outcome:
    body = outcomes.details(answer)
    said, code = bodies.error_of(body)["message"], _code(answer.status, body)
    return outcomes.unsuccessful(answer, said=said, code=code, unusable_as=spoken.UNUSABLE, body=dict(body))


def _code(status: int, body: Mapping[str, JSON]) -> str:
    """What a refusal is beyond its status. A wrong key is a bad request here."""
    if status == 404:
        return "model_unavailable"
    if not 400 <= status < 500:
        return ""
    return next((code for reason, code in REASONS.items() if reason in _reasons(body)), "")


def _reasons(body: Mapping[str, JSON]) -> list[JSON]:
    match body:
        case {"error": {"details": [*details]}}:
            return [detail.get("reason") for detail in details if isinstance(detail, dict)]
        case _:
            return []
