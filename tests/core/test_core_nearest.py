from __future__ import annotations

from assetgen.core.nearest import advice, did_you_mean, nearest


def test_a_slip_of_the_finger_finds_its_word() -> None:
    assert nearest("slow_zom", ["fade", "slow_zoom", "pan_left"]) == "slow_zoom"


def test_what_is_like_nothing_finds_nothing() -> None:
    assert nearest("xyz", ["fade", "slow_zoom"]) is None
    assert did_you_mean("xyz", ["fade"]) == ""


def test_advice_leads_on_in_any_case() -> None:
    assert advice("fad", ["fade", "none"]) == "did you mean `fade`?"
    assert advice("xyz", ["none", "fade"]) == "known: `fade`, `none`"
    assert advice("xyz", []) == "none is known"


def test_a_very_long_word_is_no_work() -> None:
    assert nearest("a" * 1_000_000, ["fade"] * 1_000) is None
