"""The file of a saved plan, as it is read: checked whole, before anybody relies on it."""

from __future__ import annotations

import json
import re
from typing import Annotated, Literal, Self

import pydantic
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from assetgen.core.errors import ValidationError
from assetgen.core.money import Usd

SCHEMA = "assetgen/saved-plan@1"
LARGEST = 64 * 1024 * 1024
"""Bytes of the largest saved plan."""

_VERSIONED = re.compile(r"assetgen/plan@(\d{1,9})")


def _usd(value: object) -> Usd:
    if not isinstance(value, str):
        raise ValueError("an amount is a decimal text")
    return Usd.parse(value)


Amount = Annotated[Usd, BeforeValidator(_usd)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, hide_input_in_errors=True, arbitrary_types_allowed=True
    )


class InputFile(_Strict):
    file: str
    sha256: Digest


class Total(_Strict):
    min_usd: Amount
    max_usd: Amount


class PlannedPurchase(_Strict):
    key: Digest
    id: str
    max_usd: Amount


class PlanFile(_Strict):
    """The fields of the file, in its order."""

    format: Annotated[Literal["assetgen/saved-plan@1"], Field(alias="schema")]
    generator: str
    draft: bool
    files: Annotated[list[InputFile], Field(min_length=1)]
    settings: Digest
    prices: Digest
    only: list[str]
    force: bool
    rebuy: bool
    upgrade_degraded: bool = False
    total: Total
    purchases: list[PlannedPurchase]

    @classmethod
    def of(cls, data: bytes) -> Self:
        """The checked content of a file.

        Raises:
            ValidationError: It is no saved plan, too large, or of a newer version.
        """
        if len(data) > LARGEST:
            raise ValidationError(f"the saved plan is larger than {LARGEST >> 20} MB", help="choose less with `--only`")
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            raise _no_plan("it is not JSON") from None
        _check_version(value)
        try:
            return cls.model_validate(value)
        except pydantic.ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise _no_plan(f"`{where}`: {first['msg'].removeprefix('Value error, ')}") from None


def _check_version(value: object) -> None:
    schema = value.get("schema") if isinstance(value, dict) else None
    found = _VERSIONED.fullmatch(schema) if isinstance(schema, str) else None
    if found is not None and int(found[1]) > 1:
        raise ValidationError(f"a newer assetgen saved this plan (`{schema}`)", help="update assetgen")


def _no_plan(why: str) -> ValidationError:
    return ValidationError(f"this is no saved plan: {why}", help="`assetgen estimate FILE --save PLAN` writes one")
