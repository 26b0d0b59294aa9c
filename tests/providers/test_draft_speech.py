"""Draft speech: distinguishable, repeatable, and of the right length; a hum where no voice is at hand."""

from __future__ import annotations

import asyncio
import math
import statistics
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest

from assetgen.catalog.draft import VOICES
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Call, SpeechRequest
from assetgen.media.sounds import Sound, level, read_wav
from assetgen.providers.draft.provider import DraftProvider
from assetgen.providers.draft.speech import Engine, find_engine, speak

LINE = "The old lighthouse keeper raised his lantern."
ENGINE = find_engine()
needs_voice = pytest.mark.skipif(ENGINE is None, reason="the `speech` extra isn't installed")


def request(text: str = LINE, voice: str = "en-us+f2", speed: float = 1.0, pitch: float = 0.0) -> SpeechRequest:
    return SpeechRequest("openai-tts", text, voice, speed, pitch)


def spoken(requests: Sequence[SpeechRequest], engine: Engine | None = ENGINE) -> list[Sound]:
    provider = DraftProvider(engine)

    async def say_all() -> list[bytes]:
        answers = await asyncio.gather(*(provider.call(provider.build(request)) for request in requests))
        outcomes = [provider.read(answer, request) for answer, request in zip(answers, requests, strict=True)]
        return [outcome.content.data if outcome.content else b"" for outcome in outcomes]

    return [read_wav(data) for data in asyncio.run(say_all())]


def fundamental(sound: Sound) -> float:
    """The median pitch of the voiced stretches, in hertz, by autocorrelation at half the sample rate."""
    values, rate = sound.values()[::2], sound.rate // 2
    window = rate // 25
    found = [
        _pitch(values[at : at + 2 * window], window, rate) for at in range(0, len(values) - 2 * window, window * 5)
    ]
    return statistics.median(pitch for pitch in found if pitch)


