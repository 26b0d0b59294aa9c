from __future__ import annotations

from assetgen.catalog.speech import GENDERS, PACES, PAIRS, PITCH_BY_TONE, SPEED_BY_PACE, TONES, voice_key


def test_every_word_has_its_figure() -> None:
    assert set(PITCH_BY_TONE) == set(TONES)
    assert set(SPEED_BY_PACE) == set(PACES)


def test_slow_is_slower_and_fast_is_faster_within_what_every_service_takes() -> None:
    assert 0.25 <= SPEED_BY_PACE["slow"] < SPEED_BY_PACE["normal"] == 1.0 < SPEED_BY_PACE["fast"] <= 2.0


def test_calm_is_the_voices_own_pitch_and_every_tone_has_another() -> None:
    assert PITCH_BY_TONE["calm"] == 0.0
    assert len(set(PITCH_BY_TONE.values())) == len(TONES)
    assert all(abs(pitch) <= 3 for pitch in PITCH_BY_TONE.values())


def test_a_pair_is_named_by_gender_and_tone() -> None:
    assert voice_key("neutral", "epic") == "neutral-epic"
    assert len(set(PAIRS)) == len(GENDERS) * len(TONES) == 15
