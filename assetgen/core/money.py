"""Money in whole micro-dollars, and the prices that lead to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, InvalidOperation
from enum import StrEnum

MICROS = 1_000_000
LARGEST = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True, order=True)
class Usd:
    """An amount of US dollars, counted in micro-dollars so that sums are exact."""

    micros: int = 0

    @classmethod
    def parse(cls, text: str | int | Decimal) -> Usd:
        """Read a decimal amount, rounded half up to the micro-dollar.

        Raises:
            ValueError: It is no finite number from 0 to a billion.
        """
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"{text!r} is not an amount in dollars") from None
        if not amount.is_finite() or not 0 <= amount <= LARGEST:
            raise ValueError(f"{text!r} is not an amount from 0 to a billion dollars")
        return cls(int((amount * MICROS).to_integral_value(ROUND_HALF_UP)))

    @classmethod
    def sum(cls, amounts: Iterable[Usd]) -> Usd:
        return cls(sum(amount.micros for amount in amounts))

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.micros + other.micros)

    def __sub__(self, other: Usd) -> Usd:
        return Usd(self.micros - other.micros)

    def __mul__(self, times: int) -> Usd:
        return Usd(self.micros * times)

    def __bool__(self) -> bool:
        return self.micros != 0

    def __str__(self) -> str:
        """The decimal string of JSON and of the ledger: exact, without trailing zeros."""
        whole, part = divmod(abs(self.micros), MICROS)
        sign = "-" if self.micros < 0 else ""
        return f"{sign}{whole}.{part:06d}".rstrip("0").rstrip(".")


class Per(StrEnum):
    """What a price is for."""

    IMAGE = "image"
    MEGAPIXEL = "megapixel"
    SECOND = "second"
    MILLION_CHARACTERS = "million_characters"


@dataclass(frozen=True, slots=True)
class Units:
    """How much of a service one request takes, in every unit that a service may bill by."""

    images: int = 0
    pixels: int = 0
    characters: int = 0
    seconds: Decimal = Decimal(0)

    def __add__(self, other: Units) -> Units:
        return Units(
            self.images + other.images,
            self.pixels + other.pixels,
            self.characters + other.characters,
            self.seconds + other.seconds,
        )

    def count(self, per: Per) -> Decimal:
        match per:
            case Per.IMAGE:
                return Decimal(self.images)
            case Per.MEGAPIXEL:
                return Decimal(self.pixels) / 1_000_000
            case Per.SECOND:
                return self.seconds
            case Per.MILLION_CHARACTERS:
                return Decimal(self.characters) / 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """A price as a service publishes it, with where and when it was read."""

    usd: Decimal
    per: Per
    source: str
    checked: dt.date

    def of(self, units: Units) -> Usd:
        """What these units cost, rounded up once to the micro-dollar."""
        micros = self.usd * units.count(self.per) * MICROS
        return Usd(int(micros.to_integral_value(ROUND_CEILING)))
