from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.core.errors import ValidationError
from assetgen.core.money import Usd
from assetgen.settings import Settings, find_config, load, read_env_file


def config(folder: Path, text: str) -> Path:
    path = folder / "assetgen.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_later_source_weighs_more(tmp_path: Path) -> None:
    path = config(tmp_path, "concurrency: 3\nmax_cost: 1\nimage_format: original\n")
    environment = {"ASSETGEN_CONCURRENCY": "4", "ASSETGEN_MAX_COST": "2"}
    settings = load({"concurrency": 5, "max_cost": None}, environment, config=path)
    assert (settings.concurrency, settings.max_cost, settings.image_format) == (5, Usd.parse("2"), "original")


def test_an_amount_is_the_decimal_that_was_written(tmp_path: Path) -> None:
    path = config(tmp_path, "max_cost: 5.10\nprices: {together/flux-schnell: {usd: 0.0027, per: megapixel}}\n")
    settings = load({}, {}, config=path)
    assert settings.max_cost == Usd(5_100_000)
    assert str(settings.prices["together/flux-schnell"].usd) == "0.0027"


def test_a_chain_is_providers_models_and_both(tmp_path: Path) -> None:
    path = config(tmp_path, "models: {flux-schnell: [together, {model: sdxl}, {provider: openai, model: tts-1}]}\n")
    chain = load({}, {}, config=path).models["flux-schnell"]
    assert [(link.provider, link.model) for link in chain] == [("together", ""), ("", "sdxl"), ("openai", "tts-1")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_cost: 1\nmax_cost: 1000\n", "`max_cost` is given twice"),
        ("max_cst: 1\n", "unknown setting `max_cst`"),
        ("draft: true\n", "unknown setting `draft`"),
        ("max_cost: .inf\n", "finite"),
        ("max_cost: -1\n", "at least 0"),
        ("max_cost: true\n", "a number"),
        ("max_cost_per_day: -1\n", "at least 0"),
        ("max_cost_per_month: .nan\n", "finite"),
        ("project_folder: /\n", "unknown setting `project_folder`"),
        ("concurrency: 0\n", "concurrency"),
        ("concurrency: '8'\n", "concurrency"),
        ("style: {suffx: x}\n", "style.suffx"),
        ("defaults: {image: {size: 1024x}}\n", "'1024x' is no size: write `1024x768`"),
        ("timeouts: {together: .nan}\n", "timeouts.together"),
        ("models: {flux-schnell: []}\n", "models.flux-schnell"),
        ("a: &a [1]\nb: *a\n", "aliases are not supported"),
        ("- 1\n", "no mapping"),
        ("a: [\n", "line"),
        ("!!python/object/apply:os.system [echo]\n", "line 1"),
    ],
)
def test_a_configuration_that_is_wrong_says_what(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load({}, {}, config=config(tmp_path, text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "name", "meant"),
    [
        ("defaults: {image: {modle: sdxl}}\n", "defaults.image.modle", "model"),
        ("limits: {together: {requests_per_minut: 3}}\n", "limits.together.requests_per_minut", "requests_per_minute"),
        ("models: {flux-schnell: [{provder: together}]}\n", "models.flux-schnell.0.provder", "provider"),
        ("prices: {together/x: {uds: 1}}\n", "prices.together/x.uds", "usd"),
    ],
)
def test_a_misspelt_setting_of_a_section_is_told_with_the_nearest_one(
    tmp_path: Path, text: str, name: str, meant: str
) -> None:
    path = config(tmp_path, text)
    with pytest.raises(ValidationError) as caught:
        load({}, {}, config=path)
    assert f"`{name}` ({path}): there is no such setting" in str(caught.value)
    assert caught.value.help == f"did you mean `{meant}`?"


def test_a_setting_that_is_wrong_says_where_it_comes_from(tmp_path: Path) -> None:
    path = config(tmp_path, "max_cost: x\nconcurrency: 0\n")
    sources = {
        str(path): load_refused({}, {}, path),
        "ASSETGEN_MAX_COST": load_refused({}, {"ASSETGEN_MAX_COST": "y"}, path),
        "--max-cost": load_refused({"max_cost": "z"}, {"ASSETGEN_MAX_COST": "y"}, path),
    }
    for source, said in sources.items():
        assert f"`max_cost` ({source})" in said
        assert f"`concurrency` ({path})" in said


def load_refused(options: dict[str, str], environment: dict[str, str], path: Path) -> str:
    with pytest.raises(ValidationError) as caught:
        load(options, environment, config=path)
    return str(caught.value)


def test_a_configuration_of_a_similar_name_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "assetgen.yml").write_text("max_cost: 1\n")
    with pytest.raises(ValidationError, match=r"`assetgen\.yaml`"):
        load({}, {}, beside=tmp_path)
    (tmp_path / "assetgen.yaml").write_text("max_cost: 2\n")
    assert load({}, {}, beside=tmp_path).max_cost == Usd(2_000_000)


