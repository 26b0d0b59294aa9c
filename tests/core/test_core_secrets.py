from __future__ import annotations

import base64
import json
import pickle
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetgen.core.secrets import MARK, Redactor, Secret

KEY = "sk/CANARY+together=0123456789"


def redacted(text: str, *keys: str) -> str:
    redactor = Redactor(*(Secret(key) for key in keys or (KEY,)))
    as_bytes = redactor.data(text.encode()).decode()
    assert redactor.text(text) == as_bytes
    return as_bytes


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret(KEY)
    assert KEY not in f"{secret} {secret!r} {[secret]} {secret:>20}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret.reveal() == KEY


@pytest.mark.parametrize(
    "form", [KEY, quote(KEY, safe=""), quote_plus(KEY), json.dumps(KEY), base64.b64encode(KEY.encode()).decode()]
)
def test_every_form_is_found_within_a_sentence(form: str) -> None:
    assert redacted(f"Incorrect key: {form}.").startswith("Incorrect key: ")
    assert "CANARY" not in redacted(f"Incorrect key: {form}.")
    assert form not in redacted(f"Incorrect key: {form}.")


@given(before=st.binary(max_size=9), after=st.binary(max_size=9), key=st.text(min_size=12, max_size=60))
def test_a_key_anywhere_within_base64_is_found(before: bytes, after: bytes, key: str) -> None:
    whole = before + key.encode() + after
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        shown = redacted(encode(whole).decode(), key)
        assert MARK in shown


def test_each_line_of_a_long_secret_counts() -> None:
    lines = "first-line-of-it\nsecond-line-of-it"
    assert redacted("the second-line-of-it is wrong", lines) == f"the {MARK} is wrong"


def test_what_is_too_short_to_be_a_key_is_left_alone() -> None:
    assert redacted("an error in a paragraph", "a") == "an error in a paragraph"


def test_without_secrets_nothing_changes() -> None:
    assert Redactor().text("all is well") == "all is well"
    assert Redactor().data(b"\xff\x00") == b"\xff\x00"


def test_signs_that_mean_something_elsewhere_are_just_signs() -> None:
    assert redacted("(a+b)*[c]$ is it, aab is not", "(a+b)*[c]$") == f"{MARK} is it, aab is not"
