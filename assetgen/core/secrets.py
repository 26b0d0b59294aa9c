"""A value that can be used and not shown."""

from __future__ import annotations

from typing import NoReturn


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
