"""Money on the command line: budgets, held calls, saved plans and the ledger, with a service that takes money."""

from __future__ import annotations

import json

import pytest

from assetgen.core.journal import Row
from assetgen.core.money import Usd
from assetgen.ledger.journal import Journal
from tests.e2e.command import Command, Ended

GOLD = "models: {acme-gold: [acme]}\ndefaults: {image: {model: acme-gold}}\n"
LOST = '{type: asset_image, id: lost, prompt: "a lost answer", size: 320x240}'


@pytest.fixture
def shop(acme: Command) -> Command:
    """A project that buys four pictures at $0.05 from acme."""
    acme.write("assetgen.yaml", GOLD)
    acme.environment["ACME_KEY"] = "open sesame"
    write(acme, *(picture(number) for number in range(4)))
    return acme


def picture(number: int) -> str:
    return f'{{type: asset_image, id: p{number}, prompt: "pier {number}", size: 320x240}}'


def write(command: Command, *actions: str) -> None:
    command.write("actions.yaml", "".join(f"- {action}\n" for action in actions))


def rows(command: Command) -> list[Row]:
    """What the ledger holds."""
    journal = Journal.find(command.folder / "home/.local/state/assetgen")
    return journal.rows() if journal else []


def states(command: Command) -> list[str]:
    return [row.state.value for row in rows(command)]


def hold(command: Command) -> str:
    """Pay for a picture whose answer is lost; its key."""
    write(command, LOST)
    assert command("run", "actions.yaml").code == 4
    return rows(command)[0].purchase.key


def test_before_anything_was_paid_the_ledger_says_what_comes_here(shop: Command) -> None:
    done = shop("ledger")
    assert done.code == 0
    assert "before it is sent" in done.out
    assert shop("ledger", "show", "--json").json()["rows"] == []
    assert shop("ledger", "reconcile").code == 0


def test_every_paid_attempt_is_in_the_ledger_and_no_hit_of_the_cache(shop: Command) -> None:
    shop("run", "actions.yaml")
    shop("run", "actions.yaml")
    assert states(shop) == ["stored"] * 4
    document = shop("ledger", "show", "--json").json()
    assert {one["id"] for one in document["rows"]} == {"p0", "p1", "p2", "p3"}
    assert document["totals"]["real"]["booked_usd"] == "0.2"
    assert document["totals"]["loopback"]["attempts"] == 0


def test_the_last_attempts_are_shown_or_all(shop: Command) -> None:
    shop("run", "actions.yaml")
    assert "and 3 earlier ones" in shop("ledger", "show", "--last", "1").out
    assert "earlier" not in shop("ledger", "show", "--all").out
    assert len(shop("ledger", "show", "--last", "1", "--json").json()["rows"]) == 1


def test_the_limits_of_the_project_stand_in_the_ledger(shop: Command) -> None:
    shop.write("assetgen.yaml", GOLD + "max_cost_per_day: 2\nmax_cost_per_month: 20\n")
    shop("run", "actions.yaml")
    screen = shop("ledger", "show").out
    assert "$0.20 of $2.00" in screen
    assert "$0.20 of $20.00" in screen


def test_a_partial_run_buys_in_order_up_to_the_wall_and_says_so(shop: Command) -> None:
    assert shop("run", "actions.yaml", "--max-cost", "0.11").code == 3
    assert rows(shop) == []
    done = shop("run", "actions.yaml", "--max-cost", "0.11", "--partial")
    assert done.code == 3
    assert "2 of 4 made; the budget of $0.11 is spent" in done.err
    assert [row.action for row in rows(shop)] == ["p0", "p1"]


def test_an_estimate_of_a_part_says_what_a_run_would_do(shop: Command) -> None:
    refused = shop("estimate", "actions.yaml", "--max-cost", "0.11")
    partial = shop("estimate", "actions.yaml", "--max-cost", "0.11", "--partial")
    assert (refused.code, partial.code) == (3, 3)
    assert "refuse to start" in refused.out
    assert "only a part fits" in partial.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--partial",), "--max-cost"),
        (("--on-unknown-limit", "1"), "--on-unknown retry"),
        (("--on-unknown", "retry", "--on-unknown-limit", "much"), "much"),
        (("--on-unknown", "perhaps"), "perhaps"),
    ],
)
@pytest.mark.parametrize("command", ["run", "estimate"])
def test_an_option_without_what_it_goes_with_is_wrong_usage(
    shop: Command, command: str, options: tuple[str, ...], said: str
) -> None:
    done = shop(command, "actions.yaml", *options)
    assert done.code == 2
    assert said in done.err
    assert rows(shop) == []


