"""Every matter of an examination, each wrong once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from assetgen.api import Project, examine, soundings
from assetgen.api import places as folders
from assetgen.core.examination import Area, Check, Examination, Level
from assetgen.dsl import checking
from tests.fakes.clock import FakeClock
from tests.planning.projects import IMAGE, LINE, project
from tests.services.faults import Fault
from tests.services.server import Services


@pytest.fixture(scope="module")
def shared() -> Iterator[Services]:
    with Services() as services:
        yield services


@pytest.fixture
def services(shared: Services) -> Iterator[Services]:
    shared.clear()
    yield shared
    assert shared.bill.total == 0


def look(around: Project, *actions: Mapping[str, Any], real: Mapping[str, str] | None = None) -> Examination:
    document = checking.parse(list(actions), around.rules) if actions else None
    return asyncio.run(examine(around, document, around.environment if real is None else real))


def named(found: Examination, area: Area, name: str) -> Check:
    return next(check for check in found.checks if (check.area, check.name) == (area, name))


def test_all_is_well_where_services_answer_and_folders_can_be_written(tmp_path: Path, services: Services) -> None:
    found = look(project(tmp_path, services.environment(), draft=False))
    assert found.exit_code == 0
    assert found.count(Level.PROBLEM) == 0
    replicate = named(found, Area.SERVICES, "replicate")
    assert (replicate.level, replicate.details["key_source"], replicate.details["host"]) == (
        Level.GOOD,
        "environment",
        "loopback",
    )
    assert services.origin in replicate.said


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    look(project(tmp_path, {}, draft=False))
    assert list(tmp_path.iterdir()) == []


def test_a_key_from_an_env_file_is_said_to_be_from_there(tmp_path: Path, services: Services) -> None:
    found = look(project(tmp_path, services.environment(), draft=False), real={})
    assert named(found, Area.SERVICES, "replicate").details["key_source"] == ".env"


def test_without_files_a_missing_key_is_only_noted(tmp_path: Path) -> None:
    found = look(project(tmp_path, {}, draft=False))
    assert {check.level for check in found.of(Area.SERVICES)} == {Level.NOTE}
    assert found.exit_code == 0


def test_a_key_that_the_files_need_is_a_problem_with_the_page_to_get_it_from(tmp_path: Path) -> None:
    found = look(project(tmp_path, {}, draft=False), IMAGE, LINE)
    assert found.exit_code == 6
    together = named(found, Area.SERVICES, "together")
    assert (together.level, together.said) == (Level.PROBLEM, "TOGETHER_API_KEY is not set, wanted for 1 asset")
    assert "https://api.together.ai/settings/api-keys" in together.advice
    assert "or that of replicate instead" in together.advice
    google = named(found, Area.SERVICES, "google")
    assert (google.level, google.said) == (Level.NOTE, "GOOGLE_API_KEY is not set, only an alternative here")


def test_only_the_services_that_the_files_need_are_asked(tmp_path: Path, services: Services) -> None:
    look(project(tmp_path, services.environment(), draft=False), IMAGE)
    assert {seen.service for seen in services.requests} == {"together", "replicate"}


def test_a_key_that_is_refused_is_never_shown(tmp_path: Path, services: Services) -> None:
    wrong = {**services.environment(), "REPLICATE_API_TOKEN": "r8_a_wrong_one_of_some_length"}
    found = look(project(tmp_path, wrong, draft=False))
    assert (found.exit_code, named(found, Area.SERVICES, "replicate").details["code"]) == (6, "auth")
    assert "a_wrong_one" not in repr(found)


def test_a_service_that_does_not_answer_is_a_problem(tmp_path: Path, services: Services) -> None:
    services.faults.script("replicate", Fault.reset(), where="list")
    found = look(project(tmp_path, services.environment(), draft=False))
    assert found.exit_code == 1
    assert named(found, Area.SERVICES, "replicate").level is Level.PROBLEM
    assert "assetgen explain" in named(found, Area.SERVICES, "replicate").advice


def test_a_service_that_never_answers_is_waited_for_until_the_deadline(
    tmp_path: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundings, "DEADLINE", 0.3)
    services.faults.script("replicate", Fault.hang(), where="list")
    found = look(project(tmp_path, services.environment(), draft=False))
    assert named(found, Area.SERVICES, "replicate").details["code"] == "timeout"


def test_an_address_that_can_not_be_used_is_told_without_showing_it(tmp_path: Path) -> None:
    environment = {"REPLICATE_BASE_URL": "https://me:hush@gateway.example/v1", "REPLICATE_API_TOKEN": "r8_some_length"}
    found = look(project(tmp_path, environment, draft=False))
    assert found.exit_code == 2
    assert "user name" in named(found, Area.SERVICES, "replicate").said
    assert "hush" not in repr(found)


def test_a_clock_that_is_wrong_is_noticed_by_the_services_dates(tmp_path: Path, services: Services) -> None:
    around = project(tmp_path, services.environment(), draft=False)
    assert named(look(around), Area.PROGRAM, "clock").level is Level.GOOD
    clock = FakeClock()
    clock.set_by = -100 * 86_400
    behind = named(look(dataclasses.replace(around, clock=clock)), Area.PROGRAM, "clock")
    assert behind.level is Level.WARNING
    assert "behind" in behind.said


def test_a_folder_that_can_not_be_written_is_a_problem_of_this_machine(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    found = look(project(tmp_path, {}, draft=False))
    assert found.exit_code == 5
    assert "--out" in named(found, Area.FOLDERS, "output").advice


def test_a_disk_that_is_nearly_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "LITTLE", 2**62)
    assert named(look(project(tmp_path, {}, draft=False)), Area.FOLDERS, "cache").level is Level.WARNING
    monkeypatch.setattr(folders, "TOO_LITTLE", 2**62)
    assert look(project(tmp_path, {}, draft=False)).exit_code == 5


def test_a_cache_of_another_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache/assets").mkdir(parents=True, mode=0o700)
    (tmp_path / "cache/assets/format.json").write_text('{"schema": "assetgen/cache@99", "id": "0"}')
    found = look(project(tmp_path, {}, draft=False))
    assert (found.exit_code, named(found, Area.FOLDERS, "cache").level) == (5, Level.GOOD)
    assert "newer assetgen" in next(check.said for check in found.checks if check.level is Level.PROBLEM)


def test_files_with_problems_send_to_validate(tmp_path: Path) -> None:
    found = look(project(tmp_path, {}, draft=False), {**IMAGE, "size": "9000x9000"})
    (check,) = found.of(Area.FILES)
    assert (found.exit_code, check.level) == (2, Level.PROBLEM)
    assert "assetgen validate" in check.advice


def test_a_model_that_ends_and_a_price_that_nobody_knows_are_told(tmp_path: Path) -> None:
    models = {"flux-schnell": [{"provider": "together", "model": "black-forest-labs/FLUX.9"}]}
    found = look(project(tmp_path, {}, draft=False, models=models))
    codes = {check.name: check for check in found.of(Area.MODELS)}
    assert "2027-01-06" in codes["model_ends"].said
    assert "`together/flux-schnell`" in codes["prices"].said


def test_drafts_need_nobody(tmp_path: Path) -> None:
    around = project(tmp_path)
    found = look(around, IMAGE)
    assert found.of(Area.SERVICES) == ()
    assert found.exit_code == 0
