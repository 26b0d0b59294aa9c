"""`docs/spec.md` names places and tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.e2e.command import ROOT

SPEC = (ROOT / "docs/spec.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in SPEC.splitlines()
    if line.startswith("| ") and not line.startswith(("| system", "| ---"))
]
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", SPEC)))


@cache
def found_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    found = (node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(name for name in found if name.startswith("test_"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_system_has_places_that_exist_and_a_test(row: tuple[str, ...]) -> None:
    _, where, tests = row
    places = re.findall(r"`(.+?)`", where)
    assert places
    for place in places:
        assert (ROOT / (place if place.startswith("tests/") else f"assetgen/{place}")).exists(), place
    assert "::" in tests


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_each_test_that_is_named_exists(file: str, name: str) -> None:
    assert name in found_in(file)


def test_everything_between_ticks_in_the_last_column_is_a_test() -> None:
    ticked = {text for *_, tests in ROWS for text in re.findall(r"`(.+?)`", tests)}
    assert ticked == {f"{file}::{name}" for file, name in NAMED}


def test_every_room_of_the_package_stands_in_it() -> None:
    rooms = {path.name for path in (ROOT / "assetgen").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert rooms == {place.split("/")[0] for _, where, _ in ROWS for place in re.findall(r"`(\w+/.*?)`", where)} - {
        "tests"
    }
