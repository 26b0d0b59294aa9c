"""The process that speaks: a question as JSON on standard input, a WAV on standard output.

eSpeak NG lives in a process of its own, for one text: its licence (GPL) isn't this package's, it is not thread-safe,
and only a fresh one says the same text in the same bytes. It is started as a file, not as a module of the package, and
imports little, because every line of a story starts one.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys
from typing import Any

SYNCHRONOUS = 2
DONT_EXIT = 0x8000
RATE, PITCH, RANGE = 1, 3, 4
BY_CHARACTER = 1
UTF8 = 1
PAUSE_AT_END = 0x1000
SEED = 1

Listener = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice(ctypes.Structure):
    """`espeak_VOICE`, as far as it is read here."""

    _fields_ = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
    ]


def main() -> str | None:
    """Answer one question. Returns what went wrong, if anything did."""
    question = json.load(sys.stdin.buffer)
    library = ctypes.CDLL(question["library"])
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, question["data"].encode(), DONT_EXIT)
    if rate <= 0:
        return "eSpeak NG can't read its data."
    if not choose(library, question["voice"]):
        return f"eSpeak NG has no voice `{question['voice']}`."
    samples = speak(library, question)
    layout = (1, 1, rate, rate * 2, 2, 16)
    header = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, *layout, b"data", len(samples)
    )
    sys.stdout.buffer.write(header + samples)
    return None


def choose(library: ctypes.CDLL, voice: str) -> bool:
    """Set the voice, and see whether it really is set: an unknown variant is ignored without a word."""
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        return False
    library.espeak_GetCurrentVoice.restype = ctypes.POINTER(Voice)
    identifier: bytes = library.espeak_GetCurrentVoice().contents.identifier
    variant = voice.partition("+")[2]
    return identifier.decode().partition("+")[2] == variant


def speak(library: ctypes.CDLL, question: dict[str, Any]) -> bytes:
    """16-bit samples; none where there is nothing to say."""
    samples = bytearray()

    def listen(wave: Any, count: int, _events: Any) -> int:
        if wave and count > 0:
            samples.extend(ctypes.string_at(wave, count * 2))
        return 0

    listener = Listener(listen)
    library.espeak_SetSynthCallback(listener)
    library.espeak_ng_SetRandSeed(ctypes.c_long(SEED))
    for parameter, name in ((RATE, "rate"), (PITCH, "pitch"), (RANGE, "range")):
        library.espeak_SetParameter(parameter, question[name], 0)
    text = question["text"].replace("\0", " ").encode(errors="replace")
    size = ctypes.c_size_t(len(text) + 1)
    library.espeak_Synth(text, size, 0, BY_CHARACTER, 0, UTF8 | PAUSE_AT_END, None, None)
    return bytes(samples)


if __name__ == "__main__":
    sys.exit(main())
