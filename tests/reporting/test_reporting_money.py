"""What the screens of a run and of an estimate say of budgets, of held calls, and of paying again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assetgen.core.costs import CostEstimate
from assetgen.core.events import BudgetStopped
from assetgen.core.results import Counts, RunResult, Status
from assetgen.core.surveys import State
from assetgen.reporting import estimate, summary
from assetgen.reporting.advice import next_step
from assetgen.reporting.tally import Tally
from assetgen.reporting.theme import UNICODE
from tests.reporting.builders import RESULT, failure, image, money, standing, started, survey, text_of, timed

STOPPED = BudgetStopped(money("0.0499"), money("0.05"))
SKIPPED = failure(status=Status.SKIPPED, code="budget", message="it does not fit", help="", attempts=0)
PART = replace(
    RESULT,
    exit_code=3,
    counts=Counts(total=200, generated=20, cached=5, skipped=175),
    failures=tuple(replace(SKIPPED, id=f"p{number}") for number in range(175)),
    estimate=CostEstimate(money("0.30"), money("0.361")),
    spent=money("0.0499"),
)
HELD = failure(status=Status.HELD, code="outcome_unknown", message="no answer", unknown=money("0.0021"), help="")
UNSURE = replace(RESULT, exit_code=4, counts=Counts(2, 1, 0, held=1), failures=(HELD,), unknown=money("0.0021"))


def ended(result: RunResult, stopped: BudgetStopped | None = None) -> str:
    screen = summary.screen(result, symbols=UNICODE, width=120, budget=money("0.05"), stopped=stopped)
    return text_of(screen, 120)


def test_a_run_that_the_budget_ended_says_so_first_and_what_would_do() -> None:
    screen = ended(PART, STOPPED)
    assert screen.startswith("! 25 of 200 made; the budget of $0.05 is spent, 175 skipped")
    assert "$0.0499 of $0.05 used; `--max-cost 0.37` would do for everything" in screen
    assert "left" not in screen
    assert "assetgen: 25 of 200 made; the budget of $0.05 is spent" in summary.plain(PART, stopped=STOPPED)


def test_another_failure_is_no_end_of_the_budget() -> None:
    assert "budget of" not in ended(RESULT)
    assert not any("the budget" in line for line in summary.plain(RESULT))


def test_the_end_of_the_budget_is_kept_for_the_summary() -> None:
    tally = Tally()
    for one in timed(started(), STOPPED):
        tally(one)
    assert tally.stopped == STOPPED


def test_a_held_call_says_what_it_may_have_cost_and_the_two_ways_on() -> None:
    screen = ended(UNSURE)
    assert "paid:   unknown, up to $0.0021" in screen
    assert "Unknown  up to $0.0021 may be paid" in screen
    for way in ("assetgen ledger reconcile", "--on-unknown retry"):
        assert screen.count(way) == 2


@pytest.mark.parametrize("code", ["content_refused", "unusable_image", "unusable_audio", "expired"])
def test_what_was_refused_or_unusable_may_be_paid_for_once_more(code: str) -> None:
    assert "--rebuy" in ended(replace(RESULT, failures=(failure(code=code),)))


def test_advice_names_each_thing_once() -> None:
    assert next_step("content_refused", "reword it, or `--rebuy`") == "reword it, or `--rebuy`"
    assert next_step("timeout", "run again") == "run again"
    assert next_step("timeout", "") == ""
    assert next_step("outcome_unknown", "see `assetgen ledger reconcile`").count("reconcile") == 1


def planned(budget: str, *, spent: str = "0", partial: bool = False) -> str:
    one = survey(standing(image("pier"), State.NEW, "1.00", "1.20"))
    screen = estimate.screen(
        one,
        budget=money(budget),
        spent=money(spent),
        symbols=UNICODE,
        width=100,
        partial=partial,
        command="assetgen run",
    )
    return text_of(screen)


def test_a_part_that_fits_is_no_refusal() -> None:
    assert "refuse to start" in planned("0.50")
    screen = planned("0.50", partial=True)
    assert "refuse" not in screen
    assert "only a part fits: assets are bought in order up to $0.50" in screen
    assert "Next: assetgen run" in screen
    assert "only a part" not in planned("5", partial=True)


def test_what_an_interrupted_run_has_used_is_gone_from_the_budget() -> None:
    assert "interrupted" not in planned("1.50")
    assert "refuse" not in planned("1.50")
    screen = planned("1.50", spent="0.90")
    assert "of $1.50, a run that was interrupted has used $0.90" in screen
    assert "$0.40 short at least" in screen
    assert "$1.00 short at least" in planned("1.50", spent="9")


def test_held_assets_of_an_estimate_name_the_two_ways_on() -> None:
    screen = text_of(
        estimate.screen(survey(standing(image("pier"), State.HELD)), budget=None, symbols=UNICODE, width=120)
    )
    assert "`assetgen ledger reconcile`, or `--on-unknown retry`" in " ".join(screen.split())
