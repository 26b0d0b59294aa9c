from __future__ import annotations

import pytest

from assetgen.catalog.together import KOKORO_VOICES, OFFERS, ORPHEUS_VOICES
from tests.services.together_speech import KOKORO, ORPHEUS, SPEAKERS

FEMININE = ("tara", "leah", "jess", "mia", "zoe")


@pytest.mark.parametrize(("voices", "model"), [(KOKORO_VOICES, KOKORO), (ORPHEUS_VOICES, ORPHEUS)])
def test_every_voice_is_one_of_its_model_and_takes_neither_pitch_nor_speed(voices: object, model: str) -> None:
    offer = next(offer for offer in OFFERS if offer.sold_as == model)
    assert offer.voices == voices
    assert {voice.name for voice in offer.voices.values()} <= set(SPEAKERS[model].voices)
    assert not any(voice.takes_pitch or voice.takes_speed for voice in offer.voices.values())
    assert offer.takes == frozenset()


def test_the_voices_have_the_gender_of_their_pair() -> None:
    letters = {pair: voice.name[1] for pair, voice in KOKORO_VOICES.items()}
    assert all(letters[pair] == pair[0] for pair in letters if not pair.startswith("neutral"))
    for pair, voice in ORPHEUS_VOICES.items():
        if not pair.startswith("neutral"):
            assert (voice.name in FEMININE) == pair.startswith("feminine")


def test_a_request_for_speech_is_short_enough_for_a_model_with_little_memory() -> None:
    limits = [offer.text_limit for offer in OFFERS if offer.voices]
    assert all(limit is not None and limit.most <= 1000 for limit in limits)
