"""Every code that a user may meet, explained."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.catalog.codes.answers import ANSWERS
from assetgen.catalog.codes.explanation import Explanation, by_code
from assetgen.catalog.codes.machine import MACHINE
from assetgen.catalog.codes.problems import PROBLEMS
from assetgen.catalog.codes.purchases import PURCHASES
from assetgen.catalog.codes.warnings import WARNINGS

__all__ = ["EXPLANATIONS", "Explanation"]

EXPLANATIONS: Mapping[str, Explanation] = by_code(PROBLEMS + ANSWERS + PURCHASES + MACHINE + WARNINGS)
