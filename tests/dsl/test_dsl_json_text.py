from __future__ import annotations

import pytest

from assetgen.dsl import json_text
from assetgen.dsl.scalars import Unclear
from assetgen.dsl.trees import Fault, UnreadableError


def fault(text: str) -> Fault:
    with pytest.raises(UnreadableError) as raised:
        json_text.read(text)
    return raised.value.fault


@pytest.mark.parametrize(
    "text", ["[]", "{}", "null", '{"actions":[]}', ' {"a" : {"actions": [1]} , "actions" : [ {} , [ ] ] } ']
)
def test_a_document_becomes_what_the_standard_library_reads(text: str) -> None:
    import json

    assert json_text.read(text).root == json.loads(text)


def test_starts_are_the_offsets_of_the_actions() -> None:
    text = '{"x": [9], "actions": [ {"a": 1}, 2,\n"b" ]}'
    assert [text[start] for start in json_text.read(text).starts] == ["{", "2", '"']
    assert list(json_text.read("[1,2]").starts) == [1, 3]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 0), ("[1,]", 3), ("[1 2]", 3), ('{"a" 1}', 5), ('{"a":1,}', 7), ("{1: 2}", 1), ("[] []", 3), ("[", 1),
        ('{"actions": [', 13), ('["a\nb"]', 3), ("[tru]", 1), ("[01]", 2), ("{'a': 1}", 1), ('["\\x"]', 2),
    ],
)  # fmt: skip
def test_what_is_not_json_is_refused_at_its_place(text: str, place: int) -> None:
    assert (fault(text).code, fault(text).span.start) == ("syntax", place)


def test_numbers_that_are_none_are_unclear() -> None:
    root = json_text.read("[NaN, -Infinity, 1e999, " + "9" * 5000 + ", 1.5, 7]").root
    assert isinstance(root, list)
    assert [isinstance(item, Unclear) for item in root] == [True, True, True, True, False, False]


def test_every_key_that_stands_twice_is_named_with_both_places() -> None:
    text = '{"actions": [{"a": {"b": 1, "b": 2}}, {"\\u0061": 1, "a": 2}], "actions": []}'
    faults = json_text.read(text).faults
    assert [text[fault.span.start :][:9] for fault in faults] == ['"b": 2}},', '"a": 2}],', '"actions"']
    assert [fault.first and fault.first.start for fault in faults] == [20, 39, 1]


def test_depth_counts_brackets_outside_of_strings_only() -> None:
    deep = "[" * 500
    assert json_text.read(f'["{deep}", "\\"{deep}", "\\\\", "{deep}"]').faults == []
    assert fault("[" * 401 + "]" * 401).code == "limit"
    assert fault('["\\\\",' + "[" * 400 + "]" * 400 + "]").span.start == 405
    assert json_text.read("[" * 400 + "]" * 400).faults == []


def test_lines_are_actions_and_blank_ones_are_not() -> None:
    text = '{"a": 1}\n\n  \r\n  [2]\r\n3'
    tree = json_text.read_lines(text)
    assert tree.root == [{"a": 1}, [2], 3]
    assert [text[start] for start in tree.starts] == ["{", "[", "3"]
    assert tree.complete


def test_each_broken_line_is_a_fault_of_its_own() -> None:
    tree = json_text.read_lines('{"a": 1}\n{"a": }\n' + "[" * 500 + '\n{"b": 2} 3\n{"c": 3}')
    assert tree.root == [{"a": 1}, {"c": 3}]
    assert [(fault.code, fault.span.start) for fault in tree.faults] == [
        ("syntax", 15),
        ("limit", 417),
        ("syntax", 527),
    ]
    assert not tree.complete


def test_a_key_that_stands_twice_in_a_line_is_named() -> None:
    (found,) = json_text.read_lines('{"a": 1}\n{"a": 1, "a": 2}\n').faults
    assert (found.first, found.span) == ((10, 13), (18, 21))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('{"a":1}\n{"b":2}', True),
        ('{"a":1}\n', False),
        ("[1]\n[2]", False),
        ('{\n"a":1}', False),
        ("[" * 9999 + "\n1", False),
    ],
)
def test_lines_are_recognised_by_a_whole_object_with_more_after_it(text: str, lines: bool) -> None:
    assert json_text.is_lines(text) is lines
