"""What every provider keeps, the built-in ones and those of other packages."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from types import ModuleType
from typing import Any

import pytest

from assetgen.api import Project
from assetgen.core.actions import Kind
from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer
from assetgen.core.requests import ImageRequest, Request, SpeechRequest
from assetgen.providers import registry
from assetgen.settings import Settings
from tests.e2e.third_party import acme_assetgen

MODULES: dict[str, Any] = {**registry.installed(), "acme": acme_assetgen}
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
    return MODULES[name].connect(dict.fromkeys(MODULES[name].SERVICE.keys, "a-key-of-some-length"))


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
    for request in requests(name):
        if isinstance(request, ImageRequest):
            others: list[Request] = [
                dataclasses.replace(request, prompt="a quay"),
                dataclasses.replace(request, width=request.width * 2, height=request.height * 2),
            ]
        else:
            others = [dataclasses.replace(request, text="Everybody spoke.")]
        keys = {provider.build(one).key(name, "real") for one in (request, *others)}
        assert len(keys) == 1 + len(others)


@pytest.mark.parametrize("name", MODULES)
def test_a_key_is_no_part_of_what_is_bought(name: str) -> None:
    variables = MODULES[name].SERVICE.keys
    one = MODULES[name].connect(dict.fromkeys(variables, "one-key-of-some-length"))
    other = MODULES[name].connect(dict.fromkeys(variables, "another-key-of-some-length"))
    for request in requests(name):
        assert one.build(request) == other.build(request)
        assert "of-some-length" not in repr(one.build(request))


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
