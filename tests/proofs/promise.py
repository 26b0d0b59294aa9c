"""A promise by its name, kept or broken."""

from __future__ import annotations


class BrokenPromiseError(AssertionError):
    """A promise that did not hold."""

    def __init__(self, promise: str, detail: str) -> None:
        super().__init__(f"{promise}: {detail}")
        self.promise = promise


def hold(promise: str, truth: object, detail: str) -> None:
    """Raise BrokenPromiseError unless it is true."""
    if not truth:
        raise BrokenPromiseError(promise, detail)
