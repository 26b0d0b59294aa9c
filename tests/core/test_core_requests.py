from __future__ import annotations

import pickle

import pytest

from assetgen.core.requests import Call, canonical, fingerprint
from assetgen.core.secrets import Secret


def test_canonical_text_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": ["é", None]}) == '{"a":["é",null],"b":1}'.encode()


def test_keys_of_different_tags_never_collide() -> None:
    assert fingerprint("job@1", {"a": 1}) != fingerprint("purchase@1", {"a": 1})


def test_the_key_of_a_purchase_is_this_one_for_ever() -> None:
    """Golden: a changed key would buy everything again."""
    call = Call("images", {"prompt": "a pier", "width": 64, "height": 64, "seed": None})
    assert call.key("draft", "real") == "d658cdbcb5392dd976131644d02e75a51bcf6d7137b76a40fe28bf5867e7db05"


@pytest.mark.parametrize("other", [("acme", "real"), ("draft", "loopback")])
def test_another_service_or_class_of_host_is_another_purchase(other: tuple[str, str]) -> None:
    call = Call("images", {"prompt": "a pier"})
    assert call.key(*other) != call.key("draft", "real")


def test_a_number_that_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_a_secret_is_used_and_never_shown() -> None:
    secret = Secret("sk-abcdef")
    assert secret.reveal() == "sk-abcdef"
    assert "abcdef" not in f"{secret} {secret!r} {secret!s} {[secret]} {secret:>20}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
