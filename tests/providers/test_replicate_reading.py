"""Replicate in words: what is asked, and what every documented answer means."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from assetgen.catalog.replicate import OFFERS
from assetgen.core.outcomes import Elsewhere, Outcome, OutcomeClass, Pending, Reading
from assetgen.core.requests import Answer, ImageRequest, Source, SpeechRequest
from assetgen.providers import replicate
from assetgen.providers.replicate import calls

FLUX = "black-forest-labs/flux-schnell"
VERSION = "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
SDXL = f"stability-ai/sdxl:{VERSION}"
REQUEST = ImageRequest(FLUX, "a pier", 1344, 768)
PROVIDER = replicate.connect({}, 1.0)
JOB = "gm3qorzdhgbfurvjtvhg6dckhu"
URL = "https://replicate.delivery/xezq/abc/out-0.png"


def prediction(status: str, **fields: object) -> dict[str, object]:
    shown = {"id": JOB, "model": FLUX, "version": "hidden", "input": {"prompt": "a pier"}, "output": None}
    return {**shown, "error": None, "status": status, "data_removed": False, "metrics": {}, **fields}


def read(body: object, status: int = 201, source: Source = Source.CALL) -> Reading:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return PROVIDER.read(Answer(status, data, {}, source), REQUEST)


def ended(body: object, status: int = 201, source: Source = Source.CALL) -> Outcome:
    reading = read(body, status, source)
    assert isinstance(reading, Outcome)
    return reading


def test_an_official_model_is_run_by_its_name() -> None:
    call = PROVIDER.build(REQUEST)
    assert call.path == "models/black-forest-labs/flux-schnell/predictions"
    assert call.body == {
        "input": {
            "prompt": "a pier",
            "aspect_ratio": "16:9",
            "megapixels": "1",
            "num_outputs": 1,
            "output_format": "png",
        }
    }


def test_a_seed_switches_off_the_way_of_the_model_that_ignores_it() -> None:
    call = PROVIDER.build(ImageRequest(FLUX, "a pier", 1024, 1024, 0, "ignored"))
    inner = call.body["input"]
    assert isinstance(inner, dict)
    assert (inner["seed"], inner["go_fast"]) == (0, False)
    assert "negative_prompt" not in inner


def test_a_community_model_is_run_by_its_version() -> None:
    call = PROVIDER.build(ImageRequest(SDXL, "a pier", 512, 768, 7, "people"))
    assert call.path == "predictions"
    assert call.body == {
        "version": VERSION,
        "input": {
            "prompt": "a pier",
            "width": 512,
            "height": 768,
            "num_outputs": 1,
            "apply_watermark": False,
            "seed": 7,
            "negative_prompt": "people",
        },
    }
    assert "seed" not in str(PROVIDER.build(ImageRequest(SDXL, "a pier", 512, 768)).body)


def test_every_size_that_is_sold_has_its_ratio() -> None:
    sizes = next(offer.sizes for offer in OFFERS if offer.sold_as == FLUX)
    assert sizes
    assert set(sizes.fixed) == set(calls.RATIOS)
    for (width, height), ratio in calls.RATIOS.items():
        across, down = (int(part) for part in ratio.split(":"))
        assert width / height == pytest.approx(across / down, rel=0.07)


@pytest.mark.parametrize(("size", "ratio"), [((1920, 1080), "16:9"), ((500, 500), "1:1"), ((1000, 2300), "9:21")])
def test_a_size_that_is_not_sold_gets_the_nearest_ratio(size: tuple[int, int], ratio: str) -> None:
    inner = PROVIDER.build(ImageRequest(FLUX, "a pier", *size)).body["input"]
    assert isinstance(inner, dict)
    assert inner["aspect_ratio"] == ratio


@pytest.mark.parametrize(("timeout", "wait"), [(300.0, 30), (20.0, 10), (1.0, 1), (0.1, 1)])
def test_an_answer_is_held_back_for_a_part_of_the_time_that_there_is(timeout: float, wait: int) -> None:
    assert calls.headers(PROVIDER.build(REQUEST), timeout)["Prefer"] == f"wait={wait}"


@pytest.mark.parametrize("model", [FLUX, SDXL])
def test_the_service_ends_a_run_at_the_limit_of_its_offer(model: str) -> None:
    longest = next(offer.longest for offer in OFFERS if offer.sold_as == model)
    assert longest
    assert longest < replicate.SERVICE.timeout
    assert (
        calls.headers(PROVIDER.build(ImageRequest(model, "a pier", 1024, 1024)), 9.0)["Cancel-After"] == f"{longest}s"
    )


def test_a_model_that_nobody_knows_has_no_limit() -> None:
    assert "Cancel-After" not in calls.headers(PROVIDER.build(ImageRequest("me/mine", "a pier", 1024, 1024)), 9.0)


def test_speech_is_not_asked_of_it() -> None:
    with pytest.raises(AssertionError):
        PROVIDER.build(SpeechRequest("m", "t", "v"))


@pytest.mark.parametrize("status", ["starting", "processing", "queued", "hibernating", "", "None"])
@pytest.mark.parametrize("source", [Source.CALL, Source.JOB])
def test_whatever_is_no_end_is_waited_for(status: str, source: Source) -> None:
    assert read(prediction(status, output=[URL]), 202, source) == Pending(JOB)


@pytest.mark.parametrize("output", [URL, [URL]])
def test_a_job_that_succeeded_says_where_its_picture_lies_and_how_long_it_ran(output: object) -> None:
    reading = read(prediction("succeeded", output=output, metrics={"predict_time": 1.25}))
    assert reading == Elsewhere(URL, Decimal("1.25"), JOB)


@pytest.mark.parametrize("metrics", [None, {}, {"predict_time": None}, {"predict_time": -1}, {"predict_time": 1e9}, []])
def test_a_time_that_makes_no_sense_is_none(metrics: object) -> None:
    assert read(prediction("succeeded", output=[URL], metrics=metrics)) == Elsewhere(URL, job=JOB)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"output": None}, "expired"),
        ({"output": None, "data_removed": True}, "expired"),
        ({"output": [], "data_removed": True}, "expired"),
        ({"output": []}, "unusable_image"),
        ({"output": [URL, URL]}, "unusable_image"),
        ({"output": [7]}, "unusable_image"),
        ({"output": {"url": URL}}, "unusable_image"),
    ],
)
def test_a_success_without_one_picture_was_paid_for(fields: dict[str, object], code: str) -> None:
    outcome = ended(prediction("succeeded", metrics={"predict_time": 2}, **fields))
    assert (outcome.kind, outcome.code, outcome.seconds) == (OutcomeClass.UNUSABLE, code, Decimal(2))


NSFW = "NSFW content detected. Try running it again, or try a different prompt."
WITHHELD = "All generated images contained NSFW content. Try running it again with a different prompt."


@pytest.mark.parametrize(
    ("status", "error", "kind", "code", "message"),
    [
        ("failed", NSFW, OutcomeClass.FAILED, "content_refused", f"withheld as unsafe: {NSFW}"),
        ("failed", WITHHELD, OutcomeClass.FAILED, "content_refused", WITHHELD),
        ("failed", "CUDA out of memory.", OutcomeClass.FAILED, "service_error", "The run failed: CUDA out of memory."),
        ("failed", None, OutcomeClass.FAILED, "service_error", "it doesn't say why"),
        ("canceled", None, OutcomeClass.FAILED, "timeout", "called off"),
        ("aborted", None, OutcomeClass.REFUSED, "service_down", "costs nothing"),
    ],
)
def test_every_other_end(status: str, error: str | None, kind: OutcomeClass, code: str, message: str) -> None:
    outcome = ended(prediction(status, error=error, metrics={"predict_time": 3}))
    assert (outcome.kind, outcome.code) == (kind, code)
    assert message in outcome.message
    assert outcome.seconds == (None if status == "aborted" else Decimal(3))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"id":"gm3qorz',
        [],
        {"status": "succeeded", "output": [URL]},
        prediction("starting", id=None),
        prediction("starting", id=7),
        prediction("starting", id="short"),
        prediction("starting", id="../../account"),
        prediction("starting", id="UPPERCASE1"),
        prediction("starting", id="a" * 65),
        prediction("starting", id=JOB + "\n"),
    ],
)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_an_acceptance_that_names_no_job_leaves_everything_open(body: object, status: int) -> None:
    assert ended(body, status).kind is OutcomeClass.UNKNOWN


SPENT = "You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing …"
SLOW = "Request was throttled. Your rate limit for creating predictions is reduced … resets in ~5s."


@pytest.mark.parametrize(
    ("status", "body", "code", "message"),
    [
        (401, {"title": "Unauthenticated", "detail": "You did not pass a valid authentication token"}, "auth", "valid"),
        (402, {"title": "Insufficient credit", "detail": SPENT}, "quota", "insufficient credit"),
        (
            422,
            {"title": "Invalid version or not permitted", "detail": "The specified version does not exist (or …)"},
            "model_unavailable",
            "version does not exist",
        ),
        (
            422,
            {"title": "Input validation failed", "detail": "- input: prompt is required\n"},
            "invalid_request",
            "prompt is required",
        ),
        (404, {"title": "Not found", "detail": "The requested resource could not be found."}, "model_unavailable", ""),
        (429, {"detail": "Request was throttled. Your rate limit resets in ~30s."}, "rate_limited", "throttled"),
        (429, {"detail": SLOW, "status": 429, "retry_after": 5}, "rate_limited", "throttled"),
        (
            400,
            {"title": "Bad request", "detail": "The input was flagged as sensitive."},
            "content_refused",
            "sensitive",
        ),
        (400, {"title": "Bad request"}, "invalid_request", "Bad request"),
    ],
)
def test_every_documented_refusal(status: int, body: object, code: str, message: str) -> None:
    outcome = ended(body, status)
    assert (outcome.kind, outcome.code, outcome.status) == (OutcomeClass.REFUSED, code, status)
    assert message in outcome.message


def test_the_wait_of_a_limit_stands_in_the_body() -> None:
    assert ended({"detail": "Request was throttled. Your rate limit resets in ~30s."}, 429).retry_after == 30.0
    assert ended({"detail": SLOW, "retry_after": 5}, 429).retry_after == 5.0


@pytest.mark.parametrize(("address", "seconds"), [("", 30.0), ("http://127.0.0.1:9/v1", 0.3)])
def test_a_lost_request_is_waited_for_as_long_as_it_may_be_on_its_way(address: str, seconds: float) -> None:
    provider = replicate.connect({"REPLICATE_BASE_URL": address}, 1.0)
    assert isinstance(provider, replicate.Replicate)
    assert provider.settle_time == seconds
    assert 3000 < provider.listed_for < 3600
