"""Joining and listening."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest

from assetgen.media.problems import MediaError
from assetgen.media.sounds import Sound, check_speech, join, level, silences

RATE = 16_000


def tone(seconds: float, amplitude: int = 8000, frequency: float = 200, phase: float = 0) -> Sound:
    turn = 2 * math.pi * frequency / RATE
    values = (round(amplitude * math.sin(phase + turn * step)) for step in range(round(seconds * RATE)))
    return Sound(array("h", values).tobytes(), RATE)


def silence(seconds: float) -> Sound:
    return Sound(bytes(2 * round(seconds * RATE)), RATE)


def steepest(values: array[int]) -> int:
    return max(abs(after - before) for before, after in pairwise(values))


def test_a_joined_sound_is_exactly_as_long_as_its_parts() -> None:
    parts = [tone(0.2), tone(0.31), tone(0.1)]
    assert len(join(parts).samples) == sum(len(part.samples) for part in parts)


def test_there_is_no_click_at_a_joint() -> None:
    loud_end, loud_start = tone(0.25, phase=math.pi / 2), tone(0.25, phase=-math.pi / 2)
    own = max(steepest(loud_end.values()), steepest(loud_start.values()))
    assert abs(loud_end.values()[-1] - loud_start.values()[0]) > 10 * own
    assert steepest(join([loud_end, loud_start]).values()) <= own * 1.2


def test_a_joint_adds_no_audible_gap() -> None:
    assert silences(join([tone(0.5), tone(0.5)]), threshold=-40, shortest=0.02) == []


def stillness(sound: Sound, time: float, threshold: float = -45.0) -> float:
    """Seconds without a sample above `threshold` dBFS around a time, to the sample."""
    loud = [step for step, value in enumerate(sound.values()) if abs(value) >= 32768 * 10 ** (threshold / 20)]
    middle = round(time * sound.rate)
    before = max((step for step in loud if step < middle), default=-1)
    return (min((step for step in loud if step >= middle), default=len(sound.values())) - before - 1) / sound.rate


def spoken(before: float, after: float) -> Sound:
    """Half a second of sound with these seconds of silence around it."""
    return Sound(b"".join(part.samples for part in (silence(before), tone(0.5), silence(after))), RATE)


@pytest.mark.parametrize(("end", "start"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.18), (0.3, 0.18), (0.002, 0.001)])
def test_the_pause_at_a_joint_is_the_one_that_the_voice_brought(end: float, start: float) -> None:
    joined = join([spoken(0.1, end), spoken(start, 0.1)])
    assert end + start <= stillness(joined, 0.6 + end) <= end + start + 0.02


def test_parts_stay_as_loud_as_they_were_and_in_their_order() -> None:
    parts = [tone(0.5, amplitude) for amplitude in (2000, 16000, 500)]
    joined = join(parts).values()
    for place, part in enumerate(parts):
        length = len(part.values())
        heard = Sound(joined[place * length : (place + 1) * length].tobytes(), RATE)
        assert level(heard).peak == pytest.approx(level(part).peak, abs=0.01)
        assert level(heard).rms == pytest.approx(level(part).rms, abs=0.1)


def test_the_outer_ends_and_a_single_part_stay_as_they_were() -> None:
    start, end = tone(0.1, phase=1), tone(0.1, phase=2)
    joined = join([start, end]).samples
    assert joined[:1000] == start.samples[:1000]
    assert joined[-1000:] == end.samples[-1000:]
    assert join([start]) == start


def test_tiny_parts_can_be_joined() -> None:
    assert len(join([Sound(b"\1\0", RATE), Sound(b"", RATE), tone(0.01)]).values()) == 161


def test_only_sounds_of_one_rate_can_be_joined() -> None:
    with pytest.raises(MediaError, match="16000"):
        join([tone(0.1), Sound(bytes(10), 24_000)])
    with pytest.raises(MediaError):
        join([])


def test_levels_are_measured_in_decibels_below_full_scale() -> None:
    heard = level(tone(0.5, amplitude=16384))
    assert heard.peak == pytest.approx(-6.02, abs=0.01)
    assert heard.rms == pytest.approx(-9.03, abs=0.01)
    assert level(silence(0.1)).peak == -math.inf
    assert level(Sound(b"", RATE)).rms == -math.inf
    assert level(Sound(array("h", [-32768]).tobytes(), RATE)).peak == 0


def test_silences_are_found_where_they_are() -> None:
    sound = Sound(
        b"".join(part.samples for part in (silence(0.3), tone(0.5), silence(0.2), tone(0.4), silence(0.15))), RATE
    )
    found = [time for pause in silences(sound) for time in pause]
    assert found == pytest.approx([0, 0.3, 0.8, 1.0, 1.4, 1.55], abs=0.011)
    assert len(silences(sound, shortest=0.25)) == 1
    assert silences(Sound(b"", RATE)) == []


def test_silence_is_no_speech() -> None:
    quiet = Sound(array("h", [1, -1] * RATE).tobytes(), RATE)
    for sound in (silence(1), quiet):
        with pytest.raises(MediaError, match="silent"):
            check_speech(sound, "Anybody there?")


def test_a_sound_ten_times_too_long_is_no_reading_of_its_text() -> None:
    with pytest.raises(MediaError, match="too long"):
        check_speech(tone(31), "Hi")


def test_an_implausible_pace_is_a_warning() -> None:
    text = "The river is already cold."
    assert check_speech(tone(1.9), text) is None
    assert "fast" in str(check_speech(tone(0.2), text))
    assert "slow" in str(check_speech(tone(4), "Hi"))
    assert check_speech(tone(0.6), "…") is None
