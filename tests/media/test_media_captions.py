"""Captions in time with the sound."""

from __future__ import annotations

import math
from array import array
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.media.captions import Cue, cues, webvtt
from assetgen.media.waves import Sound

RATE = 8000


def spoken(*seconds: float) -> Sound:
    """Sound and silence by turns, beginning with sound."""
    values = array("h")
    for index, length in enumerate(seconds):
        count = round(length * RATE)
        values.extend(round(9000 * math.sin(step)) if index % 2 == 0 else 0 for step in range(count))
    return Sound(values.tobytes(), RATE)


def test_there_is_one_caption_per_sentence_and_it_begins_after_the_real_pause() -> None:
    sound = spoken(1.0, 0.4, 2.0, 0.4, 0.6)
    found = cues("Short one. This sentence is twice as long. End.", sound)
    assert [cue.text for cue in found] == ["Short one.", "This sentence is twice as long.", "End."]
    assert [cue.start for cue in found] == pytest.approx([0, 1.4, 3.8], abs=0.02)
    assert found[-1].end == pytest.approx(sound.duration)


def test_without_pauses_time_is_shared_by_length() -> None:
    first, second = cues("Aaaa aaaa aaaa. Bbbb bbbb bbbb.", spoken(4.0))
    assert first.end == second.start == pytest.approx(2.0)


def test_captions_wait_for_the_first_word() -> None:
    sound = Sound(bytes(2 * RATE) + spoken(1.0).samples, RATE)
    assert cues("Here.", sound)[0].start == pytest.approx(1.0, abs=0.02)


def test_a_long_sentence_becomes_captions_of_two_lines() -> None:
    text = (
        "The old lighthouse keeper raised his lantern, looked out over the storm, and counted the ships that came home "
    )
    found = cues(text * 2, spoken(12.0))
    lines = [cue.text.split("\n") for cue in found]
    assert all(len(pair) <= 2 for pair in lines)
    assert max(len(line) for pair in lines for line in pair) <= 50
    assert " ".join(" ".join(pair) for pair in lines) == (text * 2).strip()


def test_wide_scripts_get_shorter_lines() -> None:
    found = cues(
        "昔々あるところにお爺さんとお婆さんが住んでいましたそしてお爺さんは山へお婆さんは川へ行きました。", spoken(9.0)
    )
    assert max(len(line) for cue in found for line in cue.text.split("\n")) <= 21


def test_a_blank_text_has_no_captions_and_silence_is_no_trouble() -> None:
    assert cues("  ", spoken(1.0)) == []
    assert len(cues("One. Two.", spoken(0.0, 2.0))) == 2


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="ab .!?\n", max_size=80), st.lists(st.floats(0.05, 0.5), min_size=1, max_size=5))
def test_captions_follow_each_other_inside_the_sound(text: str, lengths: list[float]) -> None:
    sound = spoken(*lengths)
    times = [time for cue in cues(text, sound) for time in (cue.start, cue.end)]
    assert all(before <= after for before, after in pairwise(times))
    assert all(0 <= time <= sound.duration for time in times)


def test_the_file_is_webvtt() -> None:
    text = webvtt([Cue(0, 1.5, "Hello."), Cue(3661.5, 3662.0004, "Two\nlines.")], "Made by assetgen.")
    assert text == (
        "WEBVTT\n\nNOTE\nMade by assetgen.\n\n"
        "00:00:00.000 --> 00:00:01.500\nHello.\n\n"
        "01:01:01.500 --> 01:01:02.000\nTwo\nlines.\n"
    )


def test_nothing_in_a_text_or_note_can_end_its_block() -> None:
    text = webvtt([Cue(0, 1, "a --> b\n\n<i>& c</i>\r\n\r\nd")], "x --> y\n\nWEBVTT")
    header, note, cue = text.split("\n\n")
    assert header == "WEBVTT"
    assert note == "NOTE\nx → y\nWEBVTT"
    assert cue == "00:00:00.000 --> 00:00:01.000\na --&gt; b\n&lt;i&gt;&amp; c&lt;/i&gt;\nd\n"


def test_control_characters_never_reach_a_caption() -> None:
    text = webvtt([Cue(0, 1, "a\x1b[31mb\x07\x00c\u009bd")], "note\x1b")
    assert not [character for character in text if (character < " " and character != "\n") or character == "\u009b"]
