from __future__ import annotations

import pytest

from assetgen.core.surveys import Change, State, Survey
from assetgen.reporting import estimate, theme
from assetgen.reporting.theme import Symbols
from tests.reporting.builders import (
    DAY,
    SDXL,
    cutscene,
    harbour,
    image,
    money,
    narration,
    standing,
    survey,
    text_of,
    warned,
)


def shown(
    value: Survey, *, budget: str | None = None, width: int = 100, symbols: Symbols = theme.UNICODE, every: bool = False
) -> str:
    limit = None if budget is None else money(budget)
    return text_of(
        estimate.screen(
            value,
            budget=limit,
            symbols=symbols,
            width=width,
            all_actions=every,
            command="assetgen run actions.yaml",
            prices_date=DAY,
        ),
        width,
        symbols,
    ).replace("\u202f", " ")


def row(screen: str, name: str) -> list[str]:
    return next(line.split() for line in screen.splitlines() if line.strip().startswith(name))


def test_every_kind_and_model_has_its_counts_price_and_range() -> None:
    screen = shown(harbour(), budget="30", width=120)
    assert row(screen, "Images") == ["Images", "681", "489", "29", "$20.17", "$26.93"]
    assert row(screen, "together/")[1:] == ["681", "318", "29", "$0.0027", "/", "megapixel", "$13.07", "$15.90"]
    assert row(screen, "Cutscenes") == ["Cutscenes", "1", "2", "–", "local,", "free", "–", "–"]
    assert row(screen, "Total") == ["Total", "696", "501", "29", "$20.29", "$27.05"]


def test_the_last_lines_are_the_plan_and_the_next_command() -> None:
    lines = shown(harbour(), budget="30").splitlines()
    assert lines[-2] == ("Plan: 501 to generate, 29 to regenerate, 696 cached.  $20.29 – $27.05 of $30.00")
    assert lines[-1].startswith("Next: assetgen run actions.yaml")


def test_at_eighty_columns_a_range_stands_once_and_only_where_it_is_one() -> None:
    screen = shown(harbour(), width=80)
    assert "$13.07 – $15.90" in screen
    assert row(screen, "Narration")[-2:] == ["–", "$0.12"]
    assert "megapixel" not in screen
    assert max(map(len, screen.splitlines())) <= 80


def test_changes_stand_together_by_what_changed_with_their_places() -> None:
    screen = shown(harbour())
    assert "~ 27 images  model  sdxl → flux-schnell  actions.yaml:1300, 1301, 1302 and 24 more" in screen
    assert "prompt edited               actions.yaml:118, 131" in screen


def test_a_change_of_a_list_or_of_a_long_text_only_says_that_it_was_edited() -> None:
    changes = (Change("shots", [1], [2]), Change("seed", None, 7))
    screen = shown(survey(standing(cutscene("cut"), State.CHANGED, changes=changes)))
    assert "shots edited" in screen
    assert "seed  none → 7" in screen


def test_what_is_unused_held_refused_unpriced_edited_or_without_a_key_is_named_with_advice() -> None:
    screen = shown(
        survey(
            standing(image("h"), State.HELD),
            standing(image("r"), State.REFUSED),
            standing(image("u"), State.UNPRICED),
            standing(image("e"), State.CACHED, edited=True),
            standing(image("k", unavailable="TOGETHER_API_KEY is not set"), State.NEW, "0.01"),
            unused=("a", "b", "c", "d"),
        ),
        width=120,
    )
    assert "! blocked" in screen
    for said in ("ledger reconcile", "`--rebuy`", "`prices:`", "changed by hand", "TOGETHER_API_KEY is not set"):
        assert said in screen
    assert "a, b, c and 1 more" in screen
    assert "1 held, 1 refused, 1 unpriced." in screen


def test_within_the_budget_the_bar_says_what_is_left() -> None:
    assert "$30.00 · $2.95 left at max" in shown(harbour(), budget="30")
    assert "short at max" in shown(harbour(), budget="25")


@pytest.mark.parametrize("width", [80, 120])
def test_over_the_budget_the_screen_says_how_much_is_short_what_to_do_and_the_exit_code(width: int) -> None:
    screen = " ".join(shown(harbour(), budget="15", width=width).split())
    assert "error: the budget is $5.29 short at least, $12.05 at most; nothing was spent" in screen
    assert "`--max-cost 28`" in screen
    assert "exit code 3" in screen
    assert "Next:" not in screen


def test_nothing_to_do_is_one_line() -> None:
    screen = shown(survey(standing(image("a"), State.CACHED, saved=money("51.75"))))
    assert "✓ nothing to do, 1 cached ($51.75 not spent)" in screen


def test_a_draft_is_labelled_and_has_no_prices() -> None:
    screen = shown(harbour(draft=True))
    assert "draft: placeholders, free" in screen.splitlines()[0]
    assert "megapixel" not in screen


def test_one_row_per_asset_has_state_cost_and_reason() -> None:
    jobs = (standing(image("a"), State.NEW, "0.01", reason="it is new"), standing(narration("b"), State.UNPRICED))
    screen = shown(survey(*jobs), every=True)
    assert row(screen, "a ") == ["a", "+", "new", "together/flux-schnell", "$0.01", "it", "is", "new"]
    assert row(screen, "b ")[1:3] == ["!", "unpriced"]
    assert "unknown" in screen


def test_the_ascii_screen_is_ascii() -> None:
    assert shown(harbour(), budget="30", symbols=theme.ASCII).isascii()


def test_names_and_values_of_others_bring_no_control_characters() -> None:
    evil = "a\x1b[2J\u202e"
    changes = (Change("model", evil, "b"),)
    value = survey(standing(image(evil), State.CHANGED, reason=evil, changes=changes), unused=(evil,))
    for every in (True, False):
        screen = shown(value, every=every)
        assert "\\x1b[2J" in screen
        assert "\x1b" not in screen
        assert "\u202e" not in screen


def test_warnings_of_the_plan_are_shown_with_their_advice() -> None:
    job = image("a")
    finding = warned("a").finding
    value = survey(standing(type(job)(job.action, job.key, {}, job.place, warnings=(finding,)), State.NEW))
    assert "shot_long  a: shot 1 lasts 20 s, over 15 s" in shown(value)
    assert "split the shot" in shown(value)


def test_the_json_is_the_contracts() -> None:
    value = survey(
        standing(image("a", sold=SDXL), State.NEW, "0.009", "0.018", reason="it is new"),
        standing(narration("b"), State.CACHED, saved=money("0.0015")),
        standing(image("c"), State.UNPRICED),
        standing(cutscene("d"), State.NEW),
    )
    document = estimate.as_json(value)
    assert list(document) == ["schema", "total", "counts", "by_model", "actions"]
    assert document["schema"] == "assetgen/estimate@1"
    assert document["total"] == {"min_usd": "0.009", "max_usd": "0.018", "cached_usd": "0.0015"}
    counts = {"cached": 1, "new": 2, "changed": 0, "held": 0, "refused": 0, "unpriced": 1}
    assert document["counts"] == counts
    actions = document["actions"]
    assert isinstance(actions, list)
    assert actions[0] == {
        "id": "a",
        "type": "asset_image",
        "state": "new",
        "model": "sdxl",
        "provider": "replicate",
        "min_usd": "0.009",
        "max_usd": "0.018",
        "reason": "it is new",
    }
    assert isinstance(actions[2], dict)
    assert actions[2]["min_usd"] is None
    by_model = document["by_model"]
    assert isinstance(by_model, list)
    assert [one["model"] for one in by_model if isinstance(one, dict)] == ["sdxl", "openai-tts", "flux-schnell"]
