"""The screens of the cache, the catalog, one asset and one code."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from assetgen.cache.findings import Checked, Cleared, Damage, Info, Pruned, Share
from assetgen.catalog.codes.explanation import Explanation
from assetgen.core.actions import Kind
from assetgen.core.offers import Sizes
from assetgen.core.surveys import Change, State
from assetgen.reporting import asset, cache, catalog
from assetgen.reporting.theme import ASCII, UNICODE
from tests.reporting.builders import (
    DAY,
    FLUX,
    GOOGLE,
    SDXL,
    SERVICES,
    SPEECH,
    image,
    money,
    narration,
    standing,
    text_of,
)

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
INFO = Info(
    {
        Kind.IMAGE: Share(3412, 1_900_000_000, money("141.2"), NOW),
        Kind.SUBTITLE: Share(611, 88_000_000, money("7.1"), NOW - dt.timedelta(days=1)),
    },
    Share(4023, 1_988_000_000, money("148.3"), NOW),
)
EMPTY = Info({}, Share())
CLEARED = (Cleared(4000, 1_900_000_000, money("141.2"), ()), Cleared(23, 88_000_000, money("7.1"), ()))
OFFERS = (SPEECH, SDXL, FLUX, GOOGLE)


def test_the_cache_says_what_it_holds_and_what_it_is_worth() -> None:
    found = [("~/.cache/assetgen/assets", INFO), ("~/.cache/assetgen/draft", EMPTY)]
    screen = text_of(cache.info(found, now=NOW, symbols=ASCII, width=100))
    lines = [line.split() for line in screen.splitlines()]
    assert ["Images", "3", "412", "1.9", "GB", "$141.20", "today"] in lines
    assert ["Total", "4", "023", "2.0", "GB", "$148.30", "today"] in lines
    assert "assetgen/draft" not in screen
    assert "It is empty" in text_of(cache.info([("x", EMPTY)], now=NOW, symbols=ASCII, width=100))


def test_records_that_cannot_be_read_are_said_of_the_cache() -> None:
    screen = text_of(cache.info([("x", replace(EMPTY, damaged=2))], now=NOW, symbols=ASCII, width=100))
    assert "! 2 records can't be read: assetgen cache check" in screen


def test_clearing_says_what_making_it_again_would_cost_before_and_after() -> None:
    question = text_of(cache.question(CLEARED, "~/.cache/assetgen", symbols=ASCII))
    assert "This deletes 4 023 entries (2.0 GB) in ~/.cache/assetgen." in question
    assert "about $148.30" in question
    planned = text_of(cache.cleared(CLEARED, dry_run=True, symbols=ASCII), 200)
    assert planned.startswith("would delete 4 023 entries")
    assert planned.endswith("nothing was deleted\n")
    assert "ok deleted 4 023 entries" in text_of(cache.cleared(CLEARED, dry_run=False, symbols=ASCII))
    assert text_of(cache.cleared((), dry_run=False, symbols=ASCII)) == "ok nothing to delete\n"


def test_pruning_says_what_nobody_needed() -> None:
    done = (Pruned(2, 1_500_000, 1, 0), Pruned(0, 0, 0, 3))
    said = "2 files of no entry (1.5 MB), 1 unfinished file, 3 unused locks"
    assert text_of(cache.pruned(done, dry_run=False, symbols=ASCII)) == f"ok deleted {said}\n"
    assert text_of(cache.pruned(done, dry_run=True, symbols=ASCII)) == f"would delete {said}; nothing was deleted\n"
    assert "nothing to delete" in text_of(cache.pruned((Pruned(0, 0, 0, 0),), dry_run=False, symbols=ASCII))


def test_a_damaged_cache_is_named_with_advice_and_its_exit_code() -> None:
    damaged = tuple(Damage(f"key{n}\x1b", "the hash is wrong") for n in range(24))
    screen = text_of(cache.checked([Checked(4, damaged, ("lost",)), Checked(1, (), ())], symbols=UNICODE))
    for said in ("25 damaged or lost, 5 entries whole", "key19\\x1b", "and 5 more", "backup", "exit 5"):
        assert said in screen
    assert "lost  the bytes are gone" in text_of(cache.checked([Checked(0, (), ("lost",))], symbols=ASCII))
    assert text_of(cache.checked([Checked(1, (), ())], symbols=ASCII)) == "ok 1 entry whole\n"
    assert text_of(cache.rebuilt(2, symbols=ASCII)) == "ok rebuilt the index of 2 entries\n"


def test_the_cache_for_machines_has_money_as_text() -> None:
    document = cache.info_as_json([("folder", INFO)])
    assert document["schema"] == "assetgen/cache@1"
    caches = document["caches"]
    assert isinstance(caches, list)
    first = caches[0]
    assert isinstance(first, dict)
    assert first["total"] == {
        "entries": 4023,
        "bytes": 1_988_000_000,
        "worth_usd": "148.3",
        "newest": "2026-11-20T12:00:00+00:00",
    }
    assert cache.cleared_as_json(CLEARED, dry_run=True) == {
        "schema": "assetgen/cache-cleared@1",
        "entries": 4023,
        "bytes": 1_988_000_000,
        "worth_usd": "148.3",
        "dry_run": True,
    }
    assert cache.pruned_as_json([Pruned(1, 2, 3, 4)], dry_run=False)["temporaries"] == 3
    checked = cache.checked_as_json([Checked(1, (Damage("a", "b"),), ("c",))])
    assert checked["damaged"] == [{"key": "a", "problem": "b"}]
    assert checked["lost"] == ["c"]


def test_days_are_said_as_people_say_them() -> None:
    days = {0: "today", 1: "yesterday", 12: "12 days ago", 60: "2026-09-21"}
    assert {back: cache.ago(NOW - dt.timedelta(days=back), NOW) for back in days} == days
    assert cache.ago(None, NOW) == "never"


def test_models_show_price_limits_key_and_end() -> None:
    ending = replace(SDXL, ends=dt.date(2026, 12, 1))
    gone = replace(GOOGLE, ends=DAY)
    offers = (SPEECH, ending, FLUX, gone)
    screen = text_of(catalog.models(offers, SERVICES, {"together"}, today=DAY, symbols=ASCII, width=130), 130)
    rows = {line.split()[0]: " ".join(line.split()) for line in screen.splitlines() if line.strip()}
    flux = "flux-schnell image together $0.0027 / megapixel 256-1440 pixels, steps of 16 ok set -"
    assert rows["flux-schnell"] == flux
    assert rows["sdxl"].endswith("not set 2026-12-01")
    assert rows["google-tts"].endswith("ended 2026-11-18")
    assert "4 096 characters" in rows["openai-tts"]
    assert "Keys that are not set: REPLICATE_API_TOKEN, OPENAI_API_KEY, GOOGLE_API_KEY" in screen


def test_models_for_machines_are_flat_and_complete() -> None:
    models = catalog.models_as_json(OFFERS, SERVICES, {"together"})["models"]
    assert isinstance(models, list)
    first = models[0]
    assert isinstance(first, dict)
    assert (first["model"], first["key"], first["key_set"]) == ("flux-schnell", "TOGETHER_API_KEY", True)
    assert first["price"] == {
        "usd": "0.0027",
        "per": "megapixel",
        "source": "https://example.com/pricing",
        "checked": "2026-11-18",
    }


def test_every_pair_of_gender_and_tone_has_a_voice_of_each_speech_model() -> None:
    screen = text_of(catalog.voices(OFFERS, symbols=UNICODE, width=80), 80)
    assert ["neutral-epic", "neu-epic", "neu-epic"] in [line.split() for line in screen.splitlines()]
    rows = catalog.voices_as_json(OFFERS)["voices"]
    assert isinstance(rows, list)
    assert len(rows) == 30


def test_an_asset_shows_its_file_and_why_it_would_be_made_again() -> None:
    changes = (Change("prompt", "a\x1b", "b"),)
    job = standing(image("ch01/a", 4), State.CHANGED, "0.0021", reason="the prompt was edited", changes=changes)
    made = asset.Made("images/ch01/a.png", 1_234_567, "together", "flux-schnell", money("0.0021"), 1024, 768)
    screen = text_of(asset.screen(job, made, symbols=UNICODE))
    for said in (
        "ch01/a  image · actions.yaml:4",
        "images/ch01/a.png  1.2 MB · 1024x768",
        "$0.0021 from together/flux-schnell",
        "made again, for $0.0021: the prompt was edited",
        "a\\x1b → b",
        "Seed      7",
    ):
        assert said in screen
    document = asset.as_json(job, made)
    assert document["state"] == "changed"
    assert asset.as_json(job)["made"] is None


def test_a_narration_shows_its_text_and_a_draft_its_label() -> None:
    screen = text_of(asset.screen(standing(narration("n"), State.CACHED), symbols=UNICODE, draft=True))
    for said in ("draft: a placeholder, free", "“The tide took", "neutral, calm, slow", "not made again"):
        assert said in screen


def test_a_code_is_explained_by_title_paragraphs_and_example() -> None:
    explanation = Explanation("alias", "warning", "An older word", "First.", "Second.", "animation: fade_in")
    expected = "alias  An older word  a warning\n\nFirst.\n\nSecond.\n\n    animation: fade_in\n"
    assert text_of(asset.explain(explanation)) == expected


def test_of_many_fixed_sizes_two_are_shown() -> None:
    sizes = Sizes(((1024, 1024), (1344, 768), (768, 1344), (1536, 640)))
    assert catalog.limits(replace(FLUX, sizes=sizes), ASCII) == "1024x1024, 1344x768 and 2 more"
