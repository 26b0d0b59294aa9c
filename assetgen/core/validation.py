"""What an executor finds wrong, or worth a word, in one action."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about one field of an action; `field` is a path such as `("shots", 0, "duration")`."""

    code: str
    message: str
    field: tuple[str | int, ...] = ()
    severity: Severity = Severity.ERROR
    help: str = ""


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """All findings about one action; it is valid when none of them is an error."""

    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(finding.severity is Severity.ERROR for finding in self.findings)


VALID = ValidationResult()
