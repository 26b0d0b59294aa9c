from __future__ import annotations

import sys

import pytest

from assetgen.reporting.histogram import LONGEST, Histogram


def histogram(*times: float) -> Histogram:
    made = Histogram()
    for seconds in times:
        made.add(seconds)
    return made


def test_nothing_has_no_quantile() -> None:
    assert histogram().quantile(50) is None
    assert histogram().count == 0


def test_one_time_is_every_quantile_exactly() -> None:
    assert [histogram(4.4).quantile(percent) for percent in (1, 50, 95, 100)] == [4.4] * 4


@pytest.mark.parametrize("percent", [1, 50, 90, 95, 99, 100])
def test_a_quantile_is_at_most_two_and_a_quarter_percent_above_the_true_one(percent: int) -> None:
    times = [0.01 * 1.0021 ** (number * 7919 % 5000) for number in range(5000)]
    true = sorted(times)[-(-len(times) * percent // 100) - 1]
    said = histogram(*times).quantile(percent)
    assert said is not None
    assert true - 0.0005 <= said <= true * 1.0225 + 0.0005


def test_histograms_add_up_to_the_histogram_of_everything() -> None:
    one, other = histogram(0.1, 3.0, 700.0), histogram(3.0, 12.0)
    assert Histogram.sum([one, other]) == histogram(0.1, 3.0, 700.0, 3.0, 12.0)
    assert Histogram.sum([]) == histogram()
    assert (one.count, other.count) == (3, 2)


def test_counts_up_to_a_power_of_two_are_exact() -> None:
    times = histogram(0.125, 0.126, 0.999, 1.0, 1.001, 2.0, 64.0)
    assert [times.up_to(bound) for bound in (0.0625, 0.125, 1.0, 2.0, 512.0)] == [0, 1, 4, 6, 7]


def test_a_time_of_nothing_and_one_of_a_year_have_their_place() -> None:
    times = histogram(0.0, 31_536_000.0)
    assert (times.count, times.up_to(512.0), times.longest) == (2, 1, 31_536_000.0)
    assert times.quantile(100) == LONGEST


def test_a_hundred_thousand_times_take_no_more_room_than_its_buckets() -> None:
    times = histogram(*(0.0001 * 1.0003**number for number in range(100_000)))
    assert len(times.buckets) <= 865
    assert sys.getsizeof(times.buckets) < 64_000
