from __future__ import annotations

import pytest

from assetgen.catalog.timing import timing_findings
from assetgen.core.validation import Severity


def codes(*shots: tuple[float, float | None]) -> list[str]:
    return [finding.code for finding in timing_findings(shots)]


def test_comfortable_shots_are_not_remarked_on() -> None:
    assert codes((6.0, 4.5), (8.0, 6.0)) == []


@pytest.mark.parametrize(
    ("shot", "found"),
    [
        ((6.0, 6.0), []),
        ((6.0, 6.01), ["timing_cut"]),
        ((6.0, 3.0), []),
        ((6.0, 2.99), ["timing_short"]),
        ((6.0, None), []),
    ],
)
def test_narration_fills_at_least_half_of_its_shot_and_no_more_than_all(
    shot: tuple[float, float | None], found: list[str]
) -> None:
    assert codes(shot) == found


@pytest.mark.parametrize(("duration", "found"), [(1.99, ["shot_short"]), (2.0, []), (15.0, []), (15.01, ["shot_long"])])
def test_a_shot_lasts_two_to_fifteen_seconds(duration: float, found: list[str]) -> None:
    middling = [(5.0, None)] * 9
    assert codes((duration, None), *middling) == found


@pytest.mark.parametrize(
    ("duration", "found"), [(2.9, ["pacing_fast"]), (3.0, []), (10.0, []), (10.1, ["pacing_slow"])]
)
def test_shots_last_three_to_ten_seconds_on_average(duration: float, found: list[str]) -> None:
    assert codes((duration, None), (duration, None)) == found


def test_no_shots_have_no_pace() -> None:
    assert codes() == []


def test_a_finding_has_the_shots_index_and_both_figures() -> None:
    (finding,) = timing_findings([(5.0, 4.0), (6.0, 7.384)])
    assert finding.field == ("shots", 1, "duration")
    assert finding.message == "Shot 2 lasts 6 s, but its narration takes 7.384 s and would be cut off"
    assert finding.help == "Set `duration` to 7.4 or more, or shorten the text."


def test_a_duration_that_is_proposed_solves_the_finding() -> None:
    (finding,) = timing_findings([(9.0, 3.33)])
    assert finding.help == "Set `duration` to 6.6 or less, or say more."
    assert codes((6.6, 3.33)) == []


def test_every_finding_is_a_warning_with_two_figures() -> None:
    findings = timing_findings([(1.0, 2.0), (20.0, 3.0)]) + timing_findings([(1.0, None)])
    assert {finding.code for finding in findings} == {
        "shot_short",
        "timing_cut",
        "shot_long",
        "timing_short",
        "pacing_slow",
        "pacing_fast",
    }
    for finding in findings:
        assert finding.severity is Severity.WARNING
        assert finding.message.count(" s") >= 2
        assert finding.help


def test_the_pace_is_about_all_shots() -> None:
    (finding,) = timing_findings([(12.0, None), (10.0, None)])
    assert finding.field == ("shots",)
    assert finding.message == "A shot lasts 11 s on average, over 10 s"
