from __future__ import annotations

import re

import pytest
import yaml

from assetgen.catalog.codes import EXPLANATIONS, Explanation

PROBLEMS = (
    "schema duplicate_id unknown_reference wrong_reference_kind circular_dependency invalid_condition invalid_target "
    "invalid_id syntax limit"
)
FAILURES = (
    "content_refused invalid_request model_unavailable auth quota rate_limited service_error service_down timeout "
    "network unusable_image unusable_audio download_failed expired outcome_unknown budget unpriced storage cache "
    "edited_output dependency_failed cancelled bug"
)
WARNINGS = (
    "alias timing_cut timing_short shot_short shot_long pacing_fast pacing_slow setting_dropped resized degraded "
    "model_ends price_old narration_rate unused_asset"
)
COMMANDS = "run estimate validate cache ledger show explain init doctor schema models voices"
OPTIONS = (
    "--out --draft --max-cost --partial --only --rebuy --upgrade-degraded --fail-fast --on-unknown --on-unknown-limit "
    "--assume-paid --assume-unpaid"
)

every_explanation = pytest.mark.parametrize("explanation", EXPLANATIONS.values(), ids=lambda each: each.code)


def text(explanation: Explanation) -> str:
    return f"{explanation.title}\n{explanation.what}\n{explanation.next}\n{explanation.example}"


def test_every_public_code_is_explained_and_no_other() -> None:
    kinds = {code: explanation.kind for code, explanation in EXPLANATIONS.items()}
    assert kinds == {
        **dict.fromkeys(PROBLEMS.split(), "problem"),
        **dict.fromkeys(FAILURES.split(), "failure"),
        **dict.fromkeys(WARNINGS.split(), "warning"),
    }


@every_explanation
def test_an_explanation_is_a_title_and_two_short_paragraphs(explanation: Explanation) -> None:
    assert explanation.title[0].isupper()
    assert not explanation.title.endswith(".")
    for paragraph in (explanation.what, explanation.next):
        assert 50 <= len(paragraph) <= 520
        assert paragraph.endswith(".")
        assert "\n" not in paragraph
        assert "  " not in paragraph


@every_explanation
def test_it_only_speaks_of_commands_and_options_that_exist(explanation: Explanation) -> None:
    spoken = text(explanation)
    assert set(re.findall(r"(?:`|^)assetgen ([a-z]+)", spoken, re.MULTILINE)) <= set(COMMANDS.split())
    assert set(re.findall(r"--[a-z][a-z-]*", spoken)) <= set(OPTIONS.split())


@every_explanation
def test_configuration_in_an_example_can_be_read(explanation: Explanation) -> None:
    if explanation.example.startswith("# assetgen.yaml"):
        assert isinstance(yaml.safe_load(explanation.example), dict)


@every_explanation
def test_what_stands_after_the_change_can_be_read(explanation: Explanation) -> None:
    _, marker, after = explanation.example.partition("# after\n")
    if marker:
        assert yaml.safe_load(after)
        assert explanation.example.startswith("# before")
