"""The public door, as another program uses it."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

import assetgen
from assetgen.core.errors import ValidationError
from assetgen.core.events import Timed
from assetgen.core.surveys import State
from assetgen.reporting.events import PUBLIC
from assetgen.settings import StorageSettings
from tests.planning.projects import IMAGE, LINE, SCENE

TEXT = "actions:\n  - {type: asset_image, id: pier, prompt: a pier, size: 64x64}\n"


@pytest.fixture
def settings(tmp_path: Path) -> assetgen.Settings:
    return assetgen.Settings(
        draft=True, out=tmp_path / "out", cache_dir=tmp_path / "cache", state_dir=tmp_path / "state"
    )


def test_the_public_names_are_these() -> None:
    assert assetgen.__all__ == sorted(assetgen.__all__)
    assert all(getattr(assetgen, name) is not None for name in assetgen.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        assetgen.nonsense  # noqa: B018 - the access is what is tested


def test_importing_the_package_imports_none_of_its_parts() -> None:
    heavy = ("assetgen.", "pydantic", "rich")
    code = f"import sys, assetgen; print([name for name in sys.modules if name.startswith({heavy})])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_actions_come_from_a_file_from_text_or_from_a_value(tmp_path: Path) -> None:
    (tmp_path / "actions.yaml").write_text(TEXT)
    for source in (tmp_path / "actions.yaml", str(tmp_path / "actions.yaml"), TEXT, {"actions": [IMAGE]}, [IMAGE]):
        document = assetgen.load(source)
        assert [entry.action.id for entry in document.entries] == ["pier"]  # type: ignore[union-attr]


def test_a_text_on_one_line_is_json_or_a_file() -> None:
    assert assetgen.load('{"actions": []}').ok
    missing = assetgen.load("nowhere.yaml")
    assert not missing.ok
    assert missing.problems[0].file == "nowhere.yaml"


def test_planning_what_is_wrong_raises_all_problems() -> None:
    document = assetgen.load({"actions": [{**IMAGE, "prompt": ""}, {**LINE, "voice_tone": "loud"}]})
    with pytest.raises(assetgen.AssetGenerationError) as caught:
        assetgen.plan(document)
    assert len(caught.value.problems) == 2  # type: ignore[attr-defined]


def test_the_whole_way(settings: assetgen.Settings) -> None:
    plan = assetgen.plan(assetgen.load([IMAGE, LINE, SCENE]), settings)
    assert assetgen.survey(plan, settings).counts == {State.NEW: 3}
    result = assetgen.run_sync(plan, settings)
    assert (result.exit_code, result.counts.generated) == (0, 3)
    assert assetgen.survey(plan, settings).counts == {State.CACHED: 3}


def test_a_run_inside_a_loop_tells_its_listeners(settings: assetgen.Settings) -> None:
    plan, heard = assetgen.plan(assetgen.load([IMAGE]), settings), list[Timed]()
    options = assetgen.RunOptions(listeners=(heard.append,))
    result = asyncio.run(assetgen.run(plan, settings, options))
    assert result.counts.generated == 1
    names = [timed.event.name for timed in heard if timed.event.name in PUBLIC]
    assert names == ["run.started", "action.started", "action.done", "run.finished"]


def test_forcing_makes_exactly_the_named_ones_again(settings: assetgen.Settings) -> None:
    plan = assetgen.plan(assetgen.load([IMAGE, LINE, SCENE]), settings)
    assetgen.run_sync(plan, settings)
    result = assetgen.run_sync(plan, settings, assetgen.RunOptions(only=("pier",), force=True))
    assert (result.counts.total, result.counts.generated) == (1, 1)


def test_what_was_not_chosen_stays_in_the_manifest(settings: assetgen.Settings) -> None:
    plan = assetgen.plan(assetgen.load([IMAGE, LINE, SCENE]), settings)
    assetgen.run_sync(plan, settings)
    before = (settings.out_folder / "manifest.json").read_bytes()
    assetgen.run_sync(plan, settings, assetgen.RunOptions(only=("line",)))
    assert (settings.out_folder / "manifest.json").read_bytes() == before


def test_ids_that_share_a_purchase_share_its_cost(settings: assetgen.Settings) -> None:
    import json

    plan = assetgen.plan(assetgen.load([IMAGE, {**IMAGE, "id": "same"}]), settings)
    result = assetgen.run_sync(plan, settings)
    images = json.loads((settings.out_folder / "manifest.json").read_text())["images"]
    assert [image.get("shared_with") for image in images] == [None, ["pier"]]
    assert result.metrics["calls"] == 1


def test_addresses_are_below_the_public_url_that_is_set_now(settings: assetgen.Settings) -> None:
    def run(public_url: str | None) -> list[str]:
        """Every address in the manifest and the cutscene."""
        chosen = settings.model_copy(update={"storage": StorageSettings(public_url=public_url)})
        plan = assetgen.plan(assetgen.load([IMAGE, LINE, SCENE]), chosen)
        assert assetgen.run_sync(plan, chosen).exit_code == 0
        texts = [(settings.out_folder / name).read_text() for name in ("manifest.json", "cutscenes/scene.json")]
        return re.findall(r'"(?:url|\w+Url)": "(.*?)"', "".join(texts))

    made = run(None)
    assert len(made) == 6
    for public_url in ("https://one.example", "https://two.example/game"):
        assert run(public_url) == [f"{public_url}/{path}" for path in made]
    assert run(None) == made


def test_a_default_model_that_nobody_knows_is_an_error_for_programs_too() -> None:
    wrong = assetgen.Settings.model_validate({"draft": True, "defaults": {"image": {"model": "sdlx"}}})
    with pytest.raises(ValidationError, match="no such model is called `sdlx`"):
        assetgen.plan(assetgen.load([IMAGE]), wrong)
