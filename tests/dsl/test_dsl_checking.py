from __future__ import annotations

import gc
from pathlib import Path

import pytest

from assetgen.core.actions import Place
from assetgen.core.validation import Finding, Severity
from assetgen.dsl.actions import AssetCutscene, AssetImage, AssetSubtitle
from assetgen.dsl.checking import Rules, load, parse
from tests.dsl.many import as_json, as_yaml
from tests.dsl.rules import RULES, check, codes

NESTED = """\
actions:
  - {type: asset_image, id: first, prompt: x}
  - type: add_player_choice
    id: choice
    prompt: x
    options:
      - label: a
        description: b
        reactions:
          - type: when_then
            condition: c
            action:
              type: asset_subtitle
              id: inner
              text: x
          - {type: reason, ephemeral_reasoning: y}
  - {type: reason, ephemeral_reasoning: z}
"""


def test_entries_are_every_action_in_the_order_of_the_file() -> None:
    document = check(NESTED)
    assert [(entry.action.type, entry.index) for entry in document.entries] == [
        ("asset_image", 0),
        ("add_player_choice", 1),
        ("when_then", 1),
        ("asset_subtitle", 1),
        ("reason", 1),
        ("reason", 2),
    ]


def test_every_entry_and_field_has_its_place() -> None:
    document = check(NESTED)
    lines = [document.place(entry).line for entry in document.entries]
    assert lines == [2, 3, 10, 13, 16, 17]
    assert document.place(document.entries[3], ("text",)) == Place("<text>", 15, 21)
    assert document.place(document.entries[3], ("model",)) == document.place(document.entries[3])


