from __future__ import annotations

import math
from array import array
from dataclasses import replace
from statistics import mean

import pytest

from assetgen.core.actions import SubtitleAction
from assetgen.core.errors import ApiError
from assetgen.core.offers import Offer, TextLimit, Voice
from assetgen.core.outcomes import Content
from assetgen.executors.subtitle import SubtitleExecutor, narrate
from assetgen.media.sounds import Sound, mp3_duration, write_wav
from assetgen.settings import SubtitleDefaults
from tests.executors.makers import declared, execute, sells, speech_offer

VOICE = Voice("nova", takes_pitch=True)
RATE = 24_000


def executor(offer: Offer | None = None) -> SubtitleExecutor:
    return SubtitleExecutor(SubtitleDefaults(), sells(offer or speech_offer(VOICE)))


def action(text: str = "Nobody said a word. They waited.", **changes: str) -> SubtitleAction:
    return executor().prepare(declared("asset_subtitle", id="line", text=text, **changes))


def tone(seconds: float, amplitude: int = 9_000) -> Sound:
    samples = (round(amplitude * math.sin((number + 5) / 9)) for number in range(round(seconds * RATE)))
    return Sound(array("h", samples).tobytes(), RATE)


def wav(seconds: float, amplitude: int = 9_000) -> Content:
    return Content(write_wav(tone(seconds, amplitude)), "audio/wav", duration=seconds)


@pytest.mark.parametrize(
    ("voice", "takes", "speed", "pitched"),
    [
        (VOICE, ("speed", "pitch"), True, True),
        (VOICE, ("speed",), True, False),
        (Voice("x", takes_pitch=False, takes_speed=False), ("speed", "pitch"), False, False),
    ],
)
def test_a_voice_is_sent_only_what_its_family_takes(
    voice: Voice, takes: tuple[str, ...], speed: bool, pitched: bool
) -> None:
    offer = speech_offer(voice, takes=takes)
    (request,) = executor(offer).requests(action(voice_tone="epic", voice_pace="slow"), offer)
    assert (request.voice, request.speed < 1, request.pitch != 0) == (voice.name, speed, pitched)


def test_a_pace_that_has_no_effect_is_a_warning() -> None:
    offer = speech_offer(Voice("x", takes_speed=False))
    assert [one.code for one in executor(offer).validate(action(voice_pace="fast")).findings] == ["setting_dropped"]
    assert executor(offer).validate(action(voice_pace="normal")).findings == ()


def test_a_long_text_is_split_at_sentences_in_the_sellers_own_measure() -> None:
    text = "Der Nebel über der Küste blieb. " * 20
    for limit in (TextLimit(100), TextLimit(100, bytes=True)):
        offer = speech_offer(VOICE, limit=limit)
        parts = [request.text for request in executor(offer).requests(action(text), offer)]
        assert all(limit.fits(part) for part in parts)
        assert all(part.strip().endswith("blieb.") for part in parts)
        assert " ".join(parts).split() == text.split()


def google() -> Offer:
    return replace(speech_offer(VOICE, limit=TextLimit(5000, bytes=True)), provider="google")


def test_a_sentence_that_google_would_not_speak_is_asked_for_in_pieces() -> None:
    text = "The boats came in. " + ", ".join(["and the bell rang on the north mole"] * 12) + ". Nobody counted."
    first, *others = [request.text for request in executor(google()).requests(action(text), google())]
    assert first.startswith("The boats came in. and the bell rang")
    assert others[-1].endswith("Nobody counted.")
    assert all(len(piece) <= 300 for part in (first, *others) for piece in part.split(". "))
    assert " ".join((first, *others)) == text
    elsewhere = speech_offer(VOICE, limit=TextLimit(4096))
    assert [request.text for request in executor(elsewhere).requests(action(text), elsewhere)] == [text]


def test_parts_are_joined_to_one_narration_of_exact_duration() -> None:
    result, storage = execute(executor(), action(), [wav(1.25), wav(0.75)])
    assert result.duration == pytest.approx(2.0, abs=1 / RATE)
    assert mp3_duration(storage.read("audio/line.mp3")) == pytest.approx(result.duration, abs=1e-6)
    assert storage.get_duration("audio/line.mp3") == pytest.approx(2.0, abs=0.03)


def test_captions_have_a_cue_for_each_sentence_inside_the_duration() -> None:
    _, storage = execute(executor(), action(), [wav(2.0)])
    captions = storage.read("captions/line.vtt").decode()
    assert captions.startswith("WEBVTT")
    assert captions.count("-->") == 2
    assert captions.rstrip().endswith("They waited.")
    assert "00:00:02.000" in captions


def test_raw_samples_are_spoken_at_the_rate_that_they_came_with() -> None:
    content = Content(tone(1.0).samples, "audio/pcm", sample_rate=RATE)
    assert narrate(action(), (content,)).duration == pytest.approx(1.0, abs=1e-4)


def test_a_single_mp3_is_delivered_as_it_came() -> None:
    made = narrate(action(), (wav(1.0),)).mp3
    again = narrate(action(), (Content(made, "audio/mpeg"),))
    assert again.mp3 == made
    assert again.duration == pytest.approx(1.0, abs=1e-3)


MP3 = Content(b"ID3", "audio/mpeg")


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        ((MP3, MP3), "came as audio/mpeg, which can't be joined"),
        ((MP3,), "no MP3 sound"),
        ((wav(0.1), Content(tone(0.1).samples, "audio/pcm", sample_rate=8000)), "one rate"),
        ((Content(tone(0.1).samples, "audio/pcm", sample_rate=12_345),), "12345 Hz"),
        ((Content(bytes(9600), "audio/pcm", sample_rate=RATE),), "silent"),
    ],
)
def test_what_can_be_no_narration_is_said_to_be_unusable(contents: tuple[Content, ...], message: str) -> None:
    with pytest.raises(ApiError, match=message) as caught:
        narrate(action(), contents)
    assert caught.value.details["code"] == "unusable_audio"


def loudness(mp3: bytes) -> list[int]:
    """The gain that each frame of an MP3 at 24 kHz asks its player for: higher is louder."""
    frame = 192
    start = mp3.index(b"Info") - 13 + frame
    # A granule's 8 bits follow 9 of the main data's begin, 12 of the length and 9 of the big values.
    return [int.from_bytes(mp3[at + 4 : at + 9]) >> 2 & 0xFF for at in range(start, len(mp3) - frame + 1, frame)]


def test_what_is_delivered_has_the_parts_in_their_order() -> None:
    heard = loudness(narrate(action(), (wav(1.0, 3_000), wav(1.0, 20_000), wav(1.0, 100))).mp3)
    usual, loud, quiet = (mean(heard[at : at + 30]) for at in (5, 47, 89))
    assert quiet < usual < loud


@pytest.mark.parametrize("samples", [1, 575, 24_000, 70_001])
def test_the_duration_is_that_of_the_samples_within_one_frame(samples: int) -> None:
    made = narrate(action(), (Content(tone(3.0).samples[: 2 * samples], "audio/pcm", sample_rate=RATE),))
    assert made.duration == pytest.approx(samples / RATE, abs=1 / RATE)
    assert 0 <= len(loudness(made.mp3)) * 576 - samples - 576 < 3 * 576


def test_a_narration_of_an_odd_pace_is_a_warning() -> None:
    result, _ = execute(executor(), action("Yes."), [wav(20.0)])
    assert [one.code for one in result.warnings] == ["narration_rate"]
