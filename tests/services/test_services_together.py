"""Together as the strict server plays it: pictures, prices, and everything that it refuses."""

from __future__ import annotations

import base64

import pytest

from assetgen.core.actions import JSON
from assetgen.media import pictures
from tests.services.client import SCHNELL, ask, fetch
from tests.services.server import Services


def test_a_picture_comes_as_jpeg_in_base64_at_exactly_the_size_asked_for(services: Services) -> None:
    reply = ask(services, "together", body={**SCHNELL, "output_format": "png"})
    item = reply.json["data"][0]
    data = base64.b64decode(item["b64_json"], validate=True)
    assert (reply.status, item["index"], item["type"]) == (200, 0, "b64_json")
    assert pictures.verify(data) == pictures.Picture("image/jpeg", 512, 256)


def test_a_model_that_honours_the_format_answers_png(services: Services) -> None:
    body: JSON = {**SCHNELL, "model": "black-forest-labs/FLUX.2-dev", "steps": 28, "output_format": "png"}
    item = ask(services, "together", body=body).json["data"][0]
    assert pictures.verify(base64.b64decode(item["b64_json"])).media_type == "image/png"


def test_without_a_response_format_it_answers_an_address_that_needs_a_user_agent(services: Services) -> None:
    body: JSON = {name: value for name, value in SCHNELL.items() if name != "response_format"}
    item = ask(services, "together", body=body).json["data"][0]
    assert item["type"] == "url"
    assert fetch(item["url"]).status == 403
    reply = fetch(item["url"], headers={"User-Agent": "test"})
    assert (reply.status, reply.headers["content-type"]) == (200, "image/jpeg")
    assert pictures.verify(reply.content).width == 512


def test_equal_requests_give_equal_bytes_and_another_prompt_or_seed_gives_others(services: Services) -> None:
    bodies: list[JSON] = [SCHNELL, SCHNELL, {**SCHNELL, "prompt": "a"}, {**SCHNELL, "seed": 1}]
    contents = [ask(services, "together", body=body).json["data"][0]["b64_json"] for body in bodies]
    assert contents[0] == contents[1]
    assert len(set(contents)) == 3


@pytest.mark.parametrize(
    ("change", "micros"),
    [
        ({"width": 1024, "height": 1024}, 2832),
        ({"width": 1024, "height": 1024, "steps": 2}, 1416),
        ({"n": 2}, 708),
        ({"model": "black-forest-labs/FLUX.2-dev", "steps": 14, "width": 1024, "height": 1024}, 8075),
    ],
)
def test_it_bills_megapixels_times_steps_rounded_up(services: Services, change: dict[str, JSON], micros: int) -> None:
    assert ask(services, "together", body={**SCHNELL, **change}).status == 200
    assert services.bill.total == micros


REFUSED: list[tuple[dict[str, JSON], int, str]] = [
    ({"prompt": None}, 400, "prompt must be of type string"),
    ({"prompt": ""}, 400, "prompt must have at least 1 characters"),
    ({"width": 1000}, 400, "width must be a multiple of 16"),
    ({"width": 2048}, 400, "width must be between 256 and 1792"),
    ({"height": 128}, 400, "height must be between 256 and 1792"),
    ({"height": "256"}, 400, "height must be of type integer"),
    ({"height": True}, 400, "height must be of type integer"),
    ({"steps": 5}, 400, "steps must be between 1 and 4"),
    ({"n": 5}, 400, "n must be between 1 and 4"),
    ({"seed": 1.5}, 400, "seed must be of type integer"),
    ({"response_format": "b64_json"}, 400, "response_format must be one of base64, url"),
    ({"output_format": "webp"}, 400, "output_format must be one of jpeg, png"),
    ({"guidance_scale": 3.5}, 400, "guidance_scale is not supported by this model"),
    ({"size": "512x256"}, 400, "size is not permitted"),
    ({"model": "nobody/nothing"}, 404, "Unable to access model nobody/nothing."),
]


@pytest.mark.parametrize(("change", "status", "message"), REFUSED)
def test_refused(services: Services, change: dict[str, JSON], status: int, message: str) -> None:
    """What is wrong is refused with its message, in the documented shape, for nothing."""
    reply = ask(services, "together", body={**SCHNELL, **change})
    assert (reply.status, reply.json["error"]["message"]) == (status, message)
    assert reply.json["error"].keys() == {"message", "type", "param", "code"}
    assert reply.json["id"]
    assert services.bill.entries == []


@pytest.mark.parametrize("missing", ["prompt", "model", "steps"])
def test_a_field_is_missed(services: Services, missing: str) -> None:
    """Steps too: the documented default of 20 is more than this model takes."""
    body: JSON = {name: value for name, value in SCHNELL.items() if name != missing}
    assert ask(services, "together", body=body).status == 400


@pytest.mark.parametrize("model", ["black-forest-labs/FLUX.1-schnell-Free", "stabilityai/stable-diffusion-xl-base-1.0"])
def test_a_model_that_is_listed_and_not_serverless_is_refused_as_such(services: Services, model: str) -> None:
    assert model in [one["id"] for one in ask(services, "together", "/models").json]
    reply = ask(services, "together", body={**SCHNELL, "model": model})
    assert (reply.status, reply.json["error"]["code"]) == (400, "model_not_available")
    assert reply.json["error"]["message"].startswith(f"Unable to access non-serverless model {model}.")


def test_a_wrong_key_is_401_and_another_address_404(services: Services) -> None:
    for headers in ({"Authorization": "Bearer nonsense-nonsense"}, {"Authorization": "Basic x"}):
        assert ask(services, "together", headers=headers).status == 401
    assert ask(services, "together", "/images", SCHNELL).status == 404
    assert ask(services, "together", "/images/generations", method="PUT", body=SCHNELL).status == 404


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"prompt": NaN}', b'{"prompt": "\\ud800"}', b"\xff{}"])
def test_what_is_no_json_object_is_400(services: Services, body: bytes) -> None:
    assert ask(services, "together", body=body).status == 400


def test_another_content_type_is_refused(services: Services) -> None:
    assert ask(services, "together", headers={"Content-Type": "text/plain"}).status == 400


def test_over_the_limit_of_a_second_it_answers_429_with_its_headers() -> None:
    with Services(limits={"together": 60}) as services:
        replies = [ask(services, "together"), ask(services, "together")]
        services.advance(1)
        replies.append(ask(services, "together"))
    assert [reply.status for reply in replies] == [200, 429, 200]
    assert replies[1].json["error"]["type"] == "model_rate_limit"
    assert float(replies[1].headers["x-ratelimit-reset"]) > 0
    assert services.bill.creates("together") == 2
