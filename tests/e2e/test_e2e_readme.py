"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from assetgen.catalog import openai
from assetgen.catalog.models import MODELS
from assetgen.catalog.services import SERVICES
from assetgen.cli.app import app
from assetgen.core.offers import Service
from tests.e2e.command import ROOT, Command, files_below
from tests.services import openai_compatible as imitations
from tests.services.openai_compatible import imitating

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, containing: str) -> str:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    found = [text for name, text in blocks if name == language and containing in text]
    assert len(found) == 1, f"{len(found)} blocks of {language!r} with {containing!r}"
    return str(found[0])


def test_the_small_file_makes_the_files_that_stand_beside_it(assetgen: Command) -> None:
    assetgen.write("actions.yaml", block("yaml", "asset_cutscene"))
    assert assetgen("run", "actions.yaml", "--draft").code == 0
    shown = set(re.findall(r"^  ([\w/.]+)", block("", "out-draft/"), re.MULTILINE))
    assert shown == set(files_below(assetgen.folder / "out-draft"))


def test_the_configuration_can_be_read(assetgen: Command) -> None:
    assetgen.write("assetgen.yaml", block("yaml", "limits_of_input"))
    assetgen.write("actions.yaml", block("yaml", "asset_cutscene"))
    done = assetgen("estimate", "actions.yaml")
    assert done.code == 0, done.err


def test_the_misspelt_reference_is_answered_as_shown(assetgen: Command) -> None:
    text = block("yaml", "asset_cutscene").replace("image_id: harbour_night", "image_id: harbor_night")
    assetgen.write("actions.yaml", text)
    done = assetgen("validate", "actions.yaml")
    assert done.code == 2
    assert block("", "error[unknown_reference]").splitlines()[1] in done.out


def test_the_lines_of_python_run(assetgen: Command) -> None:
    assetgen.write("actions.yaml", block("yaml", "asset_cutscene"))
    assetgen.write("snippet.py", block("python", "run_sync"))
    done = subprocess.run(
        [sys.executable, "snippet.py"], cwd=assetgen.folder, env=assetgen.variables(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "generated=3" in done.stdout


def test_every_command_of_the_table_exists(assetgen: Command) -> None:
    listed = set(re.findall(r"^\| `assetgen (\w+)", README, re.MULTILINE))
    helped = set(re.findall(r"^  (\w+)  ", assetgen("--help").out.split("Commands:")[1], re.MULTILINE))
    assert listed | {"voices"} == helped


def test_every_option_that_is_named_exists() -> None:
    known = {name for command in leaves(typer.main.get_command(app)) for one in command.params for name in one.opts}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README)) - {"--help"} <= known


def leaves(command: Any) -> Iterator[Any]:
    """A command and all below it, of whichever class typer makes them."""
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from leaves(inner)


def test_every_model_stands_in_the_table_with_its_chain_and_its_keys() -> None:
    rows = re.findall(r"^\| (`[a-z].*?) \| (?:pictures|narration).*? \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    told = {name: (order, keys) for names, order, keys in rows for name in re.findall(r"`(.+?)`", names)}
    assert told.keys() == MODELS.keys()
    for name, (order, keys) in told.items():
        asked = [link.provider or f"`{link.model}`" for link in MODELS[name].chain]
        assert re.findall(r"Together|Replicate|OpenAI|Google|`.+?`", order) == [PROPER.get(one, one) for one in asked]
        own = [SERVICES[link.provider].keys[0] for link in MODELS[name].chain if link.provider]
        assert re.findall(r"`(.+?)`", keys) == own


PROPER = {"together": "Together", "replicate": "Replicate", "openai": "OpenAI", "google": "Google"}


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_each_service_is_named_with_its_key_its_page_and_its_address(service: Service) -> None:
    assert re.search(rf"export {service.keys[0]}=… +# {re.escape(service.account)}$", README, re.MULTILINE)
    assert f"`{service.base_url_variable}`" in README


def test_a_server_of_ones_own_is_asked_as_shown(assetgen: Command) -> None:
    assetgen.write("actions.yaml", "[{type: asset_subtitle, id: line, text: Nobody said a word.}]")
    assetgen.write("assetgen.yaml", block("yaml", "openai/kokoro"))
    key = re.findall(r"export OPENAI_BASE_URL=\S+ OPENAI_API_KEY=(\S+)$", README, re.MULTILINE)
    with imitating(imitations.kokoro) as server:
        done = assetgen("run", "actions.yaml", "--json", **{**server.environment(), "OPENAI_API_KEY": key[0]})
        assert [asked.body["voice"] for asked in server.asked] == ["af_heart"], done.err
    assert (done.code, done.json()["cost"]["spent_usd"]) == (0, "0"), done.err


def test_the_day_on_which_speech_ends_is_the_catalogs() -> None:
    assert f"speech models end on {openai.ENDS}" in README


def test_every_place_within_the_page_exists() -> None:
    heads = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    places = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
    assert set(re.findall(r"\]\(#(.+?)\)", README)) <= places


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 6, 10, 70, 130])
def test_every_exit_code_stands_in_the_readme(code: int) -> None:
    assert re.search(rf"^\| {code}\b", README, re.MULTILINE)


def test_the_first_screen_is_short() -> None:
    assert README.index("## Use it") < README.index("\n".join(README.splitlines()[48:50]))
    assert len(README.splitlines()) <= 300


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)\b(?= *(?:#|\n|`))", README)) <= targets