def test_a_held_call_says_what_it_may_cost_and_the_two_ways_on(shop: Command) -> None:
    hold(shop)
    done = shop("run", "actions.yaml")
    assert done.code == 4
    for said in ("unknown, up to $0.05", "assetgen ledger reconcile", "--on-unknown retry"):
        assert said in done.err
    assert states(shop) == ["unknown"], "what is held is not sent again"


def test_what_is_unknown_can_be_listed_alone(shop: Command) -> None:
    write(shop, picture(0), LOST)
    shop("run", "actions.yaml")
    assert [one["id"] for one in shop("ledger", "show", "--unknown", "--json").json()["rows"]] == ["lost"]


def test_asking_again_is_the_users_choice_and_may_be_limited(shop: Command) -> None:
    hold(shop)
    retry = ("run", "actions.yaml", "--on-unknown", "retry")
    done = shop(*retry, "--on-unknown-limit", "0.04")
    assert states(shop) == ["unknown"]
    assert "more at risk than the $0.04 of --on-unknown-limit" in done.err
    assert "--on-unknown retry` asks again" not in done.err
    shop(*retry, "--on-unknown-limit", "0.05")
    assert states(shop) == ["abandoned", "unknown"]


def test_reconciling_names_what_only_the_user_can_settle(shop: Command) -> None:
    key = hold(shop)
    done = shop("ledger", "reconcile")
    assert done.code == 4
    assert f"assetgen ledger reconcile --assume-paid {key[:12]}" in done.out
    assert f"assetgen ledger reconcile --assume-unpaid {key[:12]}" in done.out
    assert "https://acme.example/keys" in done.out
    document = shop("ledger", "reconcile", "--json").json()
    assert [one["key"] for one in document["unknown"]] == [key]
    assert document["asked"] == [], "nothing was learnt"


def test_the_commands_to_type_mean_the_same_ledger(shop: Command) -> None:
    write(shop, LOST)
    shop("run", "actions.yaml", "--state-dir", "my state")
    done = shop("ledger", "reconcile", "--state-dir", "my state")
    assert "reconcile --state-dir 'my state' --assume-paid" in done.out


def test_the_users_word_frees_the_money_or_books_it(shop: Command) -> None:
    key = hold(shop)
    done = shop("ledger", "reconcile", "--assume-unpaid", key[:12], "--yes")
    assert (done.code, states(shop)) == (0, ["released"])
    assert "by your word" in done.out
    assert rows(shop)[0].booked == Usd()
    shop("run", "actions.yaml")
    assert states(shop) == ["released", "unknown"], "what was not done may be sent"
    assert shop("ledger", "reconcile", "--assume-paid", key, "--yes", "--json").json()["told"][0]["state"] == "lost"
    done = shop("run", "actions.yaml")
    assert states(shop)[1:] == ["lost"], "what was paid is bought again by --rebuy alone"
    assert done.code == 1
    assert "by your word it was paid for" in done.err
    assert "the cache does not have" not in done.err
    shop("run", "actions.yaml", "--rebuy")
    assert states(shop)[1:] == ["superseded", "unknown"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--assume-paid", "{key}"), "--yes"),
        (("--assume-paid", "0123456789ab", "--yes"), "no attempt"),
        (("--assume-paid", "{short}", "--yes"), "no attempt"),
        (("--assume-paid", "{key}", "--assume-unpaid", "{key}", "--yes"), "paid and unpaid"),
        (("--assume-paid", "{key}", "--assume-paid", "0123456789ab", "--yes"), "no attempt"),
    ],
)
def test_a_word_that_nobody_agrees_to_or_that_fits_nothing_changes_nothing(
    shop: Command, options: tuple[str, ...], said: str
) -> None:
    key = hold(shop)
    done = shop("ledger", "reconcile", *(option.format(key=key, short=key[:7]) for option in options))
    assert done.code == 2
    assert said in done.err
    assert states(shop) == ["unknown"]


