from __future__ import annotations

from assetgen.dsl.checking import load, parse
from assetgen.dsl.references import cycle
from assetgen.dsl.suggestions import COMPARISONS, Suggestions
from tests.dsl.rules import CORPUS, RULES, check, codes

ASSETS = """
- {type: asset_image, id: planet_surface, prompt: x}
- {type: asset_subtitle, id: line, text: x}
"""


def test_order_and_depth_do_not_matter() -> None:
    text = "- {type: show_modal, title: t, content: c, image_id: late}\n" + ASSETS
    assert check(text + "- {type: when_then, condition: c, action: {type: asset_image, id: late, prompt: x}}\n").ok


def test_an_unknown_reference_is_answered_with_the_nearest_id() -> None:
    shot = "{image_id: planet_surfce, subtitle_id: line, duration: 3, animation: none}"
    (problem,) = check(f"{ASSETS}- {{type: asset_cutscene, id: intro, shots: [{shot}]}}").problems
    assert problem.code == "unknown_reference"
    assert problem.message == (
        "Unknown image 'planet_surfce' in cutscene 'intro' (shot 1). Did you mean 'planet_surface'?"
    )
    assert (problem.line, problem.column, problem.width) == (4, 56, 13)


def test_only_ids_of_the_right_kind_are_proposed() -> None:
    (problem,) = check(ASSETS + "- {type: show_modal, title: t, content: c, image_id: lin}").problems
    assert problem.message == "Unknown image 'lin' in a show_modal"


def test_a_reference_of_the_wrong_kind_says_what_it_is() -> None:
    (problem,) = check(ASSETS + "- {type: show_modal, title: t, content: c, image_id: line}").problems
    assert (problem.code, problem.message) == (
        "wrong_reference_kind",
        "'line' in a show_modal is a subtitle, not an image",
    )


def test_modals_need_no_assets() -> None:
    assert check("- {type: show_modal, title: t, content: c, image_id: ~, subtitle_id: null}").ok


def test_an_action_with_another_problem_can_still_be_referred_to_and_refer() -> None:
    text = """
- {type: asset_image, id: broken, prompt: x, colour: red}
- {type: show_modal, title: t, content: c, image_id: broken, subtitle_id: gone, extra: 1}
- {type: asset_imge, id: mistyped, prompt: x}
- {type: show_modal, title: t, content: c, image_id: mistyped}
"""
    assert codes(check(text)) == ["schema", "unknown_reference", "schema", "schema"]


def test_nothing_is_called_unknown_while_a_file_cannot_be_read() -> None:
    broken = CORPUS / "bad/text/syntax__tab.yaml"
    document = load([broken, CORPUS / "bad/rules/unknown_reference__far.yaml"], RULES)
    assert codes(document) == ["syntax"]


def test_references_reach_over_files() -> None:
    files = [CORPUS / "good/forward_references.yaml", CORPUS / "bad/rules/unknown_reference__case.yaml"]
    assert codes(load(files, RULES)) == ["unknown_reference"]


def test_a_circle_is_named_from_need_to_need() -> None:
    found = cycle({"a": ["b", "x"], "b": ["c"], "c": ["a"], "d": ["a"]})
    assert found is not None
    assert found[0] == found[-1]
    assert "".join(found) in {"abca", "bcab", "cabc"}
    assert cycle({"a": ["a"]}) == ("a", "a")


def test_what_is_needed_twice_is_no_circle() -> None:
    assert cycle({"a": ["b", "c", "b"], "b": ["d"], "c": ["d"], "d": []}) is None
    assert cycle({}) is None


def test_suggestions_end_when_they_would_take_too_long() -> None:
    known = [f"image_{number}" for number in range(COMPARISONS // 4)]
    suggestions = Suggestions()
    assert suggestions.nearest("image_7", known) == "image_7"
    assert [suggestions.nearest("zzz", ["zzz"] * (COMPARISONS // 2)) for _ in range(2)] == ["zzz", None]


def test_ten_thousand_unknown_references_are_all_counted() -> None:
    actions = [{"type": "play_cutscene", "cutscene_id": f"gone_{number}"} for number in range(10_000)]
    document = parse(actions, RULES)
    assert len(document.problems) == 1_001
    assert document.problems[-1].message == "9,000 more problems are not listed"
