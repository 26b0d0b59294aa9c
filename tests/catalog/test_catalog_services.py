from __future__ import annotations

import pytest

from assetgen.catalog.services import SERVICES
from assetgen.core.offers import Service

BASES = {
    "together": ("TOGETHER_BASE_URL", "https://api.together.ai/v1"),
    "replicate": ("REPLICATE_BASE_URL", "https://api.replicate.com/v1"),
    "openai": ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
    "google": ("GOOGLE_TTS_BASE_URL", "https://texttospeech.googleapis.com/v1"),
}
KEYS = {
    "together": ("TOGETHER_API_KEY", "TOGETHERAI_API_KEY"),
    "replicate": ("REPLICATE_API_TOKEN",),
    "openai": ("OPENAI_API_KEY",),
    "google": ("GOOGLE_API_KEY", "GOOGLE_TTS_API_KEY"),
}
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)


def test_there_are_four_services() -> None:
    assert set(SERVICES) == set(BASES)


@every_service
def test_keys_and_addresses_are_the_documented_ones(service: Service) -> None:
    assert service.keys == KEYS[service.name]
    assert (service.base_url_variable, service.base_url) == BASES[service.name]


@every_service
def test_a_user_learns_where_to_get_an_account(service: Service) -> None:
    assert service.account.startswith("https://")


@every_service
def test_limits_leave_room_for_work(service: Service) -> None:
    assert service.concurrency > 0
    assert service.timeout > 0
    assert service.requests_per_minute is None or service.requests_per_minute > 0
