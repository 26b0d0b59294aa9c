"""What is said about one code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import dedent
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means and what to do about it.

    Attributes:
        kind: `problem` of the input (nothing was sent), `failure` of an asset, or `warning`.
        what: One paragraph: what happened, and why it matters.
        next: One paragraph: what to do.
        example: YAML or commands, `# before` and `# after` where something is to be changed; may be empty.
    """

    code: str
    kind: Literal["problem", "failure", "warning"]
    title: str
    what: str
    next: str
    example: str = ""


def by_code(explanations: Iterable[Explanation]) -> Mapping[str, Explanation]:
    return MappingProxyType({each.code: each for each in explanations})


def example(text: str) -> str:
    """The lines of an example, without the indentation of the code that they stand in."""
    return dedent(text).strip("\n")
