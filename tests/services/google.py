"""Google Cloud Text-to-Speech: sound in base64. Reads and answers as https://texttospeech.googleapis.com/v1 does."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import cast

from assetgen.core.actions import JSON
from tests.services.fields import Complaint, Field, Wrong, first_complaint
from tests.services.gateway import gateway
from tests.services.google_voices import VOICES, Family
from tests.services.sounds import RATE, wav
from tests.services.wire import Answer, Request, json_answer
from tests.services.world import Ask, Executed, World

MOST_BYTES = 5000
MOST_BYTES_OF_A_SENTENCE = 300
"""As users report it; the limit is documented by its message alone."""

ENCODINGS = ("LINEAR16", "PCM", "MP3")
UNPLAYABLE = ("OGG_OPUS", "MULAW", "ALAW", "M4A")
"""What the real service can also encode, and this one can't."""
RATES = (8000, 11025, 16000, 22050, 24000, 32000, 44100, 48000)
MP3_KILOBITS = 32

BODY: Mapping[str, Field] = {
    "input": Field(dict, required=True),
    "voice": Field(dict, required=True),
    "audioConfig": Field(dict, required=True),
    "advancedVoiceOptions": Field(dict),
}
INPUT: Mapping[str, Field] = {
    "text": Field(str, shortest=1),
    "ssml": Field(str, shortest=1),
    "markup": Field(str, shortest=1),
    "prompt": Field(str),
    "customPronunciations": Field(dict),
}
VOICE: Mapping[str, Field] = {
    "languageCode": Field(str, required=True, shortest=2),
    "name": Field(str),
    "ssmlGender": Field(str, choices=("MALE", "FEMALE")),
    "modelName": Field(str),
}
AUDIO: Mapping[str, Field] = {
    "audioEncoding": Field(str, required=True, choices=(*ENCODINGS, *UNPLAYABLE)),
    "speakingRate": Field(float, least=0.25, most=2),
    "pitch": Field(float, least=-20, most=20),
    "volumeGainDb": Field(float, least=-96, most=16),
    "sampleRateHertz": Field(int, choices=RATES),
    "effectsProfileId": Field(list),
}
PARTS = (("input", INPUT), ("voice", VOICE), ("audioConfig", AUDIO))
FAILURES: Mapping[int, tuple[str, str]] = {
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "Cloud Text-to-Speech API has not been used in this project before or it is disabled."),
    404: ("NOT_FOUND", "Requested entity was not found."),
    429: (
        "RESOURCE_EXHAUSTED",
        ("Quota exceeded for quota metric 'Chirp3 requests' of service 'texttospeech.googleapis.com'."),
    ),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
}
TYPES = "type.googleapis.com/google.rpc"
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+|(?<=[。！？])")


class Google:
    """The service. A wrong key is a bad request here."""

    name = "google"

    def __init__(self, world: World) -> None:
        self._world = world

    def where(self, method: str, path: str) -> str:
        return {("POST", "/text:synthesize"): "create", ("GET", "/voices"): "list"}.get((method, path), "")

    def key_of(self, request: Request) -> str:
        return request.headers.get("x-goog-api-key", "") or request.query.get("key", "")

    def denied(self, key: str) -> Answer:
        if not key:
            return _refused(
                403,
                "Method doesn't allow unregistered callers (callers without established identity). Please use API Key "
                "or other form of API consumer identity to call this API.",
            )
        message = "API key not valid. Please pass a valid API key."
        return _refused(400, message, [_reason("API_KEY_INVALID")])

    def unreadable(self, message: str) -> Answer:
        return _refused(400, f"Invalid JSON payload received. {message}")

    def failure(self, status: int) -> Answer:
        if status not in FAILURES:
            return gateway(status)
        details: dict[int, list[JSON]] = {
            403: [_reason("SERVICE_DISABLED")],
            429: [{"@type": f"{TYPES}.RetryInfo", "retryDelay": "1s"}],
        }
        return _refused(status, FAILURES[status][1], details.get(status))

    def advance(self) -> None:
        """Nothing here depends on the time."""

    def clear(self) -> None:
        """Nothing is kept here."""

    def answer(self, ask: Ask) -> Executed:
        if ask.path == "/voices":
            language = ask.request.query.get("languageCode", "en-US")
            voices: list[JSON] = [_listed(name) for name in VOICES if name.startswith(language)]
            return Executed(json_answer(200, {"voices": voices}))
        refusal = _refusal(ask.body)
        if refusal:
            return Executed(refusal)
        voice = cast("dict[str, str]", ask.body["voice"]).get("name", "en-US-Standard-C")
        words = next(iter(_texts(ask.body).values()))
        amount = VOICES[voice].price * len(words)
        entry = self._world.book(ask, self.name, voice, amount)
        return Executed(self._spoken(ask, words, voice), entry)

    def _spoken(self, ask: Ask, words: str, voice: str) -> Answer:
        audio = cast("dict[str, JSON]", ask.body["audioConfig"])
        rate = cast("int", audio.get("sampleRateHertz", RATE))
        speed = cast("float", audio.get("speakingRate", 1.0))
        tuned = f"{voice}{audio.get('pitch', '')}"
        samples = self._world.sounds.speech(words, tuned, speed=speed, rate=rate, lie=ask.lie)
        match audio["audioEncoding"]:
            case "LINEAR16":
                content = wav(samples, rate)
            case "MP3":
                content = self._world.sounds.mp3(samples, rate, MP3_KILOBITS)
            case _:
                content = samples
        text = b64encode(b"<html>Not found</html>" if ask.lie == "html_sound" else content)
        text = b"@@not base64@@" if ask.lie == "base64_garbage" else text
        whole = b"{}" if ask.lie == "no_data" else b'{"audioContent":"' + text + b'"}'
        return Answer(200, whole, "application/json; charset=UTF-8", wait=self._world.latency)


