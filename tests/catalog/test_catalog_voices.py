from __future__ import annotations

import pytest

from assetgen.catalog.offers import OFFERS
from assetgen.catalog.voices import apply
from assetgen.core.errors import ValidationError
from assetgen.core.offers import Offer, Voice


def of(provider: str, offers: tuple[Offer, ...]) -> dict[str, Voice]:
    return dict(next(offer.voices for offer in offers if offer.provider == provider))


def test_the_users_voice_takes_what_its_family_takes_and_the_other_pairs_stay() -> None:
    offers = apply(OFFERS, {"google-tts": {"neutral-epic": "en-US-Studio-O"}})
    assert of("google", offers) == {**of("google", OFFERS), "neutral-epic": Voice("en-US-Studio-O", False, True)}
    assert of("openai", offers) == of("openai", OFFERS)


def test_a_service_without_pitch_is_not_sent_one_for_the_users_voice() -> None:
    offers = apply(OFFERS, {"openai-tts": {"neutral-calm": "sage"}})
    assert of("openai", offers)["neutral-calm"] == Voice("sage", takes_pitch=False, takes_speed=True)


@pytest.mark.parametrize(
    ("voices", "message", "advice"),
    [
        ({"google-tss": {}}, "`google-tss` is no model that speaks", "did you mean `google-tts`?"),
        ({"sdxl": {}}, "`sdxl` is no model that speaks", "known: `google-tts`, `kokoro`, `openai-tts`, `orpheus`"),
        ({"google-tts": {"neutral-epik": "x"}}, "`neutral-epik` is no pair", "did you mean `neutral-epic`?"),
    ],
)
def test_a_misspelt_model_or_pair_is_an_error_that_leads_on(
    voices: dict[str, dict[str, str]], message: str, advice: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        apply(OFFERS, voices)
    assert message in str(caught.value)
    assert caught.value.help == advice
