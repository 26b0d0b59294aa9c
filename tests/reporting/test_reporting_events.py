from __future__ import annotations

import io
import json
import time
from pathlib import Path

from assetgen.core.events import ActionWaiting, RunStopping, Timed
from assetgen.reporting.events import Lines, RunLog, line
from tests.reporting.builders import cached, done, failed, finished, money, started, timed


def test_a_line_has_schema_name_time_and_the_events_fields_as_plain_json() -> None:
    assert json.loads(line(Timed(1.23456, failed("a", paid=money("0.04"), cost=money("0.01"))))) == {
        "schema": "assetgen/event@1",
        "event": "action.failed",
        "t": 1.235,
        "id": "a",
        "kind": "asset_image",
        "status": "failed",
        "code": "content_refused",
        "message": "the service's content filter refused the prompt",
        "place": "actions.yaml:1932",
        "provider": "together",
        "model": "flux-schnell",
        "attempts": 1,
        "seconds": 21.0,
        "paid_usd": "0.04",
        "unknown_usd": "0",
        "help": "reword the prompt",
        "cost_usd": "0.01",
    }


def test_nested_values_are_plain_json_too() -> None:
    document = json.loads(line(Timed(0, started(budget=None))))
    assert document["kinds"] == {"asset_image": [6, 2]}
    assert document["estimate"] == {"min_usd": "0.01", "max_usd": "0.02", "currency": "USD"}
    assert document["budget"] is None
    assert json.loads(line(Timed(0, finished())))["counts"]["generated"] == 3


def test_a_line_is_one_line_of_ascii_whatever_an_id_holds() -> None:
    text = line(Timed(0, cached("港\n\x1b\u2028\x9b\u202e")))
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text)["id"] == "港\n\x1b\u2028\x9b\u202e"


def test_only_public_events_are_written() -> None:
    stream = io.StringIO()
    lines = Lines(stream)
    for one in timed(started(), ActionWaiting("a", "together", "a slot"), RunStopping(3), done("a")):
        lines(one)
    names = [json.loads(each)["event"] for each in stream.getvalue().splitlines()]
    assert names == ["run.started", "action.done"]


def test_the_log_holds_the_run_and_keeps_the_one_before(tmp_path: Path) -> None:
    for name in ("first", "second", "third"):
        with RunLog(tmp_path / ".assetgen") as log:
            log(Timed(0, done(name)))
    folder = tmp_path / ".assetgen"
    assert json.loads((folder / "run.jsonl").read_text())["id"] == "third"
    assert json.loads((folder / "run.prev.jsonl").read_text())["id"] == "second"


def test_the_log_is_written_while_the_run_goes_on(tmp_path: Path) -> None:
    with RunLog(tmp_path, every=0.01) as log:
        log(Timed(0, done("a")))
        deadline = time.monotonic() + 2
        while not log.path.read_text() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert log.path.read_text().endswith("\n")


def test_a_disk_that_cannot_be_written_does_not_fail_the_run(tmp_path: Path) -> None:
    with RunLog(tmp_path) as log:
        log.path.unlink()
        log.path.mkdir()
        log(Timed(0, done("a")))
    assert isinstance(log.trouble, IsADirectoryError)
