from __future__ import annotations

import pytest
import yaml

from assetgen.dsl import yaml_text
from assetgen.dsl.trees import UnreadableError


def fault(text: str) -> tuple[str, str]:
    with pytest.raises(UnreadableError) as raised:
        yaml_text.read(text)
    return raised.value.fault.code, raised.value.fault.message


@pytest.fixture(params=["fast", "plain"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds with libyaml, and without it."""
    if request.param == "plain":
        monkeypatch.setattr(yaml_text, "Loader", yaml.SafeLoader)


def test_a_document_becomes_plain_values() -> None:
    tree = yaml_text.read("a: [1, 'x', {b: ~}]\nc: |\n  two\n  lines\n")
    assert tree.root == {"a": [1, "x", {"b": None}], "c": "two\nlines\n"}


def test_quoted_scalars_are_text() -> None:
    assert yaml_text.read("""["no", '1', !!str 2]""").root == ["no", "1", "2"]


def test_starts_are_the_offsets_of_the_actions() -> None:
    text = "actions:\n  - a: [1]\n  - [x]\n  - y\nother: [z]\n"
    assert [text[start] for start in yaml_text.read(text).starts] == ["a", "[", "y"]
    assert list(yaml_text.read("- a\n- b\n").starts) == [2, 6]


def test_aliases_share_one_value() -> None:
    root = yaml_text.read("- &a {x: 1}\n- *a\n").root
    assert isinstance(root, list)
    assert root[0] is root[1]


def test_written_keys_win_over_merged_ones_and_earlier_over_later() -> None:
    text = "- &a {x: 1, y: 1, z: 1}\n- &b {y: 2, w: 2}\n- {<<: [*a, *b], z: 3}\n- {z: 3, <<: *a}\n"
    root = yaml_text.read(text).root
    assert isinstance(root, list)
    assert root[2] == {"z": 3, "x": 1, "y": 1, "w": 2}
    assert root[3] == {"z": 3, "x": 1, "y": 1}
    assert root[0] == {"x": 1, "y": 1, "z": 1}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert yaml_text.read('{"<<": 1}').root == {"<<": 1}


def test_a_key_that_stands_twice_is_named_with_both_places() -> None:
    text = "a: 1\nb: {c: 1, c: 2}\na: 2\n"
    faults = yaml_text.read(text).faults
    assert [(fault.span.start, fault.first and fault.first.start) for fault in faults] == [(15, 9), (21, 0)]


def test_a_plain_key_must_be_text_even_if_it_stood_in_quotes_before() -> None:
    (found,) = yaml_text.read('- {"no": 1}\n- {no: 1}\n').faults
    assert (found.span.start, found.message) == (15, "The key `no` is not read as text")


def test_only_the_tags_of_plain_values_are_taken() -> None:
    assert yaml_text.read("!!map {a: !!seq [!!str 1]}").faults == []
    assert [fault.message for fault in yaml_text.read("- !!int 1\n- !mine {}\n").faults] == [
        "The tag `!!int` has no meaning here",
        "The tag `!mine` has no meaning here",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--- a\n--- b\n", "a second one begins"),
        ("*a", "names no anchor"),
        ("&a [*a]", "inside of what it names"),
        ("&a {b: [*a]}", "inside of what it names"),
        ("? [a]\n: b", "A key must be text"),
        ("- &a x\n- {*a : 1}", "A key must be text"),
        ("a:\n\t- b", "A tab can't indent"),
        ("a: @b", "This is not YAML"),
        ("a: \x07", "U+0007"),
    ],
)
def test_what_yaml_cannot_mean_here_is_refused(text: str, message: str) -> None:
    code, said = fault(text)
    assert code == "syntax"
    assert message in said


def test_aliases_may_not_grow_a_file_beyond_ten_times_its_nodes() -> None:
    anchored = "- &a [" + ", ".join(["x"] * 100) + "]\n"
    assert fault(anchored + "- *a\n" * 30)[0] == "limit"
    assert yaml_text.read(anchored + "- *a\n" * 5).faults == []


def test_growth_is_counted_over_the_whole_file() -> None:
    """Early aliases may outgrow what stands before them, when enough stands after them."""
    anchored = "- &a [" + ", ".join(["x"] * 20) + "]\n"
    text = anchored + "- *a\n" * 30
    assert fault(text)[0] == "limit"
    assert yaml_text.read(text + "- y\n" * 60).faults == []


def test_merge_keys_count_as_often_as_they_multiply() -> None:
    lines = ["a0: &a0 {k: v}\n", *(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 31))]
    assert fault("".join(lines))[0] == "limit"


def test_four_hundred_levels_are_read_and_one_more_is_not() -> None:
    assert yaml_text.read("[" * 400 + "]" * 400).faults == []
    assert fault("[" * 401 + "]" * 401)[0] == "limit"
