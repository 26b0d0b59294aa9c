"""One narration: bought in parts where it is long, joined, encoded once, with captions timed by sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assetgen.catalog.google import longest_sentence
from assetgen.catalog.speech import PITCH_BY_TONE, SPEED_BY_PACE, voice_key
from assetgen.core.actions import JSON, Kind, SubtitleAction
from assetgen.core.context import ExecutionContext
from assetgen.core.costs import CostEstimate
from assetgen.core.errors import ApiError
from assetgen.core.offers import Offer, Seller, Voice
from assetgen.core.outcomes import Content
from assetgen.core.requests import SpeechRequest
from assetgen.core.results import AssetResult, MadeFile, Making
from assetgen.core.validation import Finding, Severity, ValidationResult
from assetgen.dsl.actions import AssetSubtitle
from assetgen.executors.pricing import range_of
from assetgen.media.captions import cues, webvtt
from assetgen.media.problems import MediaError
from assetgen.media.sentences import split
from assetgen.media.sounds import Sound, check_speech, encode_mp3, join, mp3_duration, read_pcm, read_wav
from assetgen.settings import SubtitleDefaults

MP3 = "audio/mpeg"


@dataclass(frozen=True, slots=True)
class Narration:
    """What is delivered of one narration; `duration` in seconds is the MP3's."""

    mp3: bytes
    captions: str
    duration: float
    warning: str | None


class SubtitleExecutor:
    """Makes `asset_subtitle` actions."""

    kind = Kind.SUBTITLE

    def __init__(self, defaults: SubtitleDefaults, sellers: Callable[[str], tuple[Seller, ...]]) -> None:
        self._defaults = defaults
        self._sellers = sellers

    def prepare(self, declared: AssetSubtitle) -> SubtitleAction:
        return SubtitleAction(
            id=declared.id,
            text=declared.text,
            voice_tone=declared.voice_tone or self._defaults.voice_tone,
            voice_gender=declared.voice_gender or self._defaults.voice_gender,
            voice_pace=declared.voice_pace or self._defaults.voice_pace,
            model=declared.model or self._defaults.model,
        )

    def fields(self, action: SubtitleAction) -> dict[str, JSON]:
        return {
            "text": action.text,
            "voice_tone": action.voice_tone,
            "voice_gender": action.voice_gender,
            "voice_pace": action.voice_pace,
            "model": action.model,
        }

    def outputs(self, action: SubtitleAction) -> tuple[str, ...]:
        return _audio_path(action.id), _captions_path(action.id)

    def needs(self, action: SubtitleAction) -> tuple[str, ...]:
        return ()

    def validate(self, action: SubtitleAction) -> ValidationResult:
        sellers = self.sellers(action)
        if not sellers or action.voice_pace == "normal" or _takes_speed(action, sellers[0].offer):
            return ValidationResult()
        message = f"the voice of `{action.model}` for this tone has one pace only: `{action.voice_pace}` has no effect"
        return ValidationResult((Finding("setting_dropped", message, ("voice_pace",), Severity.WARNING),))

    def sellers(self, action: SubtitleAction) -> tuple[Seller, ...]:
        return self._sellers(action.model)

    def requests(self, action: SubtitleAction, offer: Offer) -> tuple[SpeechRequest, ...]:
        voice = _voice(action, offer)
        speed = SPEED_BY_PACE[action.voice_pace] if _takes_speed(action, offer) else 1.0
        pitch = PITCH_BY_TONE[action.voice_tone] if "pitch" in offer.takes and voice.takes_pitch else 0.0
        return tuple(SpeechRequest(offer.sold_as, part, voice.name, speed, pitch) for part in _parts(action, offer))

    def estimate_cost(self, action: SubtitleAction) -> CostEstimate:
        return range_of((seller.offer, self.requests(action, seller.offer)) for seller in self.sellers(action))

    async def execute(self, action: SubtitleAction, context: ExecutionContext) -> AssetResult:
        parts = await context.produce()
        narration, (audio, captions) = await context.publish(_made, action, tuple(part.content for part in parts))
        first = parts[0].purchase
        metadata: dict[str, JSON] = {
            "duration": narration.duration,
            "text": action.text,
            "model": first.model,
            "provider": first.provider,
            "voice": first.request.voice if isinstance(first.request, SpeechRequest) else "",
            "captions": captions.path,
            "captions_sha256": captions.sha256,
            "degraded": any(part.degraded for part in parts),
        }
        return AssetResult(
            action.id,
            audio.url,
            metadata,
            duration=narration.duration,
            files=(audio, captions),
            warnings=_narration_rate(narration.warning),
        )


def _made(action: SubtitleAction, contents: tuple[Content, ...]) -> Making[Narration]:
    narration = narrate(action, contents)
    audio = MadeFile(_audio_path(action.id), narration.mp3, MP3)
    captions = MadeFile(_captions_path(action.id), narration.captions.encode(), "text/vtt")
    return Making((audio, captions), narration)


def narrate(action: SubtitleAction, contents: tuple[Content, ...]) -> Narration:
    """Join the parts and encode them once; a single MP3 that a service sent is delivered as it came.

    Raises:
        ApiError: The parts can't be joined, or are not what MP3 can hold.
    """
    try:
        if len(contents) == 1 and contents[0].media_type == MP3:
            return _as_it_came(action, contents[0].data)
        return _encoded(action, join([_sound(content) for content in contents]))
    except MediaError as error:
        raise ApiError(
            f"what was bought can't be made into a narration: {error.message}",
            details={"code": "unusable_audio"},
            help="have the service send WAV or PCM, all of one rate",
        ) from error


def _as_it_came(action: SubtitleAction, mp3: bytes) -> Narration:
    duration = mp3_duration(mp3)
    silent = Sound(bytes(2 * round(duration * 8000)), 8000)
    return Narration(mp3, webvtt(cues(action.text, silent), action.id), round(duration, 6), None)


def _encoded(action: SubtitleAction, sound: Sound) -> Narration:
    pair = voice_key(action.voice_gender, action.voice_tone)
    mp3 = encode_mp3(sound, title=action.id, comment=f"{action.model} {pair}")
    captions = webvtt(cues(action.text, sound), action.id)
    return Narration(mp3, captions, round(mp3_duration(mp3), 6), check_speech(sound, action.text))


def _sound(content: Content) -> Sound:
    match content.media_type:
        case "audio/wav":
            return read_wav(content.data)
        case "audio/pcm":
            return read_pcm(content.data, content.sample_rate or 24000)
        case other:
            raise MediaError(f"A part of it came as {other}, which can't be joined.")


def _parts(action: SubtitleAction, offer: Offer) -> list[str]:
    return split(action.text, offer.text_limit, longest_sentence(offer)) if offer.text_limit else [action.text]


def _voice(action: SubtitleAction, offer: Offer) -> Voice:
    return offer.voices[voice_key(action.voice_gender, action.voice_tone)]


def _takes_speed(action: SubtitleAction, offer: Offer) -> bool:
    return "speed" in offer.takes and _voice(action, offer).takes_speed


def _narration_rate(warning: str | None) -> tuple[Finding, ...]:
    return (Finding("narration_rate", warning, ("text",), Severity.WARNING),) if warning else ()


def _audio_path(identifier: str) -> str:
    return f"audio/{identifier}.mp3"


def _captions_path(identifier: str) -> str:
    return f"captions/{identifier}.vtt"
