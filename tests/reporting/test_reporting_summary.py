from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assetgen.core.actions import Kind
from assetgen.core.costs import CostEstimate
from assetgen.core.events import ActionWaited, Wait
from assetgen.core.outcomes import OutcomeClass
from assetgen.core.results import Counts, RunResult, Status
from assetgen.reporting import github, summary, theme
from assetgen.reporting.metrics import Metrics
from tests.reporting.builders import RESULT, called, failure, money, text_of, timed

FIGURES = "generated=528 cached=696 failed=2 skipped=0 held=0 total=1226 spent=$21.70 saved=$31.52 time=4:12"
GOOD = replace(
    RESULT,
    exit_code=0,
    failures=(),
    warnings=(),
    counts=Counts(1226, 530, 696),
    by_kind={Kind.IMAGE: Counts(1226, 530, 696)},
)


def metrics() -> Metrics:
    """One call that failed and was made again."""
    heard = Metrics()
    wait = ActionWaited("b", "together", "flux-schnell", Wait.RETRY, 38.0)
    for one in timed(called("b", OutcomeClass.REFUSED, "rate_limited"), wait, called("b", again=True)):
        heard(one)
    return heard


def shown(result: RunResult, *, width: int = 100, symbols: theme.Symbols = theme.UNICODE, draft: bool = False) -> str:
    screen = summary.screen(
        result,
        symbols=symbols,
        width=width,
        budget=money("30"),
        draft=draft,
        command="assetgen run actions.yaml",
        look="assetgen show ID --draft",
        metrics=metrics(),
        slowest=[("ch02/slow", 12.4)],
        dearest=[("ch02/dear", money("0.0912"))],
    )
    return text_of(screen, width, symbols).replace("\u202f", " ")


def test_the_first_line_is_the_verdict() -> None:
    assert shown(RESULT).splitlines()[0] == "! 1 224 of 1 226 done, 2 failed   4:12"
    assert shown(GOOD).splitlines()[0] == "✓ 1 226 of 1 226 done   4:12"
    assert shown(replace(RESULT, interrupted=True, exit_code=130)).startswith("! stopped early: 1 224 of 1 226 done")


def test_a_run_that_had_nothing_to_do_says_what_it_did_not_spend() -> None:
    idle = replace(GOOD, counts=Counts(4, 0, 4), spent=money("0"), saved=money("51.75"), seconds=1)
    assert shown(idle).startswith("✓ nothing to do, 4 cached ($51.75 not spent)   0:01")


def test_the_table_has_counts_money_and_folders() -> None:
    lines = [line.split() for line in shown(RESULT).splitlines()]
    assert ["Images", "516", "681", "2", "$21.58", "$31.35", "out/images/"] in lines
    assert ["Total", "528", "696", "2", "$21.70", "$31.52", "out/manifest.json"] in lines


@pytest.mark.parametrize(("spent", "said"), [("21", "✓ in range"), ("1", "✓ below it"), ("28", "! above it")])
def test_the_estimate_stands_beside_what_it_came_to(spent: str, said: str) -> None:
    assert said in shown(replace(RESULT, spent=money(spent)))


def test_waits_lists_and_the_budget_are_there() -> None:
    screen = shown(RESULT)
    for said in ("38.0 s before trying again (together), 1 retry", "$8.30 left", "ch02/slow", "$0.0912  ch02/dear"):
        assert said in screen


def test_a_failure_says_what_which_where_what_was_paid_and_what_to_do_next() -> None:
    unsure = failure(status=Status.HELD, code="outcome_unknown", unknown=money("0.04"), help="settle it")
    screen = shown(replace(RESULT, failures=(unsure,), counts=Counts(2, 1, 0, 0, 0, 1), exit_code=4))
    for said in (
        "ch01/mirror_00644  held · together/flux-schnell · actions.yaml:1932",
        "the service's content filter refused the prompt  (outcome_unknown)",
        "next:   settle it",
        "paid:   unknown, up to $0.04",
        "exit 4: a paid call's outcome is unknown and held",
        "Full log:  out/.assetgen/run.jsonl",
    ):
        assert said in screen


