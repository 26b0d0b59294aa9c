"""Every service that can be asked for nothing says whether it takes the key, and charges nothing for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

import pytest

from assetgen.core.provider import AttemptError, Probed, Prober
from assetgen.providers import registry
from tests.services.faults import Fault
from tests.services.server import VARIABLES, Services

MODULES = registry.installed()
PROBERS = [
    name
    for name, module in MODULES.items()
    if name in VARIABLES and isinstance(module.connect({module.SERVICE.keys[0]: "a-key-of-some-length"}, 5.0), Prober)
]
WRONG = "test-nobodys-key-0123456789"


@pytest.fixture(scope="module")
def shared() -> Iterator[Services]:
    with Services() as services:
        yield services


@pytest.fixture
def services(shared: Services) -> Iterator[Services]:
    shared.clear()
    yield shared
    assert shared.bill.total == 0
    assert shared.violations == []


def probe(name: str, environment: Mapping[str, str], deadline: float = 5.0) -> Probed:
    async def scenario() -> Probed:
        provider = MODULES[name].connect(environment, 30.0)
        assert isinstance(provider, Prober)
        try:
            return await provider.probe(deadline)
        finally:
            await provider.close()

    return asyncio.run(scenario())


def test_replicate_can_be_asked() -> None:
    assert "replicate" in PROBERS


@pytest.mark.parametrize("name", PROBERS)
def test_a_good_key_is_taken_and_the_service_tells_its_time(name: str, services: Services) -> None:
    found = probe(name, services.environment())
    assert (found.code, found.message) == ("", "")
    assert parsedate_to_datetime(found.date)
    assert [seen.method for seen in services.requests] == ["GET"]


@pytest.mark.parametrize("name", PROBERS)
def test_a_wrong_key_is_named_as_such_and_not_shown(name: str, services: Services) -> None:
    found = probe(name, {**services.environment(), VARIABLES[name][1]: WRONG})
    assert found.code == "auth"
    assert found.message.startswith("The key was refused")
    assert "nobodys" not in found.message


@pytest.mark.parametrize("name", PROBERS)
def test_a_stranger_at_the_address_is_noticed(name: str, services: Services) -> None:
    services.faults.script(name, Fault.status(404), where="list")
    assert "check its base URL" in probe(name, services.environment()).message
    services.faults.script(name, Fault.lie("html_200"), where="list")
    assert probe(name, services.environment()).code == "service_error"


@pytest.mark.parametrize("name", PROBERS)
def test_nobody_is_waited_for_longer_than_the_deadline(name: str, services: Services) -> None:
    services.faults.script(name, Fault.hang(), where="list")
    with pytest.raises(AttemptError) as raised:
        probe(name, services.environment(), deadline=0.2)
    assert raised.value.outcome.code == "timeout"


@pytest.mark.parametrize("name", PROBERS)
def test_without_a_key_nothing_is_sent(name: str, services: Services) -> None:
    environment = {**services.environment(), VARIABLES[name][1]: ""}
    with pytest.raises(AttemptError) as raised:
        probe(name, environment)
    assert raised.value.outcome.code == "auth"
    assert services.requests == []
