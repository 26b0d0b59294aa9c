"""What a service's JSON body may hold, as a table, and the first thing that is wrong with one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from assetgen.core.actions import JSON


class Wrong(StrEnum):
    """The sorts of complaint; services word them differently."""

    UNKNOWN = "unknown"
    REQUIRED = "required"
    TYPE = "type"
    CHOICE = "choice"
    RANGE = "range"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong with one field; `message` is plain English about it, without the field's name."""

    field: str
    wrong: Wrong
    message: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field's rule. `longest` is in characters; numbers lie from `least` to `most`, in steps of `step`."""

    kind: type[str | int | float | bool | dict[str, JSON] | list[JSON]]
    required: bool = False
    choices: Collection[JSON] = ()
    least: float | None = None
    most: float | None = None
    step: int = 1
    shortest: int = 0
    longest: int | None = None

    def complaint(self, name: str, value: JSON) -> Complaint | None:
        if not self._is_kind(value):
            return Complaint(name, Wrong.TYPE, f"must be of type {_NAMES[self.kind]}")
        if self.choices and value not in self.choices:
            return Complaint(name, Wrong.CHOICE, f"must be one of {', '.join(map(str, self.choices))}")
        if isinstance(value, str):
            return self._of_text(name, value)
        if isinstance(value, int | float):
            return self._of_number(name, value)
        return None

    def _is_kind(self, value: JSON) -> bool:
        if self.kind is float:
            return isinstance(value, int | float) and not isinstance(value, bool)
        return type(value) is self.kind

    def _of_text(self, name: str, value: str) -> Complaint | None:
        if len(value) < self.shortest:
            return Complaint(name, Wrong.LENGTH, f"must have at least {self.shortest} characters")
        if self.longest is not None and len(value) > self.longest:
            return Complaint(name, Wrong.LENGTH, f"must have at most {self.longest} characters")
        return None

    def _of_number(self, name: str, value: float) -> Complaint | None:
        least = value if self.least is None else self.least
        most = value if self.most is None else self.most
        if not least <= value <= most:
            return Complaint(name, Wrong.RANGE, f"must be between {self.least} and {self.most}")
        if self.step > 1 and value % self.step:
            return Complaint(name, Wrong.RANGE, f"must be a multiple of {self.step}")
        return None


_NAMES = {str: "string", int: "integer", float: "number", bool: "boolean", dict: "object", list: "array"}


def first_complaint(body: Mapping[str, JSON], fields: Mapping[str, Field]) -> Complaint | None:
    """The first thing wrong with a body: unknown fields, then missing ones, then wrong values."""
    for name in body:
        if name not in fields:
            return Complaint(name, Wrong.UNKNOWN, "is not permitted")
    for name, rule in fields.items():
        if name not in body:
            if rule.required:
                return Complaint(name, Wrong.REQUIRED, "is required")
        elif complaint := rule.complaint(name, body[name]):
            return complaint
    return None