def test_what_is_cleared_from_the_cache_may_be_bought_again(shop: Command) -> None:
    shop("run", "actions.yaml")
    assert shop("cache", "clear", "--dry-run").code == 0
    assert states(shop) == ["stored"] * 4
    shop("cache", "clear", "--yes")
    assert states(shop) == ["discarded"] * 4
    assert shop("run", "actions.yaml", "--out", "elsewhere").code == 0
    assert states(shop) == ["discarded"] * 4 + ["stored"] * 4


def test_only_what_is_pruned_is_told_to_the_ledger(shop: Command) -> None:
    shop("run", "actions.yaml")
    write(shop, picture(0), picture(1))
    shop("cache", "prune", "--unused", "actions.yaml", "--yes")
    assert sorted(states(shop)) == ["discarded", "discarded", "stored", "stored"]


def saved(command: Command, *options: str) -> Ended:
    return command("estimate", "actions.yaml", "--save", "plan.json", *options)


def test_a_saved_plan_runs_as_it_is(shop: Command) -> None:
    done = saved(shop)
    assert (done.code, rows(shop)) == (0, [])
    assert "assetgen run --plan plan.json" in done.out
    assert json.loads((shop.folder / "plan.json").read_text())["schema"] == "assetgen/saved-plan@1"
    shop("run", "--plan", "plan.json")
    assert states(shop) == ["stored"] * 4
    assert shop("run", "--plan", "plan.json").code == 0, "there is less to buy than was approved"


def test_a_saved_choice_is_run(shop: Command) -> None:
    saved(shop, "--only", "p1")
    shop("run", "--plan", "plan.json", "actions.yaml")
    assert [row.action for row in rows(shop)] == ["p1"]


def test_a_saved_draft_stays_a_draft(shop: Command) -> None:
    saved(shop, "--draft")
    assert shop("run", "--plan", "plan.json").code == 0
    assert (shop.folder / "out-draft/manifest.json").exists()


def test_an_input_that_changed_is_refused_by_name(shop: Command) -> None:
    saved(shop)
    write(shop, *(picture(number) for number in range(5)))
    for more in ((), ("--dry-run",)):
        done = shop("run", "--plan", "plan.json", *more)
        assert done.code == 2
        assert "`actions.yaml` changed since the plan was saved" in done.err
    assert rows(shop) == []


def test_more_to_buy_is_refused_with_the_difference(shop: Command) -> None:
    shop("run", "actions.yaml", "-j", "1")
    saved(shop)
    shop("cache", "clear", "--yes")
    done = shop("run", "--plan", "plan.json", "--out", "elsewhere")
    assert done.code == 3
    assert "`p0`, `p1`, `p2` and 1 more would be bought" in done.err
    assert "$0.2 now, $0 in the plan" in done.err
    assert states(shop) == ["discarded"] * 4


def test_another_price_is_refused(shop: Command) -> None:
    saved(shop)
    shop.write("assetgen.yaml", GOLD + 'prices: {acme/acme-gold: {usd: "0.06", per: image}}\n')
    done = shop("run", "--plan", "plan.json")
    assert done.code == 3
    assert "may cost more than the plan says" in done.err
    assert rows(shop) == []


@pytest.mark.parametrize("option", ["--force", "--rebuy", "--draft", "--only=p1"])
def test_a_saved_plan_decides_what_it_is_about(shop: Command, option: str) -> None:
    done = shop("run", "--plan", "plan.json", option)
    assert done.code == 2
    assert f"`{option.split('=', maxsplit=1)[0]}`" in done.err


def test_what_is_no_plan_is_wrong_input(shop: Command) -> None:
    assert shop("run", "--plan", "nowhere.json").code == 2
    shop.write("plan.json", "{}")
    done = shop("run", "--plan", "plan.json")
    assert done.code == 2
    assert "no saved plan" in done.err
    assert shop("run").code == 2


def test_what_is_held_in_two_caches_is_settled_in_both(shop: Command) -> None:
    key = hold(shop)
    shop("run", "actions.yaml", "--out", "other", "--cache-dir", "other-cache")
    assert states(shop) == ["unknown", "unknown"]
    done = shop("ledger", "reconcile", "--assume-unpaid", key[:12], "--yes")
    assert (done.code, states(shop)) == (0, ["released", "released"])
