"""The figures of a run in a file, and the lists of its slowest and dearest, by the real command."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator

import pytest

from assetgen.cli.ending import with_environment
from tests.e2e.command import Command
from tests.reporting.exposition import value
from tests.services.faults import Fault
from tests.services.server import Services

ONE = "- {type: asset_image, id: pier, prompt: A pier at dusk, size: 320x240}\n"
TWO = ONE + "- {type: asset_image, id: fog, prompt: A figure in the fog, size: 640x480, model: sdxl}\n"


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def shop(assetgen: Command, services: Services) -> Command:
    """A folder with two pictures, and keys for the services on this machine."""
    assetgen.write("actions.yaml", TWO)
    assetgen.environment.update(services.environment())
    return assetgen


def text(command: Command, name: str = "run.prom") -> str:
    return (command.folder / name).read_text(encoding="utf-8")


def test_the_figures_of_a_run_are_written_beside_its_result(shop: Command, services: Services) -> None:
    done = shop("run", "actions.yaml", "--json", "--metrics-file", "metrics/run.prom")
    assert (done.code, done.json()["counts"]["generated"]) == (0, 2), done.err
    written = text(shop, "metrics/run.prom")
    assert value(written, "assetgen_run_complete") == 1
    assert value(written, "assetgen_assets_total", type="asset_image", status="generated") == 2
    assert value(written, "assetgen_estimate_usd", bound="min") == pytest.approx(services.bill.total / 1_000_000)


def test_a_failed_run_writes_its_figures_too(shop: Command, services: Services) -> None:
    services.faults.always("together", Fault.status(400))
    done = shop("run", "actions.yaml", "--metrics-file", "run.prom", "--only", "pier")
    assert done.code == 1, done.err
    assert value(text(shop), "assetgen_run_exit_code") == 1
    assert value(text(shop), "assetgen_assets_total", type="asset_image", status="failed") == 1


def test_an_interrupted_run_writes_its_figures_too(shop: Command, services: Services) -> None:
    services.faults.script("together", Fault.delay(0.5))
    process = shop.start("run", "actions.yaml", "--metrics-file", "run.prom", "--only", "pier")
    while not services.requests:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert value(text(shop), "assetgen_run_exit_code") == process.returncode == 130


def test_a_run_that_was_refused_says_that_it_came_to_no_end(shop: Command) -> None:
    assert shop("run", "actions.yaml", "--max-cost", "0.0001", "--metrics-file", "run.prom").code == 3
    assert value(text(shop), "assetgen_run_complete") == 0


def test_a_file_that_cannot_be_written_costs_the_exit_code_and_nothing_else(assetgen: Command) -> None:
    assetgen.write("actions.yaml", ONE)
    done = assetgen("run", "actions.yaml", "--draft", "--json", "--metrics-file", "actions.yaml/run.prom")
    assert (done.code, done.json()["exit_code"], done.json()["counts"]["generated"]) == (5, 5, 1)
    assert "warning: the metrics can't be written to `actions.yaml/run.prom`: Not a directory" in done.err


def test_where_stderr_has_lines_of_json_the_warning_is_one(assetgen: Command) -> None:
    assetgen.write("actions.yaml", ONE)
    done = assetgen("run", "actions.yaml", "--draft", "--progress", "json", "--metrics-file", "actions.yaml/run.prom")
    assert [json.loads(line) for line in done.err.splitlines()][-1]["error"]["code"] == "storage"


def test_nothing_but_metrics_is_written_over(assetgen: Command) -> None:
    assetgen.write("actions.yaml", ONE)
    done = assetgen("run", "actions.yaml", "--draft", "--metrics-file", "actions.yaml")
    assert done.code == 2
    assert "`actions.yaml` stands there and is no metrics file" in done.err
    assert (assetgen.folder / "actions.yaml").read_text(encoding="utf-8") == ONE


def test_the_figures_of_the_run_before_are_written_over(assetgen: Command) -> None:
    assetgen.write("actions.yaml", ONE)
    assetgen.write("run.prom", "# HELP assetgen_old What was.\n")
    assert assetgen("run", "actions.yaml", "--draft", "--metrics-file", "run.prom").code == 0
    assert value(text(assetgen), "assetgen_run_complete") == 1


def test_a_dry_run_writes_no_figures(assetgen: Command) -> None:
    assetgen.write("actions.yaml", ONE)
    assert assetgen("run", "actions.yaml", "--draft", "--dry-run", "--metrics-file", "run.prom").code == 0
    assert not (assetgen.folder / "run.prom").exists()


def test_the_slowest_and_the_dearest_are_listed_where_they_were_asked_for(shop: Command) -> None:
    done = shop("run", "actions.yaml", "--json", "--durations", "1", "--costs", "5")
    document = done.json()
    assert [one["id"] for one in document["dearest"]] == ["fog", "pier"]
    assert document["dearest"][0]["cost_usd"] == "0.009"
    assert len(document["slowest"]) == 1
    assert document["slowest"][0]["seconds"] > 0
    assert "assetgen: dear fog $0.009" in done.err
    assert done.err.count("assetgen: slow ") == 1
    assert "assetgen: estimate $0.0" in done.err
    assert "in range" in done.err


@pytest.mark.parametrize(
    ("before", "after"), [(0, 5), (1, 5), (3, 5), (4, 5), (6, 5), (70, 70), (130, 130), (143, 143)]
)
def test_figures_that_cannot_be_written_matter_less_than_a_bug_or_an_interruption(before: int, after: int) -> None:
    assert with_environment(before) == after


def test_every_call_is_counted_timed_and_priced_as_it_ended(shop: Command, services: Services) -> None:
    services.faults.script("together", Fault.status(429, None, {"retry-after": "0"}), Fault.delay(0.3))
    done = shop("run", "actions.yaml", "--json", "--metrics-file", "run.prom")
    metrics = done.json()["metrics"]
    sums = {name: metrics[name] for name in ("calls", "errors", "retries", "failovers", "errors_by_code")}
    assert sums == {"calls": 3, "errors": 1, "retries": 1, "failovers": 0, "errors_by_code": {"rate_limited": 1}}
    assert metrics["cost_usd"] == done.json()["cost"]["spent_usd"]
    assert float(metrics["cost_usd"]) == pytest.approx(services.bill.total / 1_000_000)
    assert metrics["providers"]["together/flux-schnell"]["seconds"]["p95"] >= 0.3
    together = {"provider": "together", "model": "flux-schnell"}
    assert value(text(shop), "assetgen_calls_total", **together, outcome="refused") == 1
    assert value(text(shop), "assetgen_errors_total", **together, code="rate_limited") == 1
    assert value(text(shop), "assetgen_retries_total", **together) == 1
    assert "assetgen: calls=3 errors=1 retries=1 failovers=0" in done.err
