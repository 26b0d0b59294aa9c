from __future__ import annotations

import jsonschema

from assetgen.dsl.actions import TYPES
from assetgen.dsl.checking import Rules
from assetgen.dsl.schema import json_schema
from tests.dsl.many import Writer
from tests.dsl.rules import RULES


def test_it_is_a_schema_of_draft_07() -> None:
    schema = json_schema(RULES)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"


def test_every_type_is_in_it_once_and_described() -> None:
    definitions = json_schema(RULES)["definitions"]
    found = {
        definition["properties"]["type"]["const"]: definition["description"]
        for definition in definitions.values()
        if "type" in definition.get("properties", {})
    }
    assert set(found) == set(TYPES)
    assert all(found.values())
    assert len(definitions["Action"]["oneOf"]) == len(TYPES)


def test_models_and_limits_are_those_of_the_rules() -> None:
    rules = Rules(("mine",), ("voice",), prompt_characters=7, shot_seconds=8, cutscene_shots=9)
    definitions = json_schema(rules)["definitions"]
    assert definitions["AssetImage"]["properties"]["model"]["anyOf"][0] == {"enum": ["mine"]}
    assert definitions["AssetSubtitle"]["properties"]["model"]["anyOf"][0] == {"enum": ["voice"]}
    assert definitions["AssetImage"]["properties"]["prompt"]["maxLength"] == 7
    assert definitions["CutsceneShot"]["properties"]["duration"]["maximum"] == 8
    assert definitions["AssetCutscene"]["properties"]["shots"]["maxItems"] == 9


def test_making_it_twice_gives_the_same_schema() -> None:
    assert json_schema(RULES) == json_schema(RULES)


def test_its_own_example_and_a_large_set_are_valid() -> None:
    schema = json_schema(RULES)
    validator = jsonschema.Draft7Validator(schema)
    assert all(validator.is_valid(example) for example in schema["examples"])
    assert validator.is_valid(Writer().actions(50))
