"""Speech by eSpeak NG, in a child process, or a hum where it isn't installed."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from assetgen.core.actions import JSON
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import SpeechRequest
from assetgen.media.sounds import read_wav, write_wav
from assetgen.providers.draft.tone import hum

CHILD = Path(__file__).with_name("voice.py")
PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What an interpreter may need to find its own libraries; a child gets nothing else of the environment."""
LIBRARIES = {"darwin": "libespeak-ng.dylib"}
WORDS_PER_MINUTE = 165
SLOWEST, FASTEST = 80, 450
MIDDLE = 50
PER_SEMITONE = 50 / 12
"""eSpeak's pitch runs from 0 to 100, one octave each way."""
LIVELINESS = 6
"""How much wider the melody gets with each semitone: an urgent voice is not only higher."""
TIMEOUT = 60.0
HEADER = 44


class SpeechError(Exception):
    """The child spoke no word, and says why."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where eSpeak NG is installed."""

    library: Path
    data: Path


def find_engine() -> Engine | None:
    """The engine of the `speech` extra. It is looked for, never imported."""
    spec = find_spec("espeakng_loader")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return Engine(folder / LIBRARIES.get(sys.platform, "libespeak-ng.so"), folder / "espeak-ng-data")


def parameters(request: SpeechRequest, engine: Engine | None) -> dict[str, JSON]:
    """A request in eSpeak's words: rate in words a minute, pitch and the range of the melody from 0 to 100."""
    voice, _, offset = request.voice.partition("@")
    semitones = request.pitch + float(offset or 0)
    return {
        "text": request.text,
        "voice": voice if engine else "tone",
        "rate": _within(SLOWEST, WORDS_PER_MINUTE * request.speed, FASTEST),
        "pitch": _within(0, MIDDLE + semitones * PER_SEMITONE, 100),
        "range": _within(0, MIDDLE + request.pitch * LIVELINESS, 100),
    }


async def speak(body: Mapping[str, JSON], engine: Engine | None, seconds: float = TIMEOUT) -> bytes:
    """A WAV of the text; a hum where the engine has nothing to say, as for "…".

    Raises:
        SpeechError: The engine can't say it, for instance because it doesn't know the voice.
        AttemptError: The child process couldn't be started, or didn't end in time.
    """
    if engine is None or body["voice"] == "tone":
        return await asyncio.to_thread(_hummed, body)
    question = {**body, "library": str(engine.library), "data": str(engine.data)}
    wav = await _ask(json.dumps(question).encode(), seconds)
    return wav if len(wav) > HEADER and any(read_wav(wav).samples) else await asyncio.to_thread(_hummed, body)


async def _ask(question: bytes, seconds: float) -> bytes:
    child = await _start()
    try:
        async with asyncio.timeout(seconds):
            output, complaint = await child.communicate(question)
    except TimeoutError:
        raise _failure(OutcomeClass.FAILED, "timeout", f"The voice didn't finish in {seconds:g} s.") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise SpeechError(_explained(child.returncode, complaint))
    return output


async def _start() -> asyncio.subprocess.Process:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    pipe = asyncio.subprocess.PIPE
    # -I and -S: no user's packages, no site; most of an interpreter's start.
    command = (sys.executable, "-I", "-S", str(CHILD))
    try:
        # In a session of its own: Ctrl-C is for us, and what is under way may finish.
        return await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, start_new_session=True
        )
    except OSError as error:
        raise _failure(OutcomeClass.NOT_SENT, "service_down", f"The voice can't be started: {error}.") from error


def _failure(kind: OutcomeClass, code: str, message: str) -> AttemptError:
    return AttemptError(Outcome(kind, code, message))


def _explained(code: int, complaint: bytes) -> str:
    """The last line of what the child said: its own message, or what an exception is about."""
    return complaint.decode(errors="replace").strip().rpartition("\n")[2] or f"eSpeak NG ended with {code}."


def _hummed(body: Mapping[str, JSON]) -> bytes:
    match body:
        case {"text": str(text), "rate": int(rate), "pitch": int(pitch)}:
            return write_wav(hum(text, rate, pitch))
        case _:
            raise SpeechError("The request has no text.")


def _within(low: int, value: float, high: int) -> int:
    return max(low, min(round(value), high))
