"""`assetgen doctor` in a process of its own, and the warnings that it shares with other commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.command import Command, files_below
from tests.services.server import Services

KEY = "sk-a-very-secret-key-0123456789"


@pytest.fixture(scope="module")
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


def test_it_has_help_with_an_example(assetgen: Command) -> None:
    done = assetgen("doctor", "--help")
    assert done.code == 0
    assert "assetgen doctor actions.yaml" in done.out


def test_it_answers_in_an_empty_home_without_keys_and_leaves_nothing_there(assetgen: Command) -> None:
    done = assetgen("doctor")
    assert (done.code, done.err) == (0, "")
    assert "TOGETHER_API_KEY is not set" in done.out
    assert "No key yet?" in done.out
    assert files_below(assetgen.folder) == {}


def test_with_a_file_it_ends_as_a_run_would(scene: Command, services: Services) -> None:
    assert scene("doctor", "actions.yaml").code == scene("run", "actions.yaml").code == 6
    assert scene("doctor", "actions.yaml", **services.environment()).code == 0


def test_in_a_pipe_it_is_plain_and_in_ascii_it_can_be_read(scene: Command, services: Services) -> None:
    done = scene("doctor", "actions.yaml", PYTHONIOENCODING="ascii", COLUMNS="80", **services.environment())
    assert "\x1b" not in done.out
    assert done.out.isascii()
    assert max(map(len, done.out.splitlines())) <= 80
    assert "\x1b" in scene("doctor", FORCE_COLOR="1").out


def test_keys_of_an_env_file_are_used_and_never_shown(assetgen: Command, services: Services) -> None:
    address = services.environment()["REPLICATE_BASE_URL"]
    assetgen.write(".env", f"REPLICATE_API_TOKEN={KEY}\nREPLICATE_BASE_URL={address}\n")
    done = assetgen("doctor", "--json")
    (check,) = [one for one in done.json()["checks"] if one["name"] == "replicate"]
    assert (done.code, check["details"]["key_source"], check["details"]["code"]) == (6, ".env", "auth")
    assert "secret" not in done.out + done.err + assetgen("doctor").out


def test_models_estimate_and_run_speak_of_a_model_that_ends(scene: Command, services: Services) -> None:
    listed = scene("models", "--json")
    assert listed.json()["schema"] == "assetgen/models@1"
    assert listed.err.count("warning[model_ends]") == 1
    scene.environment.update(services.environment())
    assert "model_ends" in scene("estimate", "actions.yaml").out
    done = scene("run", "actions.yaml", "--json")
    assert [one["code"] for one in done.json()["warnings"]].count("model_ends") == 1
    again = scene("run", "actions.yaml", "--json").json()
    assert again["warnings"] == [], "nothing is bought, so nothing ends"
