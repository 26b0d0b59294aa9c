from __future__ import annotations

from typing import Any

import pytest

from assetgen.providers.bodies import error_of


@pytest.mark.parametrize(
    ("body", "message", "kind", "code"),
    [
        ({"error": {"message": "m", "type": "t", "param": None, "code": "c"}}, "m", "t", "c"),
        ({"error": {"message": "m", "type": "t", "param": None, "code": None}}, "m", "t", ""),
        ({"id": "o8R", "error": {"message": "m", "type": "t"}}, "m", "t", ""),
        ({"error": "a text"}, "a text", "", ""),
        ({"detail": "a text"}, "a text", "", ""),
        ({"detail": {"error": "c", "message": "m", "type": "t"}}, "m", "t", "c"),
        ({"detail": [{"type": "t", "loc": ["body", "speed"], "msg": "m"}, {"msg": "n"}]}, "m", "t", ""),
        ({"error": {}}, "", "", ""),
        ({"error": None}, "", "", ""),
        ({"error": []}, "", "", ""),
        ({"detail": [7]}, "7", "", ""),
        ({"error": {"message": ["not", "a text"], "code": 7}}, "['not', 'a text']", "", "7"),
        ({}, "", "", ""),
    ],
)
def test_an_errors_words_are_found_wherever_a_service_puts_them(body: Any, message: str, kind: str, code: str) -> None:
    assert error_of(body) == {"message": message, "type": kind, "code": code}
