"""Which of the assets that share a purchase carries its cost in the manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from assetgen.core.actions import JSON
from assetgen.core.money import Usd
from assetgen.core.records import Record

Paid = Callable[[str], Usd | None]
"""What a purchase had cost; None where nobody can tell."""


def carriers(records: Mapping[str, Record], ids: Iterable[str], owners: Mapping[str, str]) -> dict[str, str]:
    """By purchase key, whose it is: the first that wants it, unless that one came to other purchases.

    Args:
        ids: All ids, in file order.
        owners: Who wants a purchase first, be it from a seller that is asked only if another can't.
    """
    found: dict[str, str] = {}
    for name in ids:
        for key in records[name].purchases if name in records else ():
            owner = records.get(owners.get(key, name))
            if owner is not None and key not in owner.purchases:
                found.setdefault(key, name)
    return {**owners, **found}


def shares(record: Record, owners: Mapping[str, str]) -> bool:
    """Whether any of its purchases is wanted by somebody else first."""
    return any(owners.get(key, record.id) != record.id for key in record.purchases)


def costed(record: Record, owners: Mapping[str, str], paid: Paid) -> Record:
    """A record with the cost that it carries; as it was, where a price is not known any more."""
    prices = {key: paid(key) for key in dict.fromkeys(record.purchases)}
    known = {key: price for key, price in prices.items() if price is not None}
    if len(known) < len(prices):
        return record
    line = {name: value for name, value in record.entry.items() if name not in {"cost_usd", "shared_with"}}
    return replace(record, entry={**line, **cost(record.id, known, owners)})


def cost(identifier: str, paid: Mapping[str, Usd], owners: Mapping[str, str]) -> dict[str, JSON]:
    """The part of an asset's line that is about money: what it carries, and who carries the rest."""
    others = dict.fromkeys(owner for key in paid if (owner := owners.get(key, identifier)) != identifier)
    line: dict[str, JSON] = {"cost_usd": str(carried(identifier, paid, owners))}
    return {**line, "shared_with": list(others)} if others else line


def carried(identifier: str, paid: Mapping[str, Usd], owners: Mapping[str, str]) -> Usd:
    """What of it is an asset's own."""
    return Usd.sum(price for key, price in paid.items() if owners.get(key, identifier) == identifier)
