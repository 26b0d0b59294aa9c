"""The outside of a set: a mapping with `actions`, or the bare list."""

from __future__ import annotations

from assetgen.core.nearest import did_you_mean
from assetgen.dsl.reading import Reading, Source
from assetgen.dsl.remarks import shortened
from assetgen.dsl.trees import ACTIONS, Fault, Value

_SHAPE = "write `actions:` and below it a list of actions"


def take_actions(reading: Reading) -> tuple[list[Value], list[Fault]]:
    """The actions of one input as they were written, and what is wrong with what is around them."""
    if isinstance(reading.root, list):
        return reading.root, []
    if isinstance(reading.root, dict):
        return _from_mapping(reading.source, reading.root)
    return [], [_not_a_set(reading)] if reading.complete else []


def _from_mapping(source: Source, root: dict[str, Value]) -> tuple[list[Value], list[Fault]]:
    faults = [_unknown(source, key) for key in root if key not in {ACTIONS, "$schema"}]
    actions = root.get(ACTIONS)
    if isinstance(actions, list):
        return actions, faults
    if ACTIONS in root:
        faults.append(Fault("schema", "`actions` must be a list of actions", source.span((ACTIONS,)), _SHAPE))
    elif not any(fault.help for fault in faults):
        faults.append(Fault("schema", "`actions` is missing", source.span(()), _SHAPE))
    return [], faults


def _unknown(source: Source, key: str) -> Fault:
    span = source.span((key,), on_key=True)
    return Fault("schema", f"Unknown field `{shortened(key)}` beside `actions`", span, did_you_mean(key, [ACTIONS]))


def _not_a_set(reading: Reading) -> Fault:
    if reading.root is None:
        return Fault("schema", "There are no actions in it", reading.source.span(()), _SHAPE)
    return Fault("schema", "A set of actions is a mapping with `actions`, or a list", reading.source.span(()), _SHAPE)