def _pitch(values: array[int], window: int, rate: int) -> float | None:
    energy = sum(value * value for value in values[:window])
    if energy / window < 400**2:
        return None
    likeness = {lag: _likeness(values, window, lag) for lag in range(rate // 400, rate // 65, 1)}
    best = max(likeness, key=lambda lag: likeness[lag])
    return rate / best if likeness[best] > 0.85 else None


def _likeness(values: array[int], window: int, lag: int) -> float:
    first, second = values[:window], values[lag : lag + window]
    product = sum(a * b for a, b in zip(first, second, strict=True))
    return product / (math.sqrt(sum(a * a for a in first) * sum(b * b for b in second)) + 1)


@needs_voice
def test_the_same_words_give_the_same_bytes() -> None:
    first, second = spoken([request(), request()])
    assert first == second


@needs_voice
def test_all_fifteen_voices_speak_and_differ() -> None:
    sounds = spoken([request(voice=voice.name) for voice in VOICES.values()])
    assert len(VOICES) == 15
    assert len({sound.samples for sound in sounds}) == 15
    assert all(-32 < level(sound).rms < -14 for sound in sounds)


@needs_voice
def test_masculine_voices_are_lower_than_neutral_ones_and_those_lower_than_feminine_ones() -> None:
    sounds = spoken([request("Raise the lantern.", voice.name) for voice in VOICES.values()])
    pitches = dict(zip(VOICES, map(fundamental, sounds), strict=True))
    masculine, neutral, feminine = (
        statistics.mean(pitch for pair, pitch in pitches.items() if pair.startswith(gender))
        for gender in ("masculine", "neutral", "feminine")
    )
    assert masculine * 1.2 < neutral
    assert neutral * 1.15 < feminine


@needs_voice
def test_speed_and_pitch_do_what_they_say() -> None:
    slow, normal, fast = spoken([request(speed=speed) for speed in (0.8, 1.0, 1.25)])
    assert slow.duration > normal.duration * 1.15 > fast.duration * 1.3
    low, high = spoken([request(pitch=pitch) for pitch in (-5, 3)])
    assert fundamental(low) * 1.3 < fundamental(high)


@needs_voice
def test_the_pace_is_that_of_a_narrator() -> None:
    (sound,) = spoken([request(LINE * 3)])
    words_per_minute = len(LINE.split()) * 3 / sound.duration * 60
    assert 100 < words_per_minute < 200


@needs_voice
@pytest.mark.parametrize(
    "text", ["…", " ", "—", "a" * 3000, "日本語のテキスト。", "🦄", "\0x", "<b>x</b>", "[[f00]]", "Привет"]
)
def test_any_text_makes_a_sound(text: str) -> None:
    (sound,) = spoken([request(text)])
    assert sound.duration > 0.1
    assert level(sound).peak > -40


@needs_voice
@pytest.mark.parametrize("voice", ["en-us+nobody", "nowhere", "../../etc/passwd"])
def test_an_unknown_voice_is_a_failure_not_another_voice(voice: str) -> None:
    provider = DraftProvider(ENGINE)
    unknown = request(voice=voice)
    outcome = provider.read(asyncio.run(provider.call(provider.build(unknown))), unknown)
    assert outcome.kind is OutcomeClass.FAILED
    assert voice in outcome.message


@needs_voice
def test_a_voice_that_takes_too_long_is_stopped() -> None:
    call = DraftProvider(ENGINE).build(request("word " * 4000))
    with pytest.raises(AttemptError) as raised:
        asyncio.run(speak(call.body, ENGINE, seconds=0.02))
    assert raised.value.outcome.code == "timeout"


def test_a_broken_engine_is_a_failure_with_a_reason() -> None:
    provider = DraftProvider(Engine(Path("/nowhere/libespeak-ng.so"), Path("/nowhere")))
    outcome = provider.read(asyncio.run(provider.call(provider.build(request()))), request())
    assert outcome.kind is OutcomeClass.FAILED
    assert "libespeak-ng.so" in outcome.message


def test_without_an_engine_a_hum_takes_as_long_as_the_words_would() -> None:
    slow, normal, fast = spoken([request(LINE * 2, speed=speed) for speed in (0.8, 1.0, 1.25)], engine=None)
    assert slow.duration > normal.duration > fast.duration
    assert 90 < len(LINE.split()) * 2 / normal.duration * 60 < 220
    assert -40 < level(normal).peak < -15


def test_a_hum_is_deterministic_soft_and_never_clicks() -> None:
    first, second = spoken([request(), request()], engine=None)
    assert first == second
    steps = [abs(a - b) for a, b in zip(first.values(), first.values()[1:], strict=False)]
    assert max(steps) < 400


@pytest.mark.parametrize("text", ["…", "", "a" * 500, "日本語"])
def test_a_hum_can_be_made_for_any_text(text: str) -> None:
    (sound,) = spoken([request(text)], engine=None)
    assert sound.duration > 0.1


def test_a_request_without_text_is_refused() -> None:
    answer = asyncio.run(DraftProvider(None).call(Call("speech", {})))
    assert answer.status == 500


@needs_voice
@pytest.mark.slow
def test_speech_can_be_understood() -> None:
    pocketsphinx = pytest.importorskip("pocketsphinx", reason="the recogniser `pocketsphinx` isn't installed")
    line = "We have three days before winter comes, and the river is already cold."
    decoder = pocketsphinx.Decoder(samprate=16000, loglevel="FATAL")
    heard = []
    for sound in spoken([request(line, voice) for voice in ("en-us+f2", "en-us+m6", "en-us+benjamin")]):
        values = sound.values()
        slower = array("h", (values[step * sound.rate // 16000] for step in range(round(sound.duration * 16000))))
        decoder.start_utt()
        decoder.process_raw(bytes(8000) + slower.tobytes() + bytes(8000), full_utt=True)
        decoder.end_utt()
        heard.append(set(decoder.hyp().hypstr.split()))
    said = set(line.lower().replace(",", "").replace(".", "").split())
    assert statistics.mean(len(words & said) / len(said) for words in heard) > 0.5