@pytest.mark.parametrize(
    ("codes", "helps"),
    [
        (("rate_limited",), True),
        (("content_refused", "network"), True),
        (("content_refused", "unusable_image", "invalid_request", "dependency_failed"), False),
        (("outcome_unknown",), False),
        (("edited_output",), False),
    ],
)
def test_trying_again_is_advised_only_where_it_may_help(codes: tuple[str, ...], helps: bool) -> None:
    ended = replace(RESULT, failures=tuple(failure(f"a{n}", code) for n, code in enumerate(codes)))
    assert ("Try again" in shown(ended)) is helps
    plain = "\n".join(summary.plain(ended, command="assetgen run actions.yaml"))
    assert ("try again" in plain) is helps


def test_a_run_that_was_interrupted_goes_on_also_where_everything_is_held() -> None:
    """Every call was under way: what became of them is asked when the run goes on."""
    held = failure("a", "outcome_unknown", status=Status.HELD, unknown=money("0.01"))
    ended = replace(RESULT, failures=(held,), interrupted=True, exit_code=130)
    assert "Go on:     assetgen run actions.yaml" in shown(ended)


def test_how_one_asset_is_shown_is_said_as_it_can_be_typed() -> None:
    assert "one asset: assetgen show ID --draft" in shown(RESULT)


def test_what_other_attempts_paid_is_told_apart() -> None:
    skipped = failure("a", "cancelled", status=Status.SKIPPED, paid=money("0.01"))
    assert "paid:   no; $0.01 by other attempts" in shown(replace(RESULT, failures=(replace(skipped, attempts=0),)))
    assert "paid:   $0.01" in shown(replace(RESULT, failures=(replace(skipped, attempts=1),)))


def test_more_than_five_of_one_cause_are_one_entry_with_their_sum() -> None:
    many = tuple(failure(f"a{n}", "auth", paid=money("0.01")) for n in range(31))
    screen = shown(replace(RESULT, failures=many))
    assert "31 × auth from together" in screen
    assert "a0, a1, a2 and 28 more" in screen
    assert "paid:   $0.31" in screen
    five = shown(replace(RESULT, failures=many[:5]))
    assert "5 ×" not in five
    assert "  5  a4" in five


def test_at_most_five_warnings_of_a_code_are_shown() -> None:
    screen = shown(RESULT)
    assert screen.count("shot 1 lasts 20 s") == 5
    assert "shot_long  and 2 more" in screen


def test_a_draft_is_labelled_and_has_no_estimate() -> None:
    screen = shown(RESULT, draft=True)
    assert "draft: placeholders, free" in screen.splitlines()[0]
    assert "Estimate" not in screen


@pytest.mark.parametrize("width", [50, 80, 120])
def test_no_line_is_wider_than_the_screen_and_the_ascii_one_is_ascii(width: int) -> None:
    assert max(map(len, shown(RESULT, width=width).splitlines())) <= width
    assert shown(RESULT, width=width, symbols=theme.ASCII).isascii()


def test_a_services_words_bring_no_control_characters() -> None:
    evil = replace(RESULT, failures=(failure("a\x9b", message="no\x1b[2J\r\n::error::x", help="\u202e"),))
    for text in (shown(evil), "\n".join(summary.plain(evil)), summary.step_summary(evil)):
        assert not {"\x1b", "\x9b", "\r", "\u202e"} & set(text)


def test_the_plain_end_has_the_figures_the_places_and_the_next_step() -> None:
    lines = summary.plain(RESULT, command="assetgen run actions.yaml", draft=True)
    assert lines[-4:] == (
        f"assetgen: done with failures: {FIGURES} draft=true",
        "assetgen: manifest out/manifest.json, log out/.assetgen/run.jsonl",
        "assetgen: exit 1: some assets are missing; the rest are finished and kept",
        "assetgen: try again, paying only for what is missing: assetgen run actions.yaml",
    )
    assert lines[0] == "assetgen: warning[shot_long] cut/0: shot 1 lasts 20 s, over 15 s (actions.yaml:1)"
    assert not any("exit" in line for line in summary.plain(GOOD))


def test_the_json_is_the_contracts_and_money_in_it_is_text() -> None:
    document = json.loads(json.dumps(summary.as_json(RESULT)))
    assert list(document) == [
        "schema",
        "exit_code",
        "counts",
        "cost",
        "estimate",
        "metrics",
        "warnings",
        "failed",
        "manifest",
    ]
    assert document["schema"] == "assetgen/run@1"
    counts = {"total": 1226, "generated": 528, "cached": 696, "failed": 2, "skipped": 0, "held": 0}
    assert document["counts"] == counts
    assert document["cost"]["by_model"] == {"flux-schnell": "14.5", "sdxl": "7.08", "openai-tts": "0.12"}
    assert document["cost"]["unknown_usd"] == "0"
    assert document["manifest"] == "out/manifest.json"
    assert document["estimate"] == {"min_usd": "20.23", "max_usd": "27.52"}
    first = document["failed"][0]
    assert (first["id"], first["type"], first["status"]) == ("ch01/mirror_00644", "asset_image", "failed")
    assert (first["paid_usd"], first["line"], first["help"]) == ("0", 1932, "reword the prompt")


