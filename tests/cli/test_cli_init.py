"""`assetgen init` and its example."""

from __future__ import annotations

import json

import jsonschema
import yaml

from tests.e2e.command import Command, files_below


def test_the_example_is_written_beside_the_starting_file(assetgen: Command) -> None:
    done = assetgen("init", "--example")
    assert done.code == 0
    assert done.out.splitlines() == [
        "wrote actions.yaml, example.yaml and .assetgen/schema.json",
        "Next: assetgen run example.yaml --draft",
    ]
    assert set(files_below(assetgen.folder)) == {"actions.yaml", "example.yaml"}


def test_the_example_has_no_problems_and_makes_everything_as_drafts(assetgen: Command) -> None:
    assetgen("init", "--example")
    assert assetgen("validate", "example.yaml", "--json").json()["problems"] == []
    schema = json.loads((assetgen.folder / ".assetgen/schema.json").read_text())
    jsonschema.Draft7Validator(schema).validate(yaml.safe_load((assetgen.folder / "example.yaml").read_text()))
    done = assetgen("run", "example.yaml", "--draft", "--json").json()
    assert (done["exit_code"], done["counts"]["generated"], done["warnings"]) == (0, 7, [])
    assert (assetgen.folder / "out-draft/cutscenes/light.json").exists()


def test_a_file_that_is_there_is_never_written_over(assetgen: Command) -> None:
    assetgen.write("actions.yaml", "mine")
    assert assetgen("init", "--example").out.startswith("wrote example.yaml and ")
    assetgen.write("example.yaml", "mine too")
    done = assetgen("init", "--example")
    assert (done.code, "`example.yaml` is here already" in done.err) == (2, True)
    kept = files_below(assetgen.folder)
    assert (kept["actions.yaml"], kept["example.yaml"]) == (b"mine", b"mine too")
