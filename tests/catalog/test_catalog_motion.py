from __future__ import annotations

import pytest

from assetgen.catalog.motion import KEYFRAMES, Keyframe


def test_there_are_five_animations() -> None:
    assert set(KEYFRAMES) == {"none", "slow_zoom", "pan_left", "pan_right", "fade"}


@pytest.mark.parametrize("animation", KEYFRAMES)
def test_keyframes_lead_from_the_beginning_to_the_end(animation: str) -> None:
    offsets = [keyframe.offset for keyframe in KEYFRAMES[animation]]
    assert offsets[0] == 0.0
    assert offsets[-1] == 1.0
    assert offsets == sorted(set(offsets))


@pytest.mark.parametrize("animation", KEYFRAMES)
def test_no_edge_of_the_picture_ever_shows(animation: str) -> None:
    for keyframe in KEYFRAMES[animation]:
        beyond_each_edge = (keyframe.scale - 1) / 2
        assert keyframe.translate == 0 or abs(keyframe.translate) < beyond_each_edge


def test_a_still_picture_does_not_move() -> None:
    assert KEYFRAMES["none"] == (Keyframe(0.0), Keyframe(1.0))


def test_slow_zoom_grows_by_a_tenth() -> None:
    assert [keyframe.scale for keyframe in KEYFRAMES["slow_zoom"]] == [1.0, 1.1]


def test_pans_move_by_a_twentieth_of_the_width_and_do_not_zoom() -> None:
    assert [keyframe.translate for keyframe in KEYFRAMES["pan_left"]] == [0.0, -0.05]
    assert [keyframe.translate for keyframe in KEYFRAMES["pan_right"]] == [0.0, 0.05]
    assert len({keyframe.scale for name in ("pan_left", "pan_right") for keyframe in KEYFRAMES[name]}) == 1


def test_fade_comes_and_goes_within_a_tenth_each() -> None:
    fade = [(keyframe.offset, keyframe.opacity) for keyframe in KEYFRAMES["fade"]]
    assert fade == [(0.0, 0.0), (0.1, 1.0), (0.9, 1.0), (1.0, 0.0)]
