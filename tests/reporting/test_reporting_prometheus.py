from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from assetgen.core.events import ActionWaited, Event, ProviderLimited, ProviderStopped, RunFinished, Wait
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.results import Counts
from assetgen.reporting import prometheus
from assetgen.reporting.metrics import Metrics
from tests.reporting.builders import cached, called, done, failed, finished, money, started, timed
from tests.reporting.exposition import parsed, value

EVIL = 'flux"\\n\\\n{le="1"} 7\r\u202e'
WHO = {"provider": "together", "model": "flux-schnell"}


def heard(*events: Event) -> Metrics:
    metrics = Metrics()
    for one in timed(*events):
        metrics(one)
    return metrics


def text(*events: Event) -> str:
    return prometheus.text(heard(*events))


def test_every_family_of_a_whole_run_can_be_read() -> None:
    found = parsed(
        text(
            started(),
            cached("a"),
            called("b", OutcomeClass.REFUSED, "rate_limited", seconds=0.2),
            called("b", seconds=3.0),
            done("b"),
            failed("c"),
            ActionWaited("b", "together", "flux-schnell", Wait.LIMIT, 1.5),
            ProviderLimited("together", 4, 8, "429"),
            ProviderStopped("openai", "auth", "401"),
            finished(),
        )
    )
    assert {name: metric.type for name, metric in found.items()} == {
        "assetgen_run_complete": "gauge",
        "assetgen_estimate_usd": "gauge",
        "assetgen_budget_usd": "gauge",
        "assetgen_run_exit_code": "gauge",
        "assetgen_run_seconds": "gauge",
        "assetgen_unknown_usd": "gauge",
        "assetgen_cache_hit_ratio": "gauge",
        "assetgen_assets_total": "counter",
        "assetgen_saved_usd_total": "counter",
        "assetgen_calls_total": "counter",
        "assetgen_errors_total": "counter",
        "assetgen_retries_total": "counter",
        "assetgen_failovers_total": "counter",
        "assetgen_cost_usd_total": "counter",
        "assetgen_call_seconds": "histogram",
        "assetgen_waited_seconds_total": "counter",
        "assetgen_limits_total": "counter",
        "assetgen_provider_stopped": "gauge",
    }


def test_the_values_are_those_of_the_run() -> None:
    said = text(started(), cached("a"), called("b", seconds=3.0), done("b"), finished())
    assert value(said, "assetgen_run_complete") == 1
    assert value(said, "assetgen_run_exit_code") == 1
    assert value(said, "assetgen_run_seconds") == 252
    assert value(said, "assetgen_estimate_usd", bound="max") == 0.02
    assert value(said, "assetgen_assets_total", type="asset_image", status="cached") == 1
    assert value(said, "assetgen_assets_total", type="asset_image", status="failed") == 0
    assert value(said, "assetgen_calls_total", **WHO, outcome="good") == 1
    assert value(said, "assetgen_cost_usd_total", **WHO, type="asset_image") == 0.0027
    assert value(said, "assetgen_cache_hit_ratio") == 0.5


def test_money_is_exact_to_the_micro_dollar() -> None:
    assert 'type="asset_image",provider="together",model="flux-schnell"} 1234567.000001\n' in text(
        called("a", cost="1234567.000001")
    )


def test_the_histogram_counts_calls_up_to_each_bound() -> None:
    said = parsed(text(*(called("a", seconds=seconds) for seconds in (0.1, 1.0, 1.1, 600.0))))
    samples = said["assetgen_call_seconds"].samples
    labels = tuple(sorted(WHO.items()))

    def up_to(bound: str) -> float:
        return samples["_bucket", tuple(sorted({**WHO, "le": bound}.items()))]

    assert [up_to(bound) for bound in ("0.125", "0.5", "1", "2", "512", "+Inf")] == [1, 1, 2, 3, 3, 4]
    assert samples["_sum", labels] == pytest.approx(602.2)
    assert samples["_count", labels] == 4


def test_a_name_can_break_out_of_no_label() -> None:
    said = text(called("a", model=EVIL, provider="to\\gether"))
    assert value(said, "assetgen_calls_total", provider="to\\gether", model=EVIL, outcome="good") == 1
    assert math.isclose(
        value(said, "assetgen_cost_usd_total", provider="to\\gether", model=EVIL, type="asset_image"), 0.0027
    )


def test_a_run_that_broke_off_says_so_and_has_no_exit_code() -> None:
    found = parsed(text(started(), called("a")))
    assert found["assetgen_run_complete"].samples["", ()] == 0
    assert "assetgen_run_exit_code" not in found
    assert "assetgen_calls_total" in found


def test_a_run_that_never_began_is_still_a_document() -> None:
    assert value(text(), "assetgen_run_complete") == 0


def test_an_interrupted_run_has_its_exit_code() -> None:
    ended = RunFinished(130, Counts(1), money("0"), money("0"), money("0.04"), 3.0)
    assert value(text(started(budget=None), ended), "assetgen_run_exit_code") == 130
    assert value(text(started(budget=None), ended), "assetgen_unknown_usd") == 0.04


def test_the_file_is_replaced_as_a_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "assetgen.prom"
    prometheus.write(path, heard(started()))
    prometheus.write(path, heard(started(), finished()))
    assert path.read_text(encoding="utf-8") == text(started(), finished())
    assert [one.name for one in path.parent.iterdir()] == ["assetgen.prom"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real.prom", tmp_path / "link.prom"
    link.symlink_to(target)
    prometheus.write(link, heard())
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == text()


def test_links_that_lead_nowhere_are_no_end_of_the_run(tmp_path: Path) -> None:
    one, other = tmp_path / "one.prom", tmp_path / "other.prom"
    one.symlink_to(other)
    other.symlink_to(one)
    prometheus.write(one, heard())
    assert one.read_text(encoding="utf-8") == text()


def test_a_name_that_no_encoding_can_say_is_still_written(tmp_path: Path) -> None:
    prometheus.write(tmp_path / "x.prom", heard(called("a", model="flux\udc80")))
    assert (
        value(
            (tmp_path / "x.prom").read_text(encoding="utf-8"),
            "assetgen_calls_total",
            provider="together",
            model="flux?",
            outcome="good",
        )
        == 1
    )


def test_only_metrics_are_written_over(tmp_path: Path) -> None:
    actions, empty, metrics = (tmp_path / name for name in ("actions.yaml", "empty", "metrics.prom"))
    actions.write_text("actions: []\n", encoding="utf-8")
    empty.touch()
    prometheus.write(metrics, heard())
    os.mkfifo(tmp_path / "pipe")
    names = ("actions.yaml", "empty", "metrics.prom", "pipe", "missing", ".")
    able = [name for name in names if prometheus.overwritable(tmp_path / name)]
    assert able == ["empty", "metrics.prom", "missing"]


@pytest.mark.parametrize(
    "broken",
    [
        "assetgen_x 1\n",
        "# HELP a x\n# TYPE a gauge\na 1",
        "# HELP a x\n# TYPE a counter\na 1\n",
        "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a x\n# TYPE b gauge\nb 1\n",
        "# HELP a x\n# TYPE a gauge\n",
        '# HELP a x\n# TYPE a gauge\na{b="c\\d"} 1\n',
        '# HELP a x\n# TYPE a gauge\na{b="c",} 1\n',
        '# HELP a x\n# TYPE a histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n',
    ],
)
def test_the_reader_of_these_tests_is_strict(broken: str) -> None:
    with pytest.raises(AssertionError):
        parsed(broken)
