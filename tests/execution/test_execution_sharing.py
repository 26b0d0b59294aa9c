from __future__ import annotations

from collections.abc import Mapping

from assetgen.core.actions import JSON, Kind
from assetgen.core.money import Usd
from assetgen.core.records import Record
from assetgen.execution.sharing import carriers, cost, costed, shares

PRICES = {"one": Usd(10), "two": Usd(200), "three": Usd(3000)}
IDS = ("a", "b", "c")
OWNERS = {"one": "a", "two": "a", "three": "c"}
"""All want `one`, or `two` where nobody sells `one`."""


def record(name: str, *purchases: str, **line: JSON) -> Record:
    return Record(name, Kind.IMAGE, "key", {}, {"id": name, **line}, (), purchases)


def told(*records: Record) -> Mapping[str, object]:
    """By id, the cost and with whom it is shared."""
    named = {one.id: one for one in records}
    owners = carriers(named, IDS, OWNERS)
    lines = {name: costed(one, owners, PRICES.get).entry for name, one in named.items()}
    return {name: (line["cost_usd"], line.get("shared_with")) for name, line in lines.items()}


def test_the_first_that_wants_a_purchase_carries_its_cost() -> None:
    assert told(record("a", "one"), record("b", "one")) == {"a": ("0.00001", None), "b": ("0", ["a"])}


def test_who_came_to_another_purchase_carries_that_one() -> None:
    assert told(record("a", "two"), record("b", "one"), record("c", "one")) == {
        "a": ("0.0002", None),
        "b": ("0.00001", None),
        "c": ("0", ["b"]),
    }
    assert told(record("a", "one"), record("b", "two")) == {"a": ("0.00001", None), "b": ("0.0002", None)}


def test_who_is_not_there_still_carries_what_it_wants_first() -> None:
    assert told(record("b", "one")) == {"b": ("0", ["a"])}


def test_each_purchase_is_carried_by_itself_and_counted_once() -> None:
    assert told(record("a", "one"), record("c", "one", "three", "three")) == {
        "a": ("0.00001", None),
        "c": ("0.003", ["a"]),
    }


def test_a_cost_that_was_shared_is_not_any_more() -> None:
    before = record("b", "one", cost_usd="0", shared_with=["a"])
    after = costed(before, {"one": "b"}, PRICES.get)
    assert after.entry == {"id": "b", "cost_usd": "0.00001"}


def test_where_a_price_is_not_known_any_more_the_line_stays() -> None:
    before = record("b", "one", "lost", cost_usd="0", shared_with=["a"])
    assert costed(before, {"one": "b"}, PRICES.get) is before


def test_only_what_somebody_else_wants_first_is_looked_at() -> None:
    assert [shares(record(*names), OWNERS) for names in (("a", "one", "two"), ("b", "one"), ("c", "new"))] == [
        False,
        True,
        False,
    ]


def test_what_nobody_else_wants_is_ones_own() -> None:
    assert cost("a", {"new": Usd(7)}, {}) == {"cost_usd": "0.000007"}