def _refusal(body: Mapping[str, JSON]) -> Answer | None:
    complaint = first_complaint(body, BODY)
    if complaint:
        return _complained(complaint, "")
    for name, fields in PARTS:
        if complaint := first_complaint(cast("dict[str, JSON]", body[name]), fields):
            return _complained(complaint, name)
    return _unspeakable(body)


def _unspeakable(body: Mapping[str, JSON]) -> Answer | None:
    """What the fields' rules can't say: one kind of input, its length in bytes, and what the voice can't do."""
    texts = _texts(body)
    if len(texts) != 1:
        return _refused(400, "Exactly one of `input.text`, `input.ssml` and `input.markup` must be set.")
    if len(next(iter(texts.values())).encode()) > MOST_BYTES:
        return _refused(
            400,
            f"Either `input.text` or `input.ssml` is longer than the limit of {MOST_BYTES} bytes. This limit is "
            "different from quotas. To fix, reduce the byte length of the characters in this request.",
        )
    if long := [one for one in _SENTENCE_END.split(next(iter(texts.values()))) if _too_long(one)]:
        return _refused(
            400,
            "This request contains sentences that are too long. Consider splitting up long sentences with sentence "
            f'ending punctuation e.g. periods. Sentence starting with: "{long[0][:10]}" is too long.',
        )
    voice = cast("dict[str, str]", body["voice"])
    name, language = voice.get("name", "en-US-Standard-C"), voice["languageCode"]
    if name not in VOICES:
        return _refused(400, f"Voice '{name}' does not exist. Is it misspelled?")
    if not name.lower().startswith(language.lower()):
        return _refused(400, f"Requested language code '{language}' doesn't match the voice '{name}'s language code.")
    return _not_by_this_voice(VOICES[name], texts, cast("dict[str, JSON]", body["audioConfig"]))


def _not_by_this_voice(family: Family, texts: Mapping[str, str], audio: Mapping[str, JSON]) -> Answer | None:
    """Refused even at neutral values."""
    if "ssml" in texts and not family.ssml:
        return _refused(400, "This voice currently does not support SSML input. Please try again with text only input.")
    if not family.rate and {"speakingRate", "pitch"} & audio.keys():
        return _refused(400, "This voice does not support speaking rate or pitch parameters at this time.")
    if not family.pitch and "pitch" in audio:
        return _refused(400, "This voice does not support pitch parameters at this time.")
    if audio["audioEncoding"] in UNPLAYABLE:
        return _refused(501, f"This server can't encode {audio['audioEncoding']}.")
    return None


def _too_long(sentence: str) -> bool:
    return len(sentence.encode()) > MOST_BYTES_OF_A_SENTENCE


def _texts(body: Mapping[str, JSON]) -> dict[str, str]:
    given = cast("dict[str, str]", body["input"])
    return {kind: given[kind] for kind in ("text", "ssml", "markup") if kind in given}


def _complained(complaint: Complaint, parent: str) -> Answer:
    place = f"{parent}.{complaint.field}" if parent else complaint.field
    if complaint.wrong is Wrong.UNKNOWN:
        where = f" at '{parent}'" if parent else ""
        return _refused(
            400, f'Invalid JSON payload received. Unknown name "{complaint.field}"{where}: Cannot find field.'
        )
    return _refused(400, f"Invalid value for `{place}`: it {complaint.message}.")


def _refused(status: int, message: str, details: list[JSON] | None = None) -> Answer:
    name = FAILURES[status][0] if status in FAILURES else "UNIMPLEMENTED"
    error: dict[str, JSON] = {"code": status, "message": message, "status": name}
    return json_answer(status, {"error": error | ({"details": details} if details else {})})


def _reason(reason: str) -> JSON:
    service: JSON = {"service": "texttospeech.googleapis.com"}
    return {"@type": f"{TYPES}.ErrorInfo", "reason": reason, "domain": "googleapis.com", "metadata": service}


def _listed(name: str) -> JSON:
    letter = name.rsplit("-", 1)[1]
    gender = VOICES[name].names[letter]
    return {"languageCodes": ["en-US"], "name": name, "ssmlGender": gender, "naturalSampleRateHertz": RATE}
