"""What a run without keys says: which are needed for what, where to get them, and what works without."""

from __future__ import annotations

from tests.e2e.command import SCENE, Command

KEY = "a-key-of-some-length"


def test_each_chain_names_its_keys_and_their_pages(scene: Command) -> None:
    done = scene("run", "actions.yaml")
    assert (done.code, done.out) == (6, "")
    message, *advice = done.err.splitlines()
    assert "`pier` (actions.yaml:2) needs TOGETHER_API_KEY or REPLICATE_API_TOKEN, and neither is set" in message
    assert "`line` (actions.yaml:3) needs OPENAI_API_KEY, which is not set" in message
    assert "GOOGLE" not in done.err, "an alternative model is never what is missing"
    assert "  = help: export OPENAI_API_KEY=… from https://platform.openai.com/api-keys" in advice
    assert advice[-1].endswith("or try it free first: add --draft")


def test_only_what_is_missing_is_named(scene: Command) -> None:
    done = scene("run", "actions.yaml", REPLICATE_API_TOKEN=KEY)
    assert "pier" not in done.err
    assert "TOGETHER" not in done.err
    assert "OPENAI_API_KEY" in done.err


def test_many_assets_that_lack_the_same_key_are_one_line(assetgen: Command) -> None:
    pictures = "".join(f"  - {{type: asset_image, id: p{n}, prompt: pier {n}, model: sdxl}}\n" for n in range(5))
    assetgen.write("actions.yaml", f"actions:\n{pictures}")
    message, *_ = assetgen("run", "actions.yaml").err.splitlines()
    assert "`p0`, `p1`, `p2` and 2 more (actions.yaml:2) need REPLICATE_API_TOKEN, which is not set" in message


def test_estimate_still_tells_the_price_and_what_stands_in_the_way(scene: Command) -> None:
    done = scene("estimate", "actions.yaml", "--all", GOOGLE_API_KEY=KEY)
    assert done.code == 0
    assert "OPENAI_API_KEY is not set" in done.out, "as a run would be refused, also where an alternative has a key"
    assert "assetgen run actions.yaml --all --draft" not in done.out
    assert "--draft" in done.out


def test_drafts_need_none(scene: Command) -> None:
    scene.write("actions.yaml", SCENE)
    assert scene("run", "actions.yaml", "--draft").code == 0
