"""The corpus: files that must be taken, and files whose problems are known to the character."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from assetgen.core.validation import Severity
from assetgen.dsl.checking import load
from assetgen.dsl.reading import read_file
from assetgen.dsl.schema import json_schema
from assetgen.reporting.problems import concise
from tests.dsl.rules import CORPUS, RULES

CODES = {
    "schema",
    "duplicate_id",
    "unknown_reference",
    "wrong_reference_kind",
    "invalid_condition",
    "invalid_target",
    "invalid_id",
    "syntax",
    "limit",
}


def files(folder: str) -> list[Any]:
    return [pytest.param(path, id=path.name) for path in sorted((CORPUS / folder).iterdir())]


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft7Validator:
    return jsonschema.Draft7Validator(json_schema(RULES))


def test_every_bad_file_has_exactly_the_problems_that_are_written_down() -> None:
    found = [
        concise(load([path], RULES).problems).replace(f"{CORPUS}/", "")
        for path in sorted((CORPUS / "bad").rglob("*__*"))
    ]
    assert "".join(found) == (CORPUS / "expected.txt").read_text()


def test_the_corpus_knows_every_code() -> None:
    assert {path.name.partition("__")[0] for path in (CORPUS / "bad").rglob("*__*")} == CODES


@pytest.mark.parametrize("path", files("good"))
def test_a_good_file_has_actions_and_no_errors(path: Path) -> None:
    document = load([path], RULES)
    assert [problem for problem in document.problems if problem.severity is Severity.ERROR] == []
    assert len(document.entries) > 0 or read_file(path).root in (
        {"actions": []},
        {"$schema": "actions.schema.json", "actions": []},
    )


@pytest.mark.parametrize("path", files("good"))
def test_the_schema_takes_what_the_checker_takes(path: Path, schema: jsonschema.Draft7Validator) -> None:
    assert [error.message for error in schema.iter_errors(read_file(path).root)] == []


@pytest.mark.parametrize("path", files("bad/shape"))
def test_the_schema_refuses_what_the_checker_refuses(path: Path, schema: jsonschema.Draft7Validator) -> None:
    assert not schema.is_valid(read_file(path).root)


@pytest.mark.parametrize("path", files("bad/rules"))
def test_only_the_checker_sees_what_spans_several_fields(path: Path, schema: jsonschema.Draft7Validator) -> None:
    assert schema.is_valid(read_file(path).root)


@pytest.mark.parametrize("path", files("bad/text"))
def test_a_text_that_cannot_be_meant_is_refused(path: Path) -> None:
    assert not load([path], RULES).ok
