"""Choosing some assets of a plan: the named ones, and what they need."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from assetgen.core.errors import ValidationError
from assetgen.core.jobs import Plan
from assetgen.core.nearest import did_you_mean


def named(plan: Plan, patterns: Sequence[str]) -> frozenset[str]:
    """The ids that the patterns match; `*`, `?` and `[…]` as in a shell.

    Raises:
        ValidationError: A pattern matches nothing.
    """
    ids = [job.id for job in plan.jobs]
    chosen: set[str] = set()
    for pattern in patterns:
        matching = [pattern] if pattern in ids else [name for name in ids if fnmatchcase(name, pattern)]
        if not matching:
            raise ValidationError(
                f"no asset is called `{pattern}`",
                help=did_you_mean(pattern, ids) or "`assetgen estimate FILE --all` lists them",
            )
        chosen.update(matching)
    return frozenset(chosen)


def with_needs(plan: Plan, chosen: frozenset[str]) -> frozenset[str]:
    """The chosen ids and all that they need, however deep."""
    by_id = plan.by_id()
    found: set[str] = set()
    waiting = list(chosen)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += by_id[name].needs
    return frozenset(found)
