from __future__ import annotations

from array import array

import pytest

from assetgen.dsl.lines import Lines
from assetgen.dsl.positions import Positions
from assetgen.dsl.reading import Source, read_text
from assetgen.dsl.trails import Trail
from assetgen.dsl.trees import Path, Span

YAML = """\
actions:
  - &a
    type: asset_image
    "id": 'quoted'
    prompt: >-
      folded
      text
  - {type: x, list: [1, {deep: two}]}
  -   - nested
      - 漢: 字
  - <<: *a
    id: other
last: 1
"""
JSON = """\
{"first": {"type": "no action"}, "actions": [
  {"type": "asset_image", "id": "a\\"b", "list": [1, {"deep": "two"}]}, "text",
  {"\\u0061": [[], {}, null]}
]}"""


def shown(source: Source, path: Path, *, key: bool = False) -> str:
    return source.lines.text[slice(*source.span(path, key))]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("actions", 0, "type"), "asset_image"),
        (("actions", 0, "id"), "'quoted'"),
        (("actions", 1, "list", 1, "deep"), "two"),
        (("actions", 2, 0), "nested"),
        (("actions", 2, 1, "漢"), "字"),
        (("actions", 3, "id"), "other"),
        (("last",), "1"),
    ],
)
def test_yaml_values_are_found_by_their_path(path: Path, text: str) -> None:
    assert shown(read_text(YAML, "a.yaml").source, path) == text


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("actions", 0, "id"), '"a\\"b"'),
        (("actions", 0, "list", 0), "1"),
        (("actions", 0, "list", 1, "deep"), '"two"'),
        (("actions", 2, "a", 2), "null"),
    ],
)
def test_json_values_are_found_by_their_path(path: Path, text: str) -> None:
    assert shown(read_text(JSON, "a.json").source, path) == text


def test_keys_are_found_by_their_path() -> None:
    yaml, json = read_text(YAML, "a.yaml").source, read_text(JSON, "a.json").source
    assert shown(yaml, ("actions", 0, "id"), key=True) == '"id"'
    assert shown(yaml, ("last",), key=True) == "last"
    assert shown(json, ("actions", 2, "a"), key=True) == '"\\u0061"'


def test_what_is_not_written_is_where_its_nearest_parent_is() -> None:
    source = read_text(YAML, "a.yaml").source
    assert source.place(("actions", 1, "gone", 3)) == source.place(("actions", 1))
    assert source.place(("actions", 3, "prompt")) == source.place(("actions", 3))
    assert source.place(("actions", 99)).line == 1 or source.place(("actions", 99)).line == 2


def test_places_count_lines_and_columns_from_one() -> None:
    source = read_text("- a\r\n- b: 漢\r  c: 漢字 d\n- e", "x.yaml").source
    places = [source.place(path) for path in [(0,), (1, "b"), (1, "c"), (2,)]]
    assert [(place.line, place.column) for place in places] == [(1, 3), (2, 6), (3, 6), (4, 3)]


def test_a_flow_set_on_one_line_is_followed_item_by_item() -> None:
    text = "{actions: [" + ", ".join(f"{{type: t, id: n{number}}}" for number in range(500)) + "]}"
    source = read_text(text, "x.yaml").source
    assert [shown(source, ("actions", number, "id")) for number in (0, 250, 499)] == ["n0", "n250", "n499"]


def test_an_offset_belongs_to_the_action_that_began_before_it() -> None:
    positions = Positions("[1, 2]", (), array("Q", [1, 4]), lambda *_: None)
    assert [positions.index(offset) for offset in (0, 1, 3, 4, 5)] == [None, 0, 0, 1, 1]


def test_asking_for_every_place_in_order_follows_every_action_once() -> None:
    followed: list[Span] = []

    def scan(text: str, span: Span, trail: Trail) -> None:
        followed.append(span)

    positions = Positions("x" * 100, (), array("Q", range(0, 100, 10)), scan)
    for item in range(10):
        for field in ("id", "prompt", "action"):
            positions.value((item, field))
            positions.value((item,))
    assert followed == [Span(start, start + 10) for start in range(0, 100, 10)]


def test_problems_on_one_line_share_its_text() -> None:
    lines = Lines("a\nbc\n")
    assert lines.line(2) == "bc"
    assert lines.line(2) is lines.line(2)
    assert (lines.line(1), lines.line(3)) == ("a", "")
