"""What OpenAI sells, and Together's speech, bought by the real command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assetgen.media.sounds import mp3_duration
from tests.e2e.command import SAMPLES, Command
from tests.services import openai_compatible as imitations
from tests.services.faults import Fault
from tests.services.openai_compatible import imitating
from tests.services.server import Services

LONG = "The fog stayed over the quay until noon. " * 26
MIXED = f"""\
- {{type: asset_subtitle, id: long, text: {LONG.strip()!r}, model: orpheus}}
- {{type: asset_subtitle, id: small, text: Nobody said a word., model: kokoro, voice_gender: masculine}}
- {{type: asset_subtitle, id: short, text: They waited.}}
- {{type: asset_image, id: map, prompt: A map of the coast, size: 1024x768, model: gpt-image-2}}
"""


@pytest.fixture
def services() -> Iterator[Services]:
    with Services() as running:
        yield running


@pytest.fixture
def shop(assetgen: Command, services: Services) -> Command:
    assetgen.write("actions.yaml", MIXED)
    assetgen.environment.update(services.environment())
    return assetgen


def manifest(command: Command) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((command.folder / "out/manifest.json").read_text())
    return found


def test_all_pairs_and_paces_are_spoken_once_and_to_the_micro_dollar(assetgen: Command, services: Services) -> None:
    sample: Path = SAMPLES / "voices.yaml"
    assetgen.environment.update(services.environment())
    first = assetgen("run", sample, "--json")
    assert (first.code, services.violations) == (0, []), first.err
    assert round(float(first.json()["cost"]["spent_usd"]) * 1_000_000) == services.bill.total > 0
    assert services.bill.creates("openai") == len(manifest(assetgen)["audio"]) == 18
    again = assetgen("run", sample, "--json")
    assert (again.code, again.json()["cost"]["spent_usd"], len(services.requests)) == (0, "0", 18)


def test_togethers_models_speak_a_long_text_in_parts(shop: Command, services: Services) -> None:
    done = shop("run", "actions.yaml", "--only", "long", "--only", "small", "--json")
    assert done.code == 0, done.err
    assert services.bill.creates("together") == len(services.bill.entries) == 3
    assert round(float(done.json()["cost"]["spent_usd"]) * 1_000_000) == services.bill.total
    audio = {one["id"]: one for one in manifest(shop)["audio"]}
    assert audio["long"]["duration"] == pytest.approx(len(LONG) / 15, abs=0.2)
    assert (audio["small"]["provider"], audio["small"]["voice"]) == ("together", "am_michael")
    mp3 = (shop.folder / "out" / audio["small"]["path"]).read_bytes()
    assert mp3_duration(mp3) == pytest.approx(audio["small"]["duration"], abs=0.03)


def test_a_chain_may_ask_for_a_cheaper_picture_which_is_cut_to_size_and_for_a_better_voice(
    shop: Command, services: Services
) -> None:
    shop.write(
        "assetgen.yaml",
        """\
models:
  gpt-image-2: [{provider: openai, model: "gpt-image-2:low"}]
  openai-tts: [{provider: openai, model: tts-1-hd}]
""",
    )
    assert shop("run", "actions.yaml", "--only", "map", "--only", "short").code == 0
    assert services.bill.total == 5_000 + 30 * len("They waited.")
    (picture,) = manifest(shop)["images"]
    assert picture["cost_usd"] == "0.005"
    with Image.open(shop.folder / "out" / picture["path"]) as image:
        assert image.size == (1024, 768)


def test_what_is_no_sound_fails_as_paid_and_is_not_asked_again(shop: Command, services: Services) -> None:
    services.faults.script("together", Fault.lie("html_200"))
    run = ("run", "actions.yaml", "--only", "small", "--json")
    done, again = shop(*run), shop(*run)
    assert [one.json()["failed"][0]["code"] for one in (done, again)] == ["unusable_audio", "unusable_audio"]
    assert services.bill.creates("together") == 1
    assert shop(*run, "--rebuy").code == 0


def test_a_server_of_ones_own_speaks_with_voices_of_its_own_for_nothing(shop: Command) -> None:
    shop.write(
        "assetgen.yaml",
        """\
models: {openai-tts: [{provider: openai, model: kokoro}]}
prices: {openai/kokoro: {usd: "0", per: million_characters}}
voices: {openai-tts: {neutral-calm: af_bella(2)+af_sky}}
""",
    )
    shop.write("actions.yaml", "[{type: asset_subtitle, id: line, text: Nobody said a word.}]")
    with imitating(imitations.kokoro) as server:
        done = shop("run", "actions.yaml", "--json", **server.environment())
    assert (done.code, done.json()["cost"]["spent_usd"]) == (0, "0"), done.err
    (audio,) = manifest(shop)["audio"]
    assert (audio["voice"], audio["degraded"]) == ("af_bella(2)+af_sky", False)