def test_places_of_json_are_as_good_as_those_of_yaml(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(as_json(60))
    document = load([tmp_path / "a.json"], RULES)
    lines = (tmp_path / "a.json").read_text().splitlines()
    for entry in document.entries:
        place = document.place(entry, ("type",))
        assert lines[place.line - 1][place.column - 1 :].startswith(f'"{entry.action.type}"')


def test_what_an_executor_finds_is_put_in_its_place() -> None:
    document = check(NESTED)
    finding = Finding("resized", "too wide", ("text",), Severity.WARNING, "say less")
    problem = document.problem(document.entries[3], finding)
    assert (problem.code, problem.message, problem.severity, problem.help) == (
        "resized",
        "too wide",
        "warning",
        "say less",
    )
    assert (problem.line, problem.column, problem.width) == (15, 21, 1)
    assert (problem.action_index, problem.action_id, problem.lines) == (1, "inner", ((15, "              text: x"),))


def test_what_is_left_out_stays_none() -> None:
    image, subtitle = check(NESTED).entries[0].action, check(NESTED).entries[3].action
    assert isinstance(image, AssetImage)
    assert isinstance(subtitle, AssetSubtitle)
    assert (image.size, image.model, image.seed, image.negative_prompt) == (None, None, None, None)
    assert (subtitle.voice_tone, subtitle.voice_gender, subtitle.voice_pace, subtitle.model) == (None, None, None, None)


def test_old_words_for_animations_are_taken_with_a_warning_each() -> None:
    shots = "".join(
        f"    - {{image_id: i, subtitle_id: s, duration: 3, animation: {word}}}\n"
        for word in ("static", "zoom_in", "fade_in", "pan_left")
    )
    text = "- {type: asset_image, id: i, prompt: x}\n- {type: asset_subtitle, id: s, text: x}\n"
    document = check(text + "- type: asset_cutscene\n  id: c\n  shots:\n" + shots)
    cutscene = document.entries[2].action
    assert isinstance(cutscene, AssetCutscene)
    assert [shot.animation for shot in cutscene.shots] == ["none", "slow_zoom", "fade", "pan_left"]
    assert [(problem.code, problem.line, problem.column) for problem in document.problems] == [
        ("alias", 6, 61),
        ("alias", 7, 61),
        ("alias", 8, 61),
    ]
    assert document.ok


def test_all_problems_of_an_action_are_told_at_once() -> None:
    text = "- {type: asset_image, id: CON, prompt: '', size: 7, model: gone, colour: red}\n"
    assert sorted(codes(check(text))) == ["invalid_id", "schema", "schema", "schema", "schema"]


def test_several_files_are_one_set_and_their_indices_go_on(tmp_path: Path) -> None:
    one, two = tmp_path / "one.yaml", tmp_path / "two.json"
    one.write_text("- {type: reason, id: a, ephemeral_reasoning: x}\n- {type: reason, id: b, ephemeral_reasoning: x}\n")
    two.write_text('[{"type": "reason", "id": "c", "ephemeral_reasoning": "x"},\n {"type": "reason", "id": "A"}]')
    document = load([one, two], RULES)
    assert [entry.index for entry in document.entries] == [0, 1, 2]
    missing, duplicate = sorted(document.problems, key=lambda problem: problem.column)
    assert (missing.code, duplicate.code) == ("schema", "duplicate_id")
    assert (duplicate.file, duplicate.line, duplicate.action_index, duplicate.action_id) == (str(two), 2, 3, "A")
    assert duplicate.related is not None
    assert (duplicate.related.file, duplicate.related.line, duplicate.related.note) == (str(one), 1, "first used here")
    assert duplicate.lines == ((2, ' {"type": "reason", "id": "A"}]'),)


def test_problems_stand_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    for name in ("z.yaml", "a.yaml"):
        (tmp_path / name).write_text("- {type: play_cutscene, cutscene_id: gone}\n- {type: wrong}\n- *nobody\n"[:-10])
    document = load([tmp_path / "z.yaml", tmp_path / "a.yaml"], RULES)
    assert [(Path(problem.file).name, problem.line) for problem in document.problems] == [
        ("z.yaml", 1), ("z.yaml", 2), ("a.yaml", 1), ("a.yaml", 2),
    ]  # fmt: skip


def test_errors_are_listed_before_warnings_when_there_are_too_many() -> None:
    shot = {"image_id": "i", "subtitle_id": "s", "duration": 1, "animation": "static"}
    cutscenes = [{"type": "asset_cutscene", "id": f"c{number}", "shots": [shot] * 50} for number in range(30)]
    image, subtitle = (
        {"type": "asset_image", "id": "i", "prompt": "x"},
        {"type": "asset_subtitle", "id": "s", "text": "x"},
    )
    document = parse([image, subtitle, *cutscenes, {"type": "reason"}], RULES)
    assert not document.ok
    assert codes(document).count("schema") == 1
    assert len(document.problems) == 1_001


def test_sixty_four_actions_may_stand_inside_each_other() -> None:
    def nested(depth: int) -> dict[str, object]:
        action: dict[str, object] = {"type": "reason", "ephemeral_reasoning": "x"}
        for number in range(depth):
            option = {"label": "l", "description": "d", "reactions": [action]}
            action = {"type": "add_player_choice", "id": f"c{number}", "prompt": "p", "options": [option]}
        return action

    assert len(parse([nested(64)], RULES).entries) == 65
    assert codes(parse([nested(65)], RULES)) == ["limit"]


def test_limits_come_from_the_rules() -> None:
    rules = Rules((), (), prompt_characters=3, shot_seconds=2, cutscene_shots=1, cutscene_seconds=2.5)
    shots = [{"image_id": "i", "subtitle_id": "s", "duration": seconds, "animation": "none"} for seconds in (2.1, 1)]
    actions = [
        {"type": "asset_image", "id": "i", "prompt": "four"},
        {"type": "asset_subtitle", "id": "s", "text": "as long as it likes"},
        {"type": "asset_cutscene", "id": "c", "shots": shots},
    ]
    assert codes(parse(actions, rules)) == ["limit"] * 4
    assert parse(actions, Rules((), ())).ok


def test_an_empty_set_is_fine_and_an_empty_file_is_not() -> None:
    assert parse([], RULES).ok
    assert check("actions: []").ok
    assert codes(check("")) == codes(check("# nothing\n")) == ["schema"]


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_left_as_it_was(was_on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if was_on else gc.disable)()
        check(NESTED)
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()


def test_a_large_set_is_the_same_in_yaml_and_json() -> None:
    from_yaml, from_json = check(as_yaml(300)), check(as_json(300))
    assert from_yaml.problems == from_json.problems == ()
    assert [entry.action for entry in from_yaml.entries] == [entry.action for entry in from_json.entries]
    assert len(from_yaml.entries) >= 300
