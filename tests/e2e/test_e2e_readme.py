"""What the README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.e2e.command import ROOT, Command, files_below

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


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 6, 10, 70, 130])
def test_every_exit_code_stands_in_the_readme(code: int) -> None:
    assert re.search(rf"^\| {code}\b", README, re.MULTILINE)


def test_the_first_screen_is_short() -> None:
    assert README.index("## Use it") < README.index("\n".join(README.splitlines()[48:50]))
    assert len(README.splitlines()) <= 250


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z-]+)\b(?= *(?:#|\n|`))", README)) <= targets
