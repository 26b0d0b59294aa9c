"""What was found when somebody asked whether all is well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from assetgen.core.actions import JSON

GRAVEST_FIRST = (2, 5, 6, 3, 1)
"""Exit codes, in the order in which a run would come to meet them."""


class Level(StrEnum):
    """How a check ended."""

    GOOD = "good"
    NOTE = "note"
    """Nothing is wrong; somebody may want to know."""
    WARNING = "warning"
    PROBLEM = "problem"
    """Something will fail because of it."""


class Area(StrEnum):
    """What a check is about, in the order of the screen."""

    FILES = "files"
    SERVICES = "services"
    MODELS = "models"
    FOLDERS = "folders"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        said: What is so, in words.
        advice: What to do about it; empty where nothing is to be done.
        exit_code: What a command would end with because of it; 0 where nothing fails.
        details: The same in figures, for machines.
    """

    area: Area
    name: str
    level: Level
    said: str
    advice: str = ""
    exit_code: int = 0
    details: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examination:
    """All checks in the order of their areas, and what they were made with: versions by name."""

    checks: tuple[Check, ...]
    versions: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        """The code of the gravest problem, 0 where there is none."""
        codes = {check.exit_code for check in self.checks}
        return next((code for code in GRAVEST_FIRST if code in codes), 0)

    def of(self, area: Area) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.area is area)

    def count(self, level: Level) -> int:
        return sum(check.level is level for check in self.checks)
