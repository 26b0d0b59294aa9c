"""Narration bought by the real command from the strict services."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from assetgen.catalog.offers import OFFERS
from assetgen.catalog.speech import GENDERS, PACES, PITCH_BY_TONE, SPEED_BY_PACE, TONES, voice_key
from assetgen.core.actions import Kind
from assetgen.core.offers import Offer
from assetgen.media.sounds import mp3_duration
from assetgen.providers.registry import BUILT_IN
from tests.e2e.command import Command, Ended
from tests.services.faults import Fault
from tests.services.server import Services

SPEAKING = {offer.model: offer for offer in OFFERS if offer.kind is Kind.SUBTITLE and offer.provider in BUILT_IN}
FRAME = 576 / 24_000
LINES = list(itertools.product(TONES, GENDERS, PACES))
PER_SECOND = 15
"""The characters that the services speak in a second."""


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running
        assert running.violations == []


@pytest.fixture
def studio(assetgen: Command, services: Services) -> Command:
    """An empty folder, and keys for the services on this machine."""
    assetgen.environment.update(services.environment())
    return assetgen


def line(identifier: str, text: str, tone: str = "calm", gender: str = "neutral", pace: str = "normal") -> Any:
    return {
        "type": "asset_subtitle",
        "id": identifier,
        "text": text,
        "voice_tone": tone,
        "voice_gender": gender,
        "voice_pace": pace,
    }


def record(studio: Command, model: str, *lines: Any) -> Any:
    """The result of a run over these lines that ended well."""
    studio.write("lines.json", json.dumps([{**one, "model": model} for one in lines]))
    done = studio("run", "lines.json", "--json")
    assert done.code == 0, done.err
    return done.json()


def audio(studio: Command) -> dict[str, Any]:
    manifest = json.loads((studio.folder / "out/manifest.json").read_text(encoding="utf-8"))
    return {one["id"]: one for one in manifest["audio"]}


def bodies(services: Services, provider: str) -> list[Any]:
    return [seen.body for seen in services.requests if seen.service == provider]


def texts(services: Services, provider: str) -> list[str]:
    return [body["input"]["text"] if provider == "google" else body["input"] for body in bodies(services, provider)]


def micros(usd: str) -> int:
    return round(float(usd) * 1_000_000)


def booked(studio: Command) -> int:
    return sum(micros(row["booked_usd"]) for row in studio("ledger", "show", "--json", "--all").json()["rows"])


def speed(offer: Offer, tone: str, gender: str, pace: str) -> float:
    return SPEED_BY_PACE[pace] if offer.voices[voice_key(gender, tone)].takes_speed else 1.0


@pytest.mark.parametrize("model", SPEAKING)
def test_every_tone_gender_and_pace_is_bought_once_and_to_the_micro_dollar(
    model: str, studio: Command, services: Services
) -> None:
    offer = SPEAKING[model]
    lines = [line("_".join(words), f"This is how {' and '.join(words)} sounds.", *words) for words in LINES]
    result = record(studio, model, *lines)
    assert services.bill.creates(offer.provider) == len(services.bill.entries) == len(lines) == 45
    assert micros(result["cost"]["spent_usd"]) == services.bill.total == booked(studio) > 0
    dropped = [words for words in LINES if words[2] != "normal" and speed(offer, *words) == 1]
    assert [one["code"] for one in result["warnings"]].count("setting_dropped") == len(dropped)
    manifest = audio(studio)
    for words, one in zip(LINES, lines, strict=True):
        made = manifest[one["id"]]
        assert made["voice"] == offer.voices[voice_key(words[1], words[0])].name
        assert made["duration"] == pytest.approx(len(one["text"]) / PER_SECOND / speed(offer, *words), abs=FRAME)
        assert made["duration"] == pytest.approx(mp3_duration((studio.folder / "out" / made["path"]).read_bytes()))
    asked = len(services.requests)
    assert record(studio, model, *lines)["counts"]["cached"] == len(lines)
    assert len(services.requests) == asked


def test_google_is_told_of_pitch_and_speed_what_the_family_of_the_voice_takes(
    studio: Command, services: Services
) -> None:
    studio.write(
        "assetgen.yaml",
        "voices: {google-tts: {neutral-calm: en-US-Studio-O, feminine-urgent: en-US-Chirp3-HD-Kore, "
        "masculine-epic: en-US-Chirp-HD-D, masculine-urgent: en-US-Standard-B}}",
    )
    pairs = [("calm", "neutral"), ("urgent", "feminine"), ("epic", "masculine"), ("urgent", "masculine")]
    pairs += [("mysterious", "feminine")]
    result = record(
        studio, "google-tts", *(line(f"{tone}_{who}", "Ten chars.", tone, who, "slow") for tone, who in pairs)
    )
    sent = {body["voice"]["name"]: body["audioConfig"] for body in bodies(services, "google")}
    slow, pitch, linear = {"speakingRate": 0.85}, PITCH_BY_TONE, {"audioEncoding": "LINEAR16"}
    assert sent == {
        "en-US-Studio-O": linear | slow,
        "en-US-Chirp3-HD-Kore": linear | slow,
        "en-US-Chirp-HD-D": linear,
        "en-US-Standard-B": linear | slow | {"pitch": pitch["urgent"]},
        "en-US-Neural2-G": linear | slow | {"pitch": pitch["mysterious"]},
    }
    assert services.bill.total == 10 * (160 + 30 + 30 + 4 + 16)
    assert micros(result["estimate"]["min_usd"]) == services.bill.total == booked(studio)
    assert [one["id"] for one in result["warnings"] if one["code"] == "setting_dropped"] == ["epic_masculine"]


def test_the_key_is_in_no_address(studio: Command, services: Services) -> None:
    record(studio, "google-tts", line("one", "Nobody said a word."))
    (seen,) = services.requests
    assert services.environment()["GOOGLE_API_KEY"] not in seen.path
    assert seen.headers["x-goog-api-key"] == services.environment()["GOOGLE_API_KEY"]


def book(offer: Offer, parts: int) -> str:
    """A text of numbered sentences that needs so many requests."""
    assert offer.text_limit is not None
    sentence = "灯台の鐘が{}回鳴る。" if offer.text_limit.bytes else "Bell {} rang twice. "
    text = "".join(sentence.format(number) for number in range(1000))
    cut = next(
        end for end in range(len(text)) if offer.text_limit.measure(text[:end]) > (parts - 0.95) * offer.text_limit.most
    )
    return text[:cut].strip()


def spoken_in(captions: str) -> str:
    """The words of a WebVTT file's cues."""
    return "".join(block.partition("\n")[2] for block in captions.split("\n\n") if "-->" in block)


