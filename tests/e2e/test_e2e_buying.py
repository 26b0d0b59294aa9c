"""Pictures bought by the real command from the strict services."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import ROOT, SAMPLES, Command, Ended, files_below
from tests.services.faults import Fault
from tests.services.server import Services

MIXED = """\
- {type: asset_image, id: hero, prompt: A hero on a pier, size: 512x512}
- {type: asset_image, id: fog, prompt: A figure in the fog, size: 640x480, model: sdxl, seed: 7, negative_prompt: text}
- {type: asset_image, id: twin, prompt: A hero on a pier, size: 512x512}
"""


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def shop(assetgen: Command, services: Services) -> Command:
    """A folder with three pictures, two of them the same purchase, and keys for the services on this machine."""
    assetgen.write("actions.yaml", MIXED)
    assetgen.environment.update(services.environment())
    return assetgen


def ledger(command: Command) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = command("ledger", "show", "--json", "--all").json()["rows"]
    return rows


def booked(command: Command) -> int:
    return sum(round(float(row["booked_usd"]) * 1_000_000) for row in ledger(command))


def images(command: Command, sample: Path) -> list[str]:
    found = command("estimate", sample, "--json", "--all").json()["actions"]
    return [one["id"] for one in found if one["type"] == "asset_image"]


@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda sample: str(sample.name))
def test_the_pictures_of_every_sample_are_bought_once_and_to_the_micro_dollar(
    sample: Path, assetgen: Command, services: Services
) -> None:
    assetgen.environment.update(services.environment())
    wanted = [word for name in images(assetgen, sample) for word in ("--only", name)]
    if not wanted:
        assert sample.name == "voices.yaml"
        return
    first = assetgen("run", sample, *wanted, "--json")
    assert (first.code, services.violations) == (0, []), first.err
    spent = round(float(first.json()["cost"]["spent_usd"]) * 1_000_000)
    assert spent == services.bill.total == booked(assetgen) > 0
    before = len(services.requests)
    again = assetgen("run", sample, *wanted, "--json")
    assert (again.code, again.json()["cost"]["spent_usd"], len(services.requests)) == (0, "0", before)


def test_equal_purchases_are_paid_once_and_carried_by_the_first(shop: Command, services: Services) -> None:
    assert shop("run", "actions.yaml").code == 0
    assert (services.bill.creates("together"), services.bill.creates("replicate")) == (1, 1)
    manifest = json.loads((shop.folder / "out/manifest.json").read_text())
    costs = {one["id"]: one["cost_usd"] for one in manifest["images"]}
    assert (costs["twin"], costs["fog"]) == ("0", "0.009")
    assert sum(float(cost) for cost in costs.values()) == pytest.approx(services.bill.total / 1_000_000)
    assert next(one for one in manifest["images"] if one["id"] == "twin")["shared_with"] == ["hero"]


def test_forcing_two_assets_that_share_a_purchase_pays_for_it_once(shop: Command, services: Services) -> None:
    shop("run", "actions.yaml")
    before = services.bill.creates("together")
    assert shop("run", "actions.yaml", "--only", "hero", "--only", "twin", "--force").code == 0
    assert services.bill.creates("together") == before + 1
    assert booked(shop) == services.bill.total


@pytest.mark.parametrize(
    ("fault", "code", "exit_code", "words"),
    [
        (Fault.status(422), "content_refused", 1, "safety checker violation"),
        (Fault.status(400), "invalid_request", 1, "The request is invalid"),
        (Fault.lie("html_200"), "unusable_image", 1, "no JSON"),
        (Fault.lie("half_jpeg"), "unusable_image", 1, "cut off"),
        (Fault.reset(before=False, charged=True), "outcome_unknown", 4, "cut off"),
        (Fault.status(502, charged=True), "outcome_unknown", 4, "502"),
    ],
)
def test_what_goes_wrong_for_good_is_said_in_words_and_asked_once(
    shop: Command, services: Services, fault: Fault, code: str, exit_code: int, words: str
) -> None:
    services.faults.script("together", fault)
    only = ("run", "actions.yaml", "--only", "hero", "--json")
    done = shop(*only)
    (failed,) = done.json()["failed"]
    assert (done.code, failed["code"]) == (exit_code, code)
    assert words in failed["message"]
    asked = len(services.requests)
    again = shop(*only)
    # A refusal of the request itself costs nothing and may be another day's; all else is remembered.
    assert (
        (again.code == 0) if code == "invalid_request" else (again.code, len(services.requests)) == (exit_code, asked)
    )
    assert services.bill.total <= booked(shop)


@pytest.mark.parametrize(
    ("lie", "code", "words"),
    [
        ("job_nsfw", "content_refused", "NSFW"),
        ("job_failed", "service_error", "failed"),
        ("data_removed", "expired", "after an hour"),
        ("output_expired", "expired", "removed"),
    ],
)
def test_jobs_that_end_badly_say_so(shop: Command, services: Services, lie: str, code: str, words: str) -> None:
    services.faults.always("replicate", Fault.lie(lie), where="any")
    shop.environment.pop("TOGETHER_API_KEY")
    shop.write("assetgen.yaml", "models: {sdxl: [replicate]}\n")
    done = shop("run", "actions.yaml", "--only", "fog", "--json")
    (failed,) = done.json()["failed"]
    assert (done.code, failed["code"]) == (1, code), failed
    assert words.lower() in failed["message"].lower()
    assert services.bill.total <= booked(shop)


def test_a_refused_key_stops_the_service_at_once_and_the_next_one_is_asked(shop: Command, services: Services) -> None:
    shop.write(
        "many.json", json.dumps([{"type": "asset_image", "id": f"p{n}", "prompt": f"pier {n}"} for n in range(40)])
    )
    shop.environment["TOGETHER_API_KEY"] = "a-key-that-was-revoked-0123"
    done = shop("run", "many.json", "--json", "-j", "4")
    assert done.code == 0
    asked = [one for one in services.requests if one.service == "together"]
    assert len(asked) <= 4
    assert done.err.count("Invalid API key") <= 1 + len(asked)
    assert services.bill.creates("replicate") == 40


def test_without_credit_anywhere_it_ends_with_6(shop: Command, services: Services) -> None:
    services.faults.always("together", Fault.status(402))
    services.faults.always("replicate", Fault.status(402))
    done = shop("run", "actions.yaml", "--json")
    assert (done.code, {one["code"] for one in done.json()["failed"]}) == (6, {"quota"})
    assert services.bill.total == 0


def test_a_job_that_was_under_way_at_a_kill_is_collected_and_not_made_again(shop: Command, services: Services) -> None:
    services.faults.script("replicate", Fault.delay(0.6), where="file")
    process = shop.start("run", "actions.yaml", "--only", "fog")
    while not any("/files/" in one.path for one in services.requests):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    done = shop("run", "actions.yaml", "--only", "fog")
    assert (done.code, services.bill.creates("replicate")) == (0, 1)
    assert "1 attempt of an interrupted run" in done.err
    assert list(files_below(shop.folder / "out/images")) == ["fog.png"]


def test_no_key_is_anywhere_after_a_run_whose_services_echo_everything(shop: Command, services: Services) -> None:
    keys = [value for name, value in services.environment().items() if name.endswith(("KEY", "TOKEN"))]
    echo = json.dumps({"error": {"message": f"bad key {keys[0]} and {keys[1]}", "type": "x", "code": "y"}}).encode()
    services.faults.script("together", Fault.status(400, echo, {"x-echo": keys[0]}), Fault.status(500, echo))
    done = shop("run", "actions.yaml", "-v", "--json")
    assert done.out
    written = [path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()]
    for key in keys:
        assert key not in done.out + done.err
        assert not any(key.encode() in data for data in written)


def test_a_service_that_asks_to_wait_for_years_is_not_waited_for(shop: Command, services: Services) -> None:
    services.faults.always("together", Fault.status(429, None, {"retry-after": "999999999"}))
    shop.write("assetgen.yaml", "models: {flux-schnell: [together]}\n")
    done: Ended = shop("run", "actions.yaml", "--only", "hero", "--json")
    (failed,) = done.json()["failed"]
    assert (done.code, failed["code"]) == (1, "rate_limited")
    assert len(services.requests) == 1


def test_the_server_can_be_started_by_hand(assetgen: Command) -> None:
    from tests.services.remote import serving

    with serving() as server:
        assetgen.environment.update(server.environment())
        assetgen.write("actions.yaml", MIXED)
        assert assetgen("run", "actions.yaml").code == 0
        assert server.violations() == []
    assert (ROOT / "tests/services/__main__.py").exists()


def test_what_another_model_made_in_its_place_is_this_assets_picture_also_next_time(
    shop: Command, services: Services
) -> None:
    services.faults.always("together", Fault.status(404))
    services.faults.script("replicate", Fault.status(404))
    assert shop("run", "actions.yaml", "--only", "hero").code == 0
    (picture,) = json.loads((shop.folder / "out/manifest.json").read_text())["images"]
    assert (picture["model"], picture["degraded"]) == ("sdxl", True)
    services.faults.clear()
    shutil.rmtree(shop.folder / "out")
    bill = services.bill.total
    again = shop("run", "actions.yaml", "--only", "hero", "--json")
    assert (again.json()["counts"]["cached"], services.bill.total) == (1, bill)


def test_what_the_second_service_sold_is_not_bought_from_the_first_when_its_bytes_are_lost(
    shop: Command, services: Services
) -> None:
    services.faults.always("together", Fault.status(404))
    shop("run", "actions.yaml", "--only", "hero")
    services.faults.clear()
    for path in (shop.folder / "home/.cache/assetgen/assets").glob("*/??/*"):
        path.unlink()
    shutil.rmtree(shop.folder / "out")
    bill = services.bill.total
    assert shop("estimate", "actions.yaml", "--only", "hero", "--json").json()["counts"]["refused"] == 1
    done = shop("run", "actions.yaml", "--only", "hero")
    assert (done.code, services.bill.total) == (5, bill)
    assert "--rebuy" in done.err
    assert shop("run", "actions.yaml", "--only", "hero", "--rebuy").code == 0


def test_a_command_that_is_refused_leaves_the_budget_of_the_interrupted_one(shop: Command, services: Services) -> None:
    shop.write("many.json", json.dumps([{"type": "asset_image", "id": f"p{n}", "prompt": f"n {n}"} for n in range(4)]))
    services.faults.script("together", Fault.hang())
    run = ("run", "many.json", "--max-cost", "0.007")
    process = shop.start(*run, "--only", "p0")
    while not services.requests:
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    before = services.bill.total
    # One is unknown, and counts as spent: the other three don't fit, however often they are asked for.
    assert [shop(*run).code for _ in range(2)] == [3, 3]
    assert services.bill.total == before


def test_a_key_that_comes_back_in_escapes_is_not_written_anywhere(shop: Command, services: Services) -> None:
    key = services.environment()["TOGETHER_API_KEY"]
    escaped = "".join(f"\\u{ord(character):04x}" for character in key)
    body = f'{{"error": {{"message": "bad key {escaped}", "type": "x", "code": "y"}}}}'.encode()
    services.faults.script("together", Fault.status(400, body))
    done = shop("run", "actions.yaml", "--only", "hero", "-v", "--json")
    assert "bad key" in done.out
    written = [path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()]
    assert key not in done.out + done.err
    assert not any(key.encode() in data for data in written)


def test_the_same_command_after_a_kill_does_not_force_twice(shop: Command, services: Services) -> None:
    shop("run", "actions.yaml", "--only", "hero")
    services.faults.always("together", Fault.status(404))
    services.faults.script("replicate", Fault.delay(1.0), where="file")
    force = ("run", "actions.yaml", "--only", "hero", "--force")
    process = shop.start(*force)
    while not any("/files/" in one.path for one in services.requests):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    services.faults.clear()
    together, replicate = services.bill.creates("together"), services.bill.creates("replicate")
    assert shop(*force).code == 0
    assert (services.bill.creates("together"), services.bill.creates("replicate")) == (together, replicate)


def test_whoever_asks_with_another_key_learns_nothing_of_a_lost_job(shop: Command, services: Services) -> None:
    services.faults.script("replicate", Fault.hang())
    process = shop.start("run", "actions.yaml", "--only", "fog")
    while not any(one.where == "create" for one in services.requests):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.communicate()
    with Services() as elsewhere:
        done = shop("run", "actions.yaml", "--only", "fog", **elsewhere.environment())
        assert (done.code, elsewhere.bill.total) == (4, 0)
    assert shop("run", "actions.yaml", "--only", "fog").code == 0
    assert services.bill.creates("replicate") == 1
