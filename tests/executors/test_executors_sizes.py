from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.offers import Sizes
from assetgen.executors.image import with_style
from assetgen.executors.sizes import covering

GRID = Sizes(smallest=256, largest=1792, step=16)
FIXED = Sizes(fixed=((1024, 1024), (1344, 768), (1152, 896), (896, 1152), (768, 1344)))


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        ((1024, 768), (1024, 768)),
        ((1000, 700), (1008, 704)),
        ((64, 64), (256, 256)),
        ((128, 64), (512, 256)),
        ((3584, 1792), (1792, 896)),
        ((2000, 100), (1792, 256)),
    ],
)
def test_a_grid_gives_the_next_size_that_covers_the_wanted_one(wanted: tuple[int, int], asked: tuple[int, int]) -> None:
    assert covering(GRID, *wanted) == asked


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [((1024, 768), (1152, 896)), ((1024, 1024), (1024, 1024)), ((768, 1024), (896, 1152)), ((1920, 1080), (1344, 768))],
)
def test_a_fixed_list_gives_the_nearest_shape(wanted: tuple[int, int], asked: tuple[int, int]) -> None:
    assert covering(FIXED, *wanted) == asked


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_what_is_asked_for_is_always_makeable(width: int, height: int) -> None:
    for side in covering(GRID, width, height):
        assert 256 <= side <= 1792
        assert side % 16 == 0


@pytest.mark.parametrize(
    ("prompt", "styled"),
    [
        ("a pier", "a pier, oil on canvas"),
        ("a pier, ", "a pier, oil on canvas"),
        ("a pier, Oil on Canvas", "a pier, Oil on Canvas"),
    ],
)
def test_the_style_is_appended_once(prompt: str, styled: str) -> None:
    assert with_style(prompt, "oil on canvas") == styled


def test_an_empty_style_changes_nothing() -> None:
    assert with_style("a pier", "") == "a pier"
