"""Every sample runs, and what comes out is what it asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mutagen import File as MutagenFile
from PIL import Image

from assetgen.media.sounds import mp3_duration
from tests.e2e.command import SAMPLES, Command, files_below

NAMES = sorted(path.name for path in SAMPLES.iterdir())


def sizes(name: str) -> dict[str, tuple[int, int]]:
    """The size of every picture that a sample asks for, through the schema-free eyes of a text search."""
    import yaml

    text = (SAMPLES / name).read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()] if name.endswith("l") and "json" in name else None
    found: dict[str, tuple[int, int]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("type") == "asset_image":
                width, _, height = value.get("size", "1024x768").partition("x")
                found[value["id"]] = (int(width), int(height))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(lines if lines is not None else yaml.safe_load(text))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_runs_and_a_second_run_starts_no_work(assetgen: Command, name: str) -> None:
    done = assetgen("run", SAMPLES / name, "--draft", "--json")
    assert done.code == 0, done.err
    result = done.json()
    assert result["warnings"] == []
    out = assetgen.folder / "out-draft"
    check_outputs(out, sizes(name))
    before = files_below(out)
    again = assetgen("run", SAMPLES / name, "--draft", "--json").json()
    assert (again["counts"]["cached"], again["metrics"]["calls"]) == (result["counts"]["total"], 0)
    assert files_below(out) == before


def check_outputs(out: Path, wanted: dict[str, tuple[int, int]]) -> None:
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    for image in manifest["images"]:
        with Image.open(out / image["path"]) as picture:
            picture.load()
            assert picture.size == (image["width"], image["height"]) == wanted[image["id"]]
    assert len(manifest["images"]) == len(wanted)
    for audio in manifest["audio"]:
        data = (out / audio["path"]).read_bytes()
        assert audio["duration"] == pytest.approx(mp3_duration(data), abs=1e-6)
        assert audio["duration"] == pytest.approx(MutagenFile(out / audio["path"]).info.length, abs=0.03)
        assert (out / audio["captions"]).read_text(encoding="utf-8").startswith("WEBVTT\n")
    durations = {audio["url"]: audio["duration"] for audio in manifest["audio"]}
    for cutscene in manifest["cutscenes"]:
        check_cutscene(out, cutscene, durations)


def check_cutscene(out: Path, cutscene: dict[str, Any], durations: dict[str, float]) -> None:
    definition = json.loads((out / cutscene["path"]).read_text(encoding="utf-8"))
    assert cutscene["duration"] == pytest.approx(sum(shot["duration"] for shot in definition["shots"]))
    for shot in definition["shots"]:
        assert set(shot) >= {"imageUrl", "audioUrl", "duration", "animation", "audioDuration"}
        assert shot["audioDuration"] == durations[shot["audioUrl"]]
        assert (out / shot["imageUrl"]).is_file()


def test_the_samples_are_of_real_size() -> None:
    assert set(NAMES) == {"actions.jsonl", "chapter.yaml", "intro.yaml", "turn.json", "voices.yaml"}
    assert len(sizes("chapter.yaml")) >= 20


def test_every_sample_is_valid_in_one_set_or_alone(assetgen: Command) -> None:
    for name in NAMES:
        done = assetgen("validate", SAMPLES / name)
        assert done.code == 0, done.out
