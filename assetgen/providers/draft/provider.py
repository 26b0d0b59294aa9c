"""The draft service: a provider like any other, but that it works here, at once, and for nothing."""

from __future__ import annotations

import asyncio

from assetgen.core.outcomes import Content, Outcome, OutcomeClass, good, unusable
from assetgen.core.requests import Answer, Call, ImageRequest, Request, SpeechRequest
from assetgen.media.pictures import verify
from assetgen.media.problems import MediaError
from assetgen.media.sounds import check_speech, read_wav
from assetgen.providers.draft.drawing import draw
from assetgen.providers.draft.speech import Engine, SpeechError, parameters, speak

VERSION = 1
"""Of the drawings and voices: it changes when the same request would give other bytes."""


class DraftProvider:
    """Draws and speaks. Without an engine it hums."""

    name = "draft"

    def __init__(self, engine: Engine | None) -> None:
        self.engine = engine

    def build(self, request: Request) -> Call:
        match request:
            case ImageRequest():
                return Call("images", {"version": VERSION, "model": request.model, **_drawing(request)})
            case SpeechRequest():
                return Call("speech", {"version": VERSION, "model": request.model, **parameters(request, self.engine)})

    async def call(self, call: Call) -> Answer:
        try:
            match call.body:
                case {"prompt": str(prompt), "width": int(width), "height": int(height), "model": model, "seed": seed}:
                    return _answer("image/png", await asyncio.to_thread(draw, prompt, width, height, f"{model} {seed}"))
                case body:
                    return _answer("audio/wav", await speak(body, self.engine))
        except SpeechError as error:
            return Answer(500, str(error).encode(), {"content-type": "text/plain"})

    def read(self, answer: Answer, request: Request) -> Outcome:
        if answer.status != 200:
            message = answer.body.decode(errors="replace")
            return Outcome(OutcomeClass.FAILED, "service_error", message, answer.status)
        match request:
            case ImageRequest():
                return _read_picture(answer.body, request)
            case SpeechRequest():
                return _read_speech(answer.body, request)

    async def close(self) -> None:
        """Nothing is held open."""


def _drawing(request: ImageRequest) -> dict[str, str | int | None]:
    return {"prompt": request.prompt, "width": request.width, "height": request.height, "seed": request.seed}


def _answer(media_type: str, body: bytes) -> Answer:
    return Answer(200, body, {"content-type": media_type, "content-length": str(len(body))})


def _read_picture(data: bytes, request: ImageRequest) -> Outcome:
    try:
        picture = verify(data, reject_blank=not request.blank)
    except MediaError as error:
        return unusable("unusable_image", error.message)
    if (picture.width, picture.height) != (request.width, request.height):
        return unusable("unusable_image", f"The picture has {picture.width}x{picture.height} pixels.")
    return good(Content(data, picture.media_type, width=picture.width, height=picture.height))


def _read_speech(data: bytes, request: SpeechRequest) -> Outcome:
    try:
        sound = read_wav(data)
        check_speech(sound, request.text)
    except MediaError as error:
        return unusable("unusable_audio", error.message)
    return good(Content(data, "audio/wav", duration=sound.duration, sample_rate=sound.rate))
