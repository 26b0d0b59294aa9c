"""Whatever is thrown at it, the answer is a document: its actions, or its problems, each in a place that exists."""

from __future__ import annotations

import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.dsl.checking import Document, load, parse
from assetgen.dsl.json_text import read_lines
from assetgen.reporting import problems
from tests.dsl.rules import CORPUS, RULES

TEXTS = [
    path.read_bytes().decode("utf-8-sig")
    for path in sorted(CORPUS.rglob("*.*"))
    if path.parent.name in {"good", "shape", "rules"} and path.stat().st_size < 3_000
]
FRAGMENTS = [
    *("", " ", "\n", "\t", "-", ":", ": ", "{", "}", "[", "]", ",", '"', "'", "|", ">", "#", "%", "---\n", "<<: "),
    *("&a ", "*a", "!x ", "no", "0123", "1:30", ".nan", "null", "id", "type", "actions", "asset_image", "\\ud800"),
    *("\x00", "\x1b", "\u2028", "漢"),
]
STEPS = st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(FRAGMENTS))
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(FRAGMENTS)
KEYS = st.sampled_from(
    ["type", "id", "shots", "options", "reactions", "action", "actions", "prompt", "model", "duration"]
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=15
)
TYPES = st.sampled_from(
    ["asset_image", "when_then", "asset_cutscene", "add_player_choice", "add_feature", "show_modal"]
)
FIELDS = ("id", "prompt", "shots", "action", "options", "feature_data", "size", "seed")
ACTIONS = st.fixed_dictionaries({"type": TYPES}, optional=dict.fromkeys(FIELDS, VALUES))


def is_sound(document: Document, text: str | None = None) -> None:
    lines = 1 if text is None else len(text) + 1
    for problem in document.problems:
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message
    for entry in document.entries:
        assert document.place(entry).line >= 1
    assert document.ok or document.problems
    json.dumps(problems.as_json(document.problems))
    assert problems.text(document.problems, width=60).plain.endswith("\n") or not document.problems
    assert not any(ord(character) < 32 for character in problems.concise(document.problems).replace("\n", ""))


@settings(deadline=None, max_examples=120)
@given(st.text(max_size=60) | st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join))
def test_random_texts_never_raise(text: str) -> None:
    is_sound(parse(text, RULES), text)
    read_lines(text)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60))
def test_random_bytes_never_raise(data: bytes) -> None:
    is_sound(load(["-"], RULES, io.BytesIO(data)), data.decode(errors="replace"))


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(TEXTS), st.lists(STEPS, min_size=1, max_size=4))
def test_mutations_of_files_never_raise(text: str, steps: list[tuple[float, int, str]]) -> None:
    for place, length, fragment in steps:
        start = int(place * len(text))
        text = text[:start] + fragment + text[start + length :]
    is_sound(parse(text, RULES), text)


@settings(deadline=None, max_examples=150)
@given(VALUES)
def test_random_values_never_raise(value: Any) -> None:
    is_sound(parse(value if isinstance(value, dict | list) else [value], RULES))


@settings(deadline=None, max_examples=80)
@given(st.lists(ACTIONS, max_size=3))
def test_actions_with_random_fields_never_raise(value: list[Any]) -> None:
    is_sound(parse(value, RULES))
