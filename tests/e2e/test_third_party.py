"""A provider of another package goes through the same door as the built-in ones (`third_party/acme_assetgen.py`)."""

from __future__ import annotations

import json

from PIL import Image

from tests.e2e.command import ROOT, Command

RUN = ("run", "actions.yaml", "--json")


def test_its_assets_are_real_ones_at_the_size_that_was_asked_for(acme: Command) -> None:
    done = acme(*RUN, ACME_KEY="open sesame")
    assert done.code == 0, done.err
    manifest = json.loads((acme.folder / "out/manifest.json").read_text())
    (image,) = manifest["images"]
    assert (manifest["draft"], image["provider"], image["seed"]) == (False, "acme", 7)
    with Image.open(acme.folder / "out/images/pier.png") as picture:
        assert picture.size == (320, 240)


def test_what_it_made_needs_no_key_afterwards(acme: Command) -> None:
    acme(*RUN, ACME_KEY="open sesame")
    (acme.folder / "out/images/pier.png").unlink()
    assert acme(*RUN).json()["counts"]["cached"] == 1


def test_another_key_buys_nothing_again(acme: Command) -> None:
    acme(*RUN, ACME_KEY="open sesame")
    done = acme(*RUN, "--out", "other", ACME_KEY="another key")
    assert done.json()["counts"]["cached"] == 1


def test_a_missing_key_is_named_before_anything_is_sent(acme: Command) -> None:
    done = acme(*RUN)
    assert done.code == 6
    error = done.json()["error"]
    assert "ACME_KEY is not set" in error["message"]
    assert "--draft" in error["help"]


def test_a_refused_key_ends_with_6_and_is_never_shown(acme: Command) -> None:
    done = acme(*RUN, "-v", ACME_KEY="wrong-secret-key")
    assert (done.code, done.json()["failed"][0]["code"]) == (6, "auth")
    texts = [path.read_bytes() for path in acme.folder.rglob("*") if path.is_file()]
    assert not any(b"wrong-secret" in text for text in [*texts, done.out.encode(), done.err.encode()])


def test_it_stands_among_the_models(acme: Command) -> None:
    models = acme("models", "--json").json()["models"]
    assert any(one["provider"] == "acme" for one in models)


def test_what_costs_money_is_in_the_ledger(acme: Command) -> None:
    acme.write("assetgen.yaml", "models: {acme-gold: [acme]}\ndefaults: {image: {model: acme-gold}}\n")
    estimate = acme("estimate", "actions.yaml", "--json", ACME_KEY="open sesame").json()
    assert estimate["total"]["min_usd"] == "0.05"
    done = acme(*RUN, ACME_KEY="open sesame")
    assert (done.code, done.json()["cost"]["spent_usd"]) == (0, "0.05")
    (row,) = acme("ledger", "show", "--json").json()["rows"]
    assert (row["provider"], row["model"], row["booked_usd"]) == ("acme", "acme-gold", "0.05")


def test_drafts_ask_nobody_else(acme: Command) -> None:
    assert acme(*RUN, "--draft").json()["counts"]["generated"] == 1


def test_a_package_that_cannot_be_loaded_is_named(assetgen: Command) -> None:
    folder = assetgen.folder / "broken"
    (folder / "broken-1.0.dist-info").mkdir(parents=True)
    (folder / "broken-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (folder / "broken-1.0.dist-info/entry_points.txt").write_text("[assetgen.providers]\nbroken = not_there\n")
    done = assetgen("models", PYTHONPATH=f"{ROOT}:{folder}")
    assert done.code == 2
    assert "`broken`" in done.err