@pytest.mark.parametrize("model", ["openai-tts", "google-tts"])
def test_a_long_text_is_spoken_in_order_and_whole(model: str, studio: Command, services: Services) -> None:
    offer = SPEAKING[model]
    text = book(offer, 3)
    result = record(studio, model, line("long", text, pace="fast"))
    said = texts(services, offer.provider)
    assert len(said) == 3
    assert all(offer.text_limit.fits(part) for part in said if offer.text_limit)
    assert "".join("".join(said).split()) == "".join(text.split())
    seconds = sum(len(part) for part in said) / PER_SECOND / speed(offer, "calm", "neutral", "fast")
    assert audio(studio)["long"]["duration"] == pytest.approx(seconds, abs=FRAME)
    captions = (studio.folder / "out/captions/long.vtt").read_text(encoding="utf-8")
    assert "".join(spoken_in(captions).split()) == "".join(text.split())
    assert micros(result["cost"]["spent_usd"]) == services.bill.total == booked(studio)


@pytest.mark.parametrize(
    ("fault", "code", "exit_code", "words"),
    [
        (Fault.status(403), "auth", 6, "it is disabled"),
        (Fault.status(400), "invalid_request", 1, "invalid argument"),
        (Fault.status(404), "model_unavailable", 1, "not found"),
        (Fault.lie("base64_garbage"), "unusable_audio", 1, "base64"),
        (Fault.lie("silence"), "unusable_audio", 1, "silent"),
        (Fault.lie("html_sound"), "unusable_audio", 1, "text instead of sound"),
        (Fault.status(504, charged=True), "outcome_unknown", 4, "504"),
    ],
)
def test_what_goes_wrong_for_good_is_said_in_words_and_asked_once(
    studio: Command, services: Services, fault: Fault, code: str, exit_code: int, words: str
) -> None:
    services.faults.script("google", fault)
    done, failed = fail(studio)
    assert (done.code, failed["code"], len(services.requests)) == (exit_code, code, 1)
    assert words in failed["message"]
    assert services.bill.total <= booked(studio)


def test_a_refused_key_is_no_fault_of_the_line_and_is_shown_to_nobody(studio: Command, services: Services) -> None:
    key = studio.environment["GOOGLE_API_KEY"] = "AIza-a-key-that-was-revoked"
    done, failed = fail(studio)
    assert (done.code, failed["code"], services.bill.total) == (6, "auth", 0)
    assert "API key not valid" in failed["message"]
    assert key not in done.out + done.err


def fail(studio: Command) -> tuple[Ended, Any]:
    """A run over one line that only Google may speak, and what became of the line."""
    studio.write("assetgen.yaml", "models: {google-tts: [google]}\n")
    studio.write("lines.json", json.dumps([{**line("one", "Nobody said a word."), "model": "google-tts"}]))
    done = studio("run", "lines.json", "--json")
    (failed,) = done.json()["failed"]
    return done, failed


def test_a_sentence_that_google_finds_too_long_is_asked_for_in_pieces(studio: Command, services: Services) -> None:
    text = "The boats came in. " + ", ".join(["and the bell rang on the north mole"] * 12) + ". Nobody counted."
    record(studio, "google-tts", line("long", text))
    assert " ".join(texts(services, "google")) == text
    assert len(texts(services, "google")) > 1


def test_a_part_that_fails_moves_the_whole_narration_and_what_was_bought_stays(
    studio: Command, services: Services
) -> None:
    services.faults.script("google", Fault.delay(0.0), Fault.status(403))
    text = book(SPEAKING["google-tts"], 3)
    record(studio, "google-tts", line("long", text, pace="fast"))
    made = audio(studio)["long"]
    assert (made["provider"], made["degraded"]) == ("openai", True)
    assert {body["voice"] for body in bodies(services, "openai")} == {made["voice"]}
    assert "".join("".join(texts(services, "openai")).split()) == "".join(text.split())
    assert services.bill.total == booked(studio)
    asked = len(services.requests)
    alone = record(studio, "google-tts", line("first", texts(services, "google")[0], pace="fast"))
    assert (alone["counts"]["cached"], len(services.requests)) == (1, asked)
