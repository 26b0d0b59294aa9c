"""A value that can be used and not shown."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import NoReturn
from urllib.parse import quote, quote_plus

SHORTEST = 8
"""Characters of the shortest form that is looked for; anything shorter would be found where it isn't meant."""
MARK = "[redacted]"


class Secret:
    """A key. Nothing that prints, formats, pickles or compares it by text gets at its value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one header that it is sent in."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not stored")


class Redactor:
    """Takes secrets out of whatever repeats them: as they are, URL-encoded, escaped, or anywhere within base64."""

    __slots__ = ("_forms",)

    def __init__(self, *secrets: Secret, disguised: bool = True) -> None:
        """Of `disguised` secrets every form is known, else each is looked for as it is."""
        forms_of = _forms if disguised else str.splitlines
        forms = {form for secret in secrets for form in forms_of(secret.reveal()) if len(form) >= SHORTEST}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._forms = [(form, form.encode()) for form in longest_first]

    def text(self, text: str) -> str:
        for form, _ in self._forms:
            text = text.replace(form, MARK)
        return text

    def data(self, data: bytes) -> bytes:
        for _, form in self._forms:
            data = data.replace(form, MARK.encode())
        return data


def _forms(value: str) -> Iterator[str]:
    """Each line counts as well: a key of many lines is often quoted in parts."""
    for part in (value, *value.splitlines()):
        yield part
        yield quote(part, safe="")
        yield quote_plus(part)
        yield json.dumps(part)[1:-1]
        yield from _within_base64(part.encode())


def _within_base64(value: bytes) -> Iterator[str]:
    """What all base64 texts have in common that hold the value, by the place where it begins in a group of three."""
    for start, unsure in enumerate((0, 2, 3)):
        text = base64.b64encode(bytes(start) + value).decode()
        whole = (start + len(value)) % 3 == 0
        core = text[unsure:] if whole else text[unsure:].rstrip("=")[:-1]
        yield core
        yield core.translate(_URL_SAFE)


_URL_SAFE = str.maketrans("+/", "-_")
