"""The real services, for the keys that are set. It costs a few cents at most, and says what."""

from __future__ import annotations

import os
from dataclasses import dataclass

import pytest

from assetgen.catalog.services import SERVICES
from tests.e2e.command import Command
from tests.proofs.figures import Figures

pytestmark = pytest.mark.live

MOST = "0.05"
"""Dollars that one run may spend."""
PICTURE = "{type: asset_image, id: thing, prompt: A small blue door in a white wall, size: 512x512, model: %s}"
LINE = "{type: asset_subtitle, id: thing, text: The last of them was enough., model: %s}"


@dataclass(frozen=True)
class Trial:
    """The cheapest thing that a service makes, and the chain that asks nobody else."""

    service: str
    model: str
    link: str
    action: str


TRIALS = (
    Trial("together", "flux-schnell", "together", PICTURE),
    Trial("replicate", "flux-schnell", "replicate", PICTURE),
    Trial("openai", "openai-tts", "{provider: openai, model: tts-1}", LINE),
    Trial("google", "google-tts", "google", LINE),
)
each_service = pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.service)


@pytest.fixture
def shop(trial: Trial, assetgen: Command) -> Command:
    """A folder with one asset, which this service alone is asked for, with this machine's key for it."""
    service = SERVICES[trial.service]
    variable = next((name for name in service.keys if os.environ.get(name, "").strip()), None)
    if variable is None:
        pytest.skip(f"{' or '.join(service.keys)} is not set")
    names = (variable, service.base_url_variable, "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy", "SSL_CERT_FILE")
    assetgen.environment.update({name: os.environ[name] for name in names if name in os.environ})
    assetgen.write("assetgen.yaml", f"models: {{{trial.model}: [{trial.link}]}}\n")
    assetgen.write("actions.yaml", f"[{trial.action % trial.model}]\n")
    return assetgen


@each_service
def test_it_answers_and_takes_the_key_and_a_probe_costs_nothing(trial: Trial, shop: Command) -> None:
    checks = shop("doctor", "actions.yaml", "--json").json()["checks"]
    (answer,) = [check for check in checks if (check["area"], check["name"]) == ("services", trial.service)]
    assert answer["level"] == "good", answer["message"]
    assert shop("ledger", "show", "--json").json()["rows"] == []


@each_service
def test_it_makes_what_was_asked_for_once_and_for_what_was_estimated(
    trial: Trial, shop: Command, figures: Figures
) -> None:
    estimate = shop("estimate", "actions.yaml", "--json").json()["total"]
    done = shop("run", "actions.yaml", "--max-cost", MOST, "--json")
    assert done.code == 0, done.out + done.err
    cost = done.json()["cost"]
    figures(f"{trial.service}: {trial.model} cost ${cost['spent_usd']}, estimated ${estimate['min_usd']}")
    assert float(cost["spent_usd"]) <= float(estimate["max_usd"])
    again = shop("run", "actions.yaml", "--max-cost", MOST, "--json").json()
    assert (again["cost"]["spent_usd"], again["counts"]["cached"]) == ("0", 1)
