from __future__ import annotations

import pytest

from assetgen.catalog.services import SERVICES
from assetgen.core.offers import Service
from assetgen.providers.environment import host_class, key_of, merged

TOGETHER = SERVICES["together"]
ELSEWHERE = {"TOGETHER_BASE_URL": "https://elsewhere.example/v1"}
FILE_KEY = {"TOGETHER_API_KEY": "from-the-file"}
REAL_KEY = {"TOGETHER_API_KEY": "from-the-user"}


def test_the_real_environment_wins_over_the_file() -> None:
    assert merged(REAL_KEY, FILE_KEY, [TOGETHER])["TOGETHER_API_KEY"] == "from-the-user"
    assert merged({}, FILE_KEY, [TOGETHER])["TOGETHER_API_KEY"] == "from-the-file"


def test_a_project_cannot_send_the_users_own_key_elsewhere() -> None:
    assert "TOGETHER_BASE_URL" not in merged(REAL_KEY, ELSEWHERE, [TOGETHER])
    assert "TOGETHER_BASE_URL" not in merged(REAL_KEY, {**ELSEWHERE, **FILE_KEY}, [TOGETHER])


def test_an_address_with_its_own_key_counts() -> None:
    assert merged({}, {**ELSEWHERE, **FILE_KEY}, [TOGETHER])["TOGETHER_BASE_URL"] == ELSEWHERE["TOGETHER_BASE_URL"]


def test_the_first_variable_that_holds_a_key_is_taken() -> None:
    key = key_of(TOGETHER, {"TOGETHER_API_KEY": " ", "TOGETHERAI_API_KEY": "second"})
    assert key is not None
    assert key.reveal() == "second"
    assert key_of(TOGETHER, {}) is None


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("", "real"),
        ("https://gateway.example/v1", "real"),
        ("http://127.0.0.1:8080/v1", "loopback"),
        ("http://127.9.9.9/v1", "loopback"),
        ("http://localhost:1/v1", "loopback"),
        ("http://[::1]:1/v1", "loopback"),
        ("http://127.0.0.1.example/v1", "real"),
    ],
)
def test_only_this_machine_is_loopback(address: str, kind: str) -> None:
    service = Service("x", base_url_variable="X_URL", base_url="https://api.x.example/v1")
    assert host_class(service, {"X_URL": address}) == kind