def test_every_exit_code_has_its_meaning() -> None:
    assert set(summary.MEANINGS) == {0, 1, 2, 3, 4, 5, 6, 10, 70, 130, 143}


def test_the_step_summary_has_verdict_table_and_failures() -> None:
    text = summary.step_summary(RESULT).replace("\u202f", " ")
    assert text.startswith("### assetgen: 2 failed of 1 226 · $21.70 spent · $31.52 saved by the cache\n")
    assert "| Images | 516 | 681 | 2 | 0 | 0 | $21.58 |" in text
    assert "<summary>2 not done</summary>" in text
    assert "### assetgen: all 1 226 done" in summary.step_summary(GOOD).replace("\u202f", " ")


def test_the_step_summary_takes_nobodys_markdown_or_html() -> None:
    evil = failure(message="<img src=x> [a](https://example.com) | `b`")
    text = summary.step_summary(replace(RESULT, failures=(evil,)))
    assert "<img" not in text
    assert "](" not in text
    assert "https\\://" in text


def test_the_step_summary_stays_small_enough_to_be_shown() -> None:
    many = tuple(failure(f"asset_{n}", message="m" * 400) for n in range(3000))
    text = summary.step_summary(replace(RESULT, failures=many))
    assert len(text.encode()) < github.LARGEST_SUMMARY + 1000
    assert "- and " in text


def test_the_plain_end_has_the_estimate_and_the_calls() -> None:
    lines = summary.plain(RESULT, metrics=metrics())
    assert "assetgen: estimate $20.23 - $27.52, actual $21.70: in range" in lines
    assert "assetgen: calls=2 errors=1 retries=1 failovers=0 waited=38.0s p50=4.0s p95=4.0s" in lines
    assert not any("estimate" in line for line in summary.plain(RESULT, draft=True))


def test_the_lists_are_in_the_json_where_they_were_asked_for() -> None:
    document = summary.as_json(RESULT, slowest=[("a", 12.4)], dearest=[("b", money("0.04"))])
    assert document["slowest"] == [{"id": "a", "seconds": 12.4}]
    assert document["dearest"] == [{"id": "b", "cost_usd": "0.04"}]
    assert summary.as_json(RESULT, slowest=[])["slowest"] == []


def test_an_estimate_of_nothing_and_no_spending_is_not_compared() -> None:
    assert "Estimate" not in shown(replace(GOOD, estimate=CostEstimate(), spent=money("0")))


def test_what_was_not_begun_when_the_run_was_stopped_is_counted_and_the_rest_told_one_by_one() -> None:
    unbegun = [failure(f"ch03/{n}", "cancelled", status=Status.SKIPPED) for n in range(3)]
    needing = failure("cut/1", "dependency_failed", status=Status.SKIPPED)
    lost = failure("vo/1", "outcome_unknown", status=Status.HELD, unknown=money("0.04"))
    result = replace(
        RESULT,
        exit_code=130,
        interrupted=True,
        counts=Counts(total=12, generated=6, failed=1, skipped=4, held=1),
        failures=(failure(), *unbegun, needing, lost),
    )
    screen = shown(result)
    assert "✗ 1 failed, 1 held · the other 6" in screen
    assert "! 4 not made, and nothing paid for them: the run was stopped" in screen
    assert "ids:    ch03/0, ch03/1, ch03/2 and 1 more" in screen
    assert "unknown, up to $0.04" in screen
    assert "Spent    $21.70 of an estimated $20.23 – $27.52" in screen
    assert "Go on:     assetgen run actions.yaml" in screen


def test_without_an_interruption_every_failure_is_told() -> None:
    needing = failure("cut/1", "dependency_failed", status=Status.SKIPPED)
    screen = shown(replace(RESULT, counts=Counts(total=2, generated=1, skipped=1), failures=(needing,)))
    assert "cut/1" in screen
    assert "the run was stopped" not in screen
