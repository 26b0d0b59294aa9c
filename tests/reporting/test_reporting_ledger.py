"""The screens and the JSON of the ledger, and what reconciling says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assetgen.core.journal import Account, Recovered, Row, RowState
from assetgen.core.money import Usd
from assetgen.core.offers import Service
from assetgen.reporting import ledger, reconciling
from assetgen.reporting.ledger import WORDS, Book, Span
from assetgen.reporting.reconciling import Settled
from assetgen.reporting.theme import ASCII, UNICODE, Symbols
from tests.reporting.builders import SENT, attempt, money, text_of

UNKNOWN = attempt(7, RowState.UNKNOWN)
KEY = UNKNOWN.purchase.key
OPEN = Account(2, "/game/out", "real", SENT, None, money("0.0063"), money("0.0021"))
CLOSED = Account(1, "/game/old", "real", SENT, SENT, money("1"), Usd())
SERVICES = {"together": Service("together", account="https://together.example/usage")}
AGAIN = "assetgen ledger reconcile"


def local(row: Row) -> Row:
    return replace(row, host="loopback")


def shown(book: Book, *, last: int | None = 30, width: int = 120, symbols: Symbols = UNICODE) -> str:
    return text_of(ledger.screen(book, last=last, symbols=symbols, width=width), width, symbols)


def settled(found: Settled, symbols: Symbols = UNICODE) -> str:
    return text_of(reconciling.screen(found, SERVICES, AGAIN, symbols=symbols), 120, symbols)


def test_an_empty_ledger_says_in_one_line_what_comes_here() -> None:
    (line,) = shown(Book()).splitlines()
    assert "written down here, before it is sent" in line


def test_an_attempt_is_when_what_whom_how_it_stands_its_money_and_its_key() -> None:
    lines = [line.split() for line in shown(Book([UNKNOWN])).splitlines()]
    assert [
        *("2026-11-18", "09:37", "ch01/tide_7", "together/flux-schnell"),
        *("outcome", "unknown", "$0.0021", "$0.0021", KEY[:12]),
    ] in lines


def test_the_newest_attempts_stand_last_and_earlier_ones_are_counted() -> None:
    screen = shown(Book([attempt(number) for number in range(1, 41)]))
    assert "and 10 earlier ones: assetgen ledger show --all" in screen
    assert screen.index("tide_11 ") < screen.index("tide_40 ")
    assert "tide_10 " not in screen
    assert "earlier" not in shown(Book([attempt(1)]))
    assert "tide_1 " in shown(Book([attempt(number) for number in range(1, 41)]), last=None)


def test_sums_are_of_all_attempts_by_how_they_stand() -> None:
    rows = [*(attempt(number) for number in range(1, 41)), UNKNOWN, attempt(50, RowState.RELEASED)]
    lines = [line.split() for line in shown(Book(rows), last=1).splitlines()]
    assert ["bought", "40", "$0.084"] in lines
    assert ["outcome", "unknown", "1", "$0.0021"] in lines
    assert ["not", "done,", "free", "1", "$0.00"] in lines
    assert ["Total", "42", "$0.0861"] in lines


def test_open_accounts_are_listed_with_what_is_unknown_in_them() -> None:
    screen = shown(Book([UNKNOWN], [OPEN, CLOSED]))
    assert ["/game/out", "$0.0063", "$0.0021"] in [line.split() for line in screen.splitlines()]
    assert "/game/old" not in screen


def test_the_day_and_the_month_stand_beside_their_limits_where_set() -> None:
    spans = (Span("Today", money("0.53"), money("2")), Span("This month", money("4.10"), None))
    screen = shown(Book([UNKNOWN], (), spans))
    assert "Today       $0.53 of $2.00" in screen
    assert "This month" not in screen


def test_money_of_test_servers_stands_apart_and_is_never_added() -> None:
    rows = [attempt(1), local(attempt(2)), local(attempt(3))]
    screen = shown(Book(rows))
    services, servers = screen.split("Test servers on this machine")
    assert ["Total", "1", "$0.0021"] in [line.split() for line in services.splitlines()]
    assert ["Total", "2", "$0.0042"] in [line.split() for line in servers.splitlines()]
    assert "$0.0063" not in screen
    assert "Test servers" not in shown(Book(rows[:1]))


def test_what_is_unknown_names_the_command_that_settles_it() -> None:
    assert "assetgen ledger reconcile" in shown(Book([UNKNOWN]))
    assert "reconcile" not in shown(Book([attempt(1)]))


def test_every_state_has_words_of_its_own() -> None:
    assert set(WORDS) == set(RowState)
    assert len(set(WORDS.values())) == len(RowState)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen_and_the_ascii_one_is_ascii(width: int) -> None:
    book = Book([attempt(number, state) for number, state in enumerate(RowState, 1)], [OPEN])
    assert max(map(len, shown(book, width=width).splitlines())) <= width
    assert shown(book, width=width, symbols=ASCII).isascii()


def test_the_json_has_rows_accounts_and_totals_with_money_as_text() -> None:
    rows = [attempt(1), UNKNOWN, local(attempt(3))]
    spans = (Span("Today", money("0.53"), None),)
    document = json.loads(json.dumps(ledger.as_json(Book(rows, [OPEN], spans), last=2)))
    assert document["schema"] == "assetgen/ledger@1"
    assert [(one["key"], one["state"], one["booked_usd"]) for one in document["rows"]] == [
        (KEY, "unknown", "0.0021"),
        (rows[2].purchase.key, "stored", "0.0021"),
    ]
    assert document["accounts"][0]["unknown_usd"] == "0.0021"
    real, loopback = document["totals"]["real"], document["totals"]["loopback"]
    assert (real["attempts"], real["booked_usd"], real["unknown_usd"]) == (2, "0.0042", "0.0021")
    assert real["by_state"] == {"stored": "0.0021", "unknown": "0.0021"}
    assert (loopback["attempts"], loopback["booked_usd"]) == (1, "0.0021")
    assert document["totals"]["project"] == [{"span": "Today", "booked_usd": "0.53", "limit_usd": None}]


def test_somebody_elses_text_brings_no_control_characters() -> None:
    evil = attempt(1, RowState.UNKNOWN, action="a\x9b\x1b[2J", message="\u202e\r")
    asked = Recovered(replace(evil, state=RowState.FAILED), RowState.ACCEPTED)
    for text in (shown(Book([evil])), settled(Settled([asked], [evil], [evil]))):
        assert not {"\x1b", "\x9b", "\r", "\u202e"} & set(text)


def test_reconciling_says_what_became_of_each_attempt() -> None:
    found = [
        Recovered(attempt(1, RowState.STORED), RowState.ACCEPTED),
        Recovered(attempt(2, RowState.FAILED, message="out of memory"), RowState.ACCEPTED),
        Recovered(attempt(3, RowState.ACCEPTED), RowState.ACCEPTED),
    ]
    screen = settled(Settled(found))
    assert "✓ ch01/tide_1 from together/flux-schnell, $0.0021: bought" in screen
    assert "! ch01/tide_2 from together/flux-schnell, $0.0021: the service failed (out of memory)" in screen
    assert "accepted, being made; ask again later" in screen
    assert "✓ nothing is unknown" in screen


def test_what_only_the_user_can_settle_has_its_two_commands_and_where_to_look() -> None:
    screen = settled(Settled(unknown=[UNKNOWN]))
    for said in (
        "! 1 outcome unknown, up to $0.0021",
        "1  ch01/tide_7  together/flux-schnell  2026-11-18 09:37 UTC  up to $0.0021",
        "https://together.example/usage",
        f"assetgen ledger reconcile --assume-paid {KEY[:12]}",
        f"assetgen ledger reconcile --assume-unpaid {KEY[:12]}",
        "--on-unknown retry",
        "exit 4",
    ):
        assert said in screen


def test_a_test_server_has_no_dashboard() -> None:
    screen = settled(Settled(unknown=[local(UNKNOWN)]))
    assert "together.example" not in screen
    assert "test server" in screen


def test_many_unknown_outcomes_are_counted() -> None:
    screen = settled(Settled(unknown=[attempt(number, RowState.UNKNOWN) for number in range(1, 26)]))
    assert "25 outcomes unknown, up to $0.0525" in screen
    assert screen.count("--assume-paid") == 20
    assert "and 5 more: assetgen ledger show --unknown" in screen


def test_the_json_of_reconciling_tells_asked_told_and_unknown() -> None:
    found = Settled([Recovered(attempt(1), RowState.SENDING)], [attempt(2, RowState.LOST)], [UNKNOWN])
    document = json.loads(json.dumps(reconciling.as_json(found, 4)))
    assert (document["schema"], document["exit_code"]) == ("assetgen/reconcile@1", 4)
    assert (document["asked"][0]["was"], document["asked"][0]["state"]) == ("sending", "stored")
    assert [one["state"] for one in document["told"]] == ["lost"]
    assert [one["key"] for one in document["unknown"]] == [KEY]
