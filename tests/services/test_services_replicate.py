"""Replicate as the strict server plays it: jobs in time, what they cost, and how they are found again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from assetgen.core.actions import JSON
from assetgen.media import pictures
from tests.services.client import ask, fetch
from tests.services.replicate_models import SDXL_VERSION
from tests.services.server import Services

SDXL: dict[str, JSON] = {"version": SDXL_VERSION, "input": {"prompt": "a knight", "width": 640, "height": 384}}
AGENT = {"User-Agent": "test"}
TARGET = "/models/black-forest-labs/flux-schnell/predictions"


def create(services: Services, body: JSON = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(services, "replicate", "/predictions" if body else "", body, headers=named).json


def poll(services: Services, prediction: Any) -> Any:
    return ask(services, "replicate", f"/predictions/{prediction['id']}").json


def test_a_job_begins_as_starting_and_ends_with_a_png_of_the_ratio_at_an_address(services: Services) -> None:
    first = ask(services, "replicate")
    assert (first.status, first.json["status"], first.json["output"]) == (201, "starting", None)
    done = poll(services, first.json)
    assert (done["status"], done["error"], done["data_removed"]) == ("succeeded", None, False)
    reply = fetch(done["output"][0], headers=AGENT)
    assert pictures.verify(reply.content) == pictures.Picture("image/png", 1344, 768)
    assert services.bill.total == 3000


@pytest.mark.parametrize(
    ("change", "picture"),
    [
        ({"output_format": "webp"}, pictures.Picture("image/webp", 1344, 768)),
        ({"output_format": "jpg"}, pictures.Picture("image/jpeg", 1344, 768)),
        ({"megapixels": "0.25"}, pictures.Picture("image/png", 672, 384)),
        ({"aspect_ratio": "9:21"}, pictures.Picture("image/png", 640, 1536)),
    ],
)
def test_flux_delivers_the_format_and_size_asked_for(
    services: Services, change: dict[str, JSON], picture: pictures.Picture
) -> None:
    values: JSON = {"prompt": "x", "aspect_ratio": "16:9", "output_format": "png", **change}
    done = ask(services, "replicate", TARGET, {"input": values}, headers={"Prefer": "wait"}).json
    assert pictures.verify(fetch(done["output"][0], headers=AGENT).content) == picture


def test_flux_delivers_webp_by_default(services: Services) -> None:
    done = ask(services, "replicate", TARGET, {"input": {"prompt": "x"}}, headers={"Prefer": "wait"}).json
    assert pictures.verify(fetch(done["output"][0], headers=AGENT).content).media_type == "image/webp"


def test_sdxl_runs_by_its_version_and_delivers_png_at_the_size_asked_for(services: Services) -> None:
    done = create(services, SDXL, Prefer="wait")
    assert (done["version"], done["metrics"]["image_count"]) == (SDXL_VERSION, 1)
    content = fetch(done["output"][0], headers=AGENT).content
    assert pictures.verify(content) == pictures.Picture("image/png", 640, 384)
    assert services.bill.total == 9000


def test_sdxl_can_be_billed_by_the_time_that_it_reports() -> None:
    with Services(seconds_rate=1000) as services:
        done = create(services, SDXL, Prefer="wait")
        assert services.bill.total == round(done["metrics"]["predict_time"] * 1000)


def test_whoever_waits_long_enough_gets_201_with_the_output_and_others_202_without() -> None:
    with Services(latency=2) as services:
        early = ask(services, "replicate", headers={"Prefer": "wait=1"})
    with Services(latency=0.05) as services:
        late = ask(services, "replicate", headers={"Prefer": "wait=5"})
    assert (early.status, early.json["status"], early.json["output"]) == (202, "processing", None)
    assert (late.status, late.json["status"], len(late.json["output"])) == (201, "succeeded", 1)


def test_a_job_goes_through_its_states_and_is_billed_when_it_starts() -> None:
    with Services(latency=100) as services:
        job = create(services)
        states = [(poll(services, job)["status"], services.bill.total)]
        for seconds in (30, 71):
            services.advance(seconds)
            states.append((poll(services, job)["status"], services.bill.total))
    assert states == [("starting", 0), ("processing", 3000), ("succeeded", 3000)]


def test_a_job_starts_and_is_billed_without_anybody_asking() -> None:
    with Services(latency=0.02) as services:
        ask(services, "replicate", headers={"Prefer": "wait"})
        assert services.bill.total == 3000


@pytest.mark.parametrize(("moved", "status", "micros"), [(10, "starting", 0), (21, "aborted", 0), (0, "starting", 0)])
def test_a_deadline_before_the_start_aborts_for_nothing(moved: int, status: str, micros: int) -> None:
    with Services(latency=100) as services:
        job = create(services, Cancel_After="20s")
        assert "deadline" in job
        services.advance(moved)
        assert (poll(services, job)["status"], services.bill.total) == (status, micros)


def test_a_deadline_while_it_runs_cancels_it_and_costs() -> None:
    with Services(latency=100) as services:
        job = create(services, Cancel_After="1m")
        services.advance(200)
        assert (poll(services, job)["status"], services.bill.total) == ("canceled", 3000)


def test_cancel_before_the_start_is_free_and_after_it_is_not() -> None:
    with Services(latency=100) as services:
        ended = []
        for seconds in (1, 50):
            job = create(services)
            services.advance(seconds)
            ended.append(ask(services, "replicate", f"/predictions/{job['id']}/cancel", method="POST").json["status"])
        assert (ended, services.bill.total) == (["aborted", "canceled"], 3000)


def test_after_an_hour_input_output_and_files_are_gone(services: Services) -> None:
    done = create(services, SDXL, Prefer="wait")
    services.advance(3599)
    assert fetch(done["output"][0], headers=AGENT).status == 200
    services.advance(2)
    later = poll(services, done)
    assert (later["status"], later["data_removed"], later["output"], later["input"]) == ("succeeded", True, None, {})
    assert fetch(done["output"][0], headers=AGENT).status == 404


def test_the_list_has_the_newest_first_with_inputs_in_pages_of_a_hundred(services: Services) -> None:
    made = [create(services, {**SDXL, "input": {"prompt": str(number)}})["id"] for number in range(103)]
    first = ask(services, "replicate", "/predictions").json
    rest = ask(services, "replicate", _path(first["next"])).json
    assert [one["id"] for one in first["results"] + rest["results"]] == made[::-1]
    assert first["results"][0]["input"] == {"prompt": "102"}
    assert (len(first["results"]), rest["next"]) == (100, None)


def test_the_list_can_be_cut_by_time(services: Services) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(create(services, SDXL))
        services.advance(60)
    middle = quote(jobs[1]["created_at"])
    newer = ask(services, "replicate", f"/predictions?created_after={middle}").json["results"]
    older = ask(services, "replicate", f"/predictions?created_before={middle}").json["results"]
    assert [one["id"] for one in newer] == [jobs[2]["id"], jobs[1]["id"]]
    assert [one["id"] for one in older] == [jobs[0]["id"]]
    assert ask(services, "replicate", "/predictions?created_after=yesterday").status == 400


REFUSED: list[tuple[str, JSON, int, str]] = [
    ("/predictions", {"input": {}}, 422, "- (root): version is required\n"),
    ("/predictions", {"version": SDXL_VERSION}, 422, "- (root): input is required\n"),
    ("/predictions", {**SDXL, "seed": 1}, 422, "- (root): Additional property seed is not allowed\n"),
    ("/predictions", {**SDXL, "version": "stability-ai/sdxl"}, 422, "The specified version does not exist"),
    ("/predictions", {**SDXL, "version": "stability-ai/sdxl:latest"}, 422, "The specified version does not exist"),
    ("/predictions", {**SDXL, "version": "0" * 64}, 422, "The specified version does not exist"),
    ("/models/stability-ai/sdxl/predictions", {"input": {}}, 422, "The specified version does not exist"),
    ("/models/nobody/nothing/predictions", {"input": {}}, 404, "The requested resource could not be found."),
    (TARGET, {"input": {}}, 422, "- input: prompt is required\n"),
    (TARGET, {"input": {"prompt": 1}}, 422, "- input.prompt: must be of type string\n"),
    (TARGET, {"input": {"prompt": "x", "width": 8}}, 422, "- input: Additional property width is not allowed\n"),
    (TARGET, {"input": {"prompt": "x", "megapixels": 1}}, 422, "- input.megapixels: must be of type string\n"),
    (TARGET, {"input": {"prompt": "x", "num_inference_steps": 5}}, 422, "- input.num_inference_steps: must be between"),
    ("/predictions", {**SDXL, "input": {"width": 100}}, 422, "- input.width: must be a multiple of 8\n"),
    ("/predictions/gm3q", None, 404, "The requested resource could not be found."),
]


@pytest.mark.parametrize(("path", "body", "status", "detail"), REFUSED)
def test_refused(services: Services, path: str, body: JSON, status: int, detail: str) -> None:
    """What is wrong is refused with its detail, in the documented shape, for nothing."""
    reply = ask(services, "replicate", path, body)
    assert reply.status == reply.json["status"] == status
    assert reply.json["detail"].startswith(detail)
    assert reply.json["title"]
    assert services.bill.entries == []


def test_input_complaints_name_their_field_for_programs(services: Services) -> None:
    reply = ask(services, "replicate", TARGET, {"input": {}})
    assert reply.json == {
        "title": "Input validation failed",
        "detail": "- input: prompt is required\n",
        "status": 422,
        "invalid_fields": [{"type": "required", "field": "input", "description": "prompt is required"}],
    }


@pytest.mark.parametrize(
    "headers",
    [{"Prefer": "wait=0"}, {"Prefer": "wait=61"}, {"Prefer": "wait 5"}, {"Cancel-After": "30"}, {"Cancel-After": ""}],
)
def test_headers_of_another_form_are_refused(services: Services, headers: dict[str, str]) -> None:
    assert ask(services, "replicate", headers=headers).status == 400
    assert services.bill.creates("replicate") == 0


def test_a_wrong_key_is_401_and_the_account_answers_a_good_one(services: Services) -> None:
    reply = ask(services, "replicate", headers={"Authorization": "Bearer r8_0123456789abcdef"})
    assert reply.json == {
        "title": "Unauthenticated",
        "detail": "You did not pass a valid authentication token",
        "status": 401,
    }
    assert ask(services, "replicate", "/account").json["type"] == "user"


def test_over_the_limit_of_a_minute_the_body_says_how_long_to_wait() -> None:
    with Services(limits={"replicate": 1}) as services:
        ask(services, "replicate")
        reply = ask(services, "replicate")
    assert (reply.status, reply.json["retry_after"]) == (429, 1)
    assert reply.json["detail"].startswith("Request was throttled.")


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path.removeprefix('/replicate/v1')}?{parts.query}"