@pytest.mark.parametrize("name", ["ASSETGEN_MAXCOST", "ASSETGEN_MAX_COSTS"])
def test_an_unknown_variable_is_an_error_with_a_suggestion(name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load({}, {name: "1"})
    assert "ASSETGEN_MAX_COST" in caught.value.help


@pytest.mark.parametrize(
    ("name", "text"),
    [("ASSETGEN_CONCURRENCY", "many"), ("ASSETGEN_MAX_COST", "nan"), ("ASSETGEN_PROGRESS", "loud")],
)
def test_a_variable_that_cannot_be_read_is_an_error(name: str, text: str) -> None:
    with pytest.raises(ValidationError):
        load({}, {name: text})


def test_a_configuration_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="nowhere"):
        load({}, {}, config=tmp_path / "nowhere.yaml")


def test_the_configuration_beside_the_actions_comes_before_the_one_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "game").mkdir()
    monkeypatch.chdir(tmp_path)
    here = config(tmp_path, "")
    assert find_config(None, tmp_path / "game") == here.relative_to(tmp_path)
    beside = config(tmp_path / "game", "")
    assert find_config(None, tmp_path / "game") == beside


def test_limits_of_a_day_and_a_month_come_from_the_file_alone(tmp_path: Path) -> None:
    settings = load({}, {}, config=config(tmp_path, "max_cost_per_day: 2.50\nmax_cost_per_month: 20\n"))
    assert (settings.max_cost_per_day, settings.max_cost_per_month) == (Usd.parse("2.50"), Usd.parse("20"))
    assert (Settings().max_cost_per_day, Settings().max_cost_per_month) == (None, None)
    with pytest.raises(ValidationError):
        load({}, {"ASSETGEN_MAX_COST_PER_DAY": "1"})


def test_the_project_is_the_folder_of_its_configuration_or_else_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = tmp_path / "game"
    game.mkdir()
    monkeypatch.chdir(game)
    assert load({}, {}).project_folder == game.resolve()
    config(tmp_path, "")
    assert load({}, {}, beside=Path("..")).project_folder == tmp_path.resolve()
    (tmp_path / "link").symlink_to(tmp_path)
    named = load({}, {}, config=Path("../link/assetgen.yaml"))
    assert named.project_folder == tmp_path.resolve(), "one project has one name, however it is reached"


def test_a_folder_may_be_given_as_text() -> None:
    assert load({"state_dir": "state"}, {"ASSETGEN_CACHE_DIR": "kept"}).state_dir == Path("state")


def test_drafts_have_a_folder_of_their_own() -> None:
    assert (Settings().out_folder, Settings(draft=True).out_folder) == (Path("out"), Path("out-draft"))
    assert Settings(draft=True, out=Path("x")).out_folder == Path("x")


def test_an_env_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# keys\nexport A=1\nB = 'two words' \nC=\"x=y\"\nD=plain # a note\n\nnonsense\n", encoding="utf-8")
    assert read_env_file(path) == {"A": "1", "B": "two words", "C": "x=y", "D": "plain"}
    assert read_env_file(tmp_path / "none") == {}
