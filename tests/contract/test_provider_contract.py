"""What every provider keeps, the built-in ones and those of other packages."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import socket
from types import ModuleType
from typing import Any

import pytest

from assetgen.api import Project
from assetgen.core.actions import Kind
from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer
from assetgen.core.outcomes import Outcome, OutcomeClass
from assetgen.core.provider import AttemptError
from assetgen.core.requests import Answer, ImageRequest, Request, Source, SpeechRequest
from assetgen.providers import registry
from assetgen.settings import Settings
from tests.e2e.third_party import acme_assetgen

MODULES: dict[str, Any] = {**registry.installed(), "acme": acme_assetgen}
WITH_ADDRESS = [name for name, module in MODULES.items() if module.SERVICE.base_url_variable]
WITHOUT_KEY = [name for name, module in MODULES.items() if not module.SERVICE.keys]


def offers(name: str) -> list[Offer]:
    catalog = Project(Settings(draft=name == "draft"), {}).offers
    return [offer for offer in (*catalog, *MODULES[name].OFFERS) if offer.provider == name]


def requests(name: str) -> list[Request]:
    return [_request(offer) for offer in offers(name)]


def _request(offer: Offer) -> Request:
    if offer.kind is Kind.IMAGE:
        width, height = offer.sizes.fixed[0] if offer.sizes and offer.sizes.fixed else (256, 256)
        return ImageRequest(offer.sold_as, "a pier at dusk, 漢字", width, height)
    return SpeechRequest(offer.sold_as, "Nobody said a word.", offer.voices["neutral-calm"].name)


def connect(name: str) -> Any:
    return MODULES[name].connect(dict.fromkeys(MODULES[name].SERVICE.keys, "a-key-of-some-length"), 30.0)


@pytest.mark.parametrize("name", MODULES)
def test_it_says_who_it_is_and_sells_something(name: str) -> None:
    assert MODULES[name].SERVICE.name == connect(name).name == name
    assert offers(name)


@pytest.mark.parametrize("name", MODULES)
def test_building_is_pure_and_can_be_written_as_json(name: str) -> None:
    for request in requests(name):
        one, other = connect(name).build(request), connect(name).build(request)
        assert one == other
        assert json.loads(json.dumps(dict(one.body))) == dict(one.body)
        assert not one.path.startswith(("/", "http"))


@pytest.mark.parametrize("name", MODULES)
def test_what_is_asked_differently_is_another_purchase(name: str) -> None:
    provider = connect(name)
    for offer, request in zip(offers(name), requests(name), strict=True):
        if isinstance(request, ImageRequest):
            width, height = offer.sizes.fixed[1] if offer.sizes and offer.sizes.fixed else (512, 512)
            others: list[Request] = [
                dataclasses.replace(request, prompt="a quay"),
                dataclasses.replace(request, width=width, height=height),
            ]
        else:
            others = [dataclasses.replace(request, text="Everybody spoke.")]
        keys = {provider.build(one).key(name, "real") for one in (request, *others)}
        assert len(keys) == 1 + len(others)


@pytest.mark.parametrize("name", MODULES)
def test_a_key_is_no_part_of_what_is_bought(name: str) -> None:
    variables = MODULES[name].SERVICE.keys
    one = MODULES[name].connect(dict.fromkeys(variables, "one-key-of-some-length"), 30.0)
    other = MODULES[name].connect(dict.fromkeys(variables, "another-key-of-some-length"), 30.0)
    for request in requests(name):
        assert one.build(request) == other.build(request)
        assert "of-some-length" not in repr(one.build(request))


@pytest.mark.parametrize("name", MODULES)
def test_an_attempts_token_is_no_part_of_what_is_bought(name: str) -> None:
    for request in requests(name):
        call = connect(name).build(request)
        other = dataclasses.replace(call, token="attempt-1")  # noqa: S106 - no password
        assert other == call
        assert other.key(name, "real") == call.key(name, "real")


@pytest.mark.parametrize("name", WITH_ADDRESS)
@pytest.mark.parametrize("source", Source)
def test_reading_never_fails_and_never_finds_good_what_is_none(name: str, source: Source) -> None:
    provider = connect(name)
    bodies = (b"", b"\xff\xfe", b"[]", b"{}", b'{"data": 7, "error": [], "output": {}}', b"null", b"{" * 9999)
    for request in requests(name):
        for status in (200, 201, 204, 301, 400, 401, 429, 500, 502, 999):
            for body in bodies:
                reading = provider.read(Answer(status, body, {"retry-after": "soon"}, source), request)
                assert isinstance(reading, Outcome)
                assert not reading.good
                assert reading.message


@pytest.mark.parametrize("name", MODULES)
def test_closing_again_does_no_harm(name: str) -> None:
    async def twice() -> None:
        provider = connect(name)
        await provider.close()
        await provider.close()

    asyncio.run(twice())


@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_where_nobody_listens_nothing_is_sent(name: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        variables = {MODULES[name].SERVICE.base_url_variable: f"http://127.0.0.1:{taken.getsockname()[1]}/v1"}
        keys = dict.fromkeys(MODULES[name].SERVICE.keys, "a-key-of-some-length")
        provider = MODULES[name].connect({**variables, **keys}, 5.0)
        for request in requests(name):
            with pytest.raises(AttemptError) as caught:
                asyncio.run(_call_and_close(provider, request))
            assert caught.value.outcome.kind is OutcomeClass.NOT_SENT


async def _call_and_close(provider: Any, request: Request) -> None:
    try:
        await provider.call(provider.build(request))
    finally:
        await provider.close()


@pytest.mark.parametrize("name", WITH_ADDRESS)
def test_plain_http_is_for_this_machine_only(name: str) -> None:
    variable = MODULES[name].SERVICE.base_url_variable
    with pytest.raises(ValidationError, match=f"`{variable}` is plain `http`"):
        MODULES[name].connect({variable: "http://example.com/v1"}, 5.0)
    assert MODULES[name].connect({variable: "http://localhost:1/v1/"}, 5.0).name == name


@pytest.mark.parametrize("name", WITHOUT_KEY)
def test_a_call_brings_what_was_asked_for(name: str) -> None:
    provider = connect(name)
    for request in requests(name):
        outcome = provider.read(asyncio.run(provider.call(provider.build(request))), request)
        assert outcome.good, outcome.message
        assert outcome.content is not None
        if isinstance(request, ImageRequest):
            assert (outcome.content.width, outcome.content.height) == (request.width, request.height)
        else:
            assert (outcome.content.duration or 0) > 0.3


def test_a_package_with_the_name_of_a_built_in_provider_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        name = value = "draft"

        def load(self) -> ModuleType:
            return MODULES["draft"]  # type: ignore[no-any-return]

    monkeypatch.setattr(registry, "entry_points", lambda group: [Point()])
    with pytest.raises(ValidationError, match="two installed packages"):
        registry.installed()
