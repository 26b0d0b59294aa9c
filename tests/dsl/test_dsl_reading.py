from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from assetgen.dsl import files
from assetgen.dsl.checking import Document, load, parse
from tests.dsl.rules import RULES, codes

GOOD = b"- {type: reason, ephemeral_reasoning: x}\n"


def only(document: Document) -> tuple[str, str]:
    (problem,) = document.problems
    return problem.code, problem.message


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_missing_file_is_a_problem_of_that_name(tmp_path: Path) -> None:
    document = load([tmp_path / "gone.yaml"], RULES)
    assert only(document) == ("syntax", "There is no such file")
    assert document.problems[0].file == document.files[0] == str(tmp_path / "gone.yaml")


def test_a_folder_a_pipe_and_a_device_are_no_files_and_nobody_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    found = [only(load([path], RULES))[1] for path in (tmp_path, tmp_path / "pipe.yaml", "/dev/zero")]
    assert found == ["This is a folder, not a file", "This is a pipe, not a file", "This is a device, not a file"]


def test_a_name_that_is_no_path_is_a_problem() -> None:
    assert only(load(["a\0b.yaml"], RULES)) == ("syntax", "The file's name is not a path")


def test_a_link_is_followed_and_a_circle_of_links_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").symlink_to(written(tmp_path, "real.yaml", GOOD))
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert load([tmp_path / "good.yaml"], RULES).ok
    assert only(load([tmp_path / "loop.yaml"], RULES))[0] == "syntax"


def test_more_bytes_than_allowed_are_a_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "LARGEST", len(GOOD))
    assert load([written(tmp_path, "just.yaml", GOOD)], RULES).ok
    assert only(load([written(tmp_path, "more.yaml", GOOD + b"\n")], RULES))[0] == "limit"
    assert only(load(["-"], RULES, io.BytesIO(GOOD + b"\n")))[0] == "limit"


def test_standard_input_is_read_by_its_name_and_may_be_any_language() -> None:
    for data in (
        GOOD,
        b'[{"type":"reason","ephemeral_reasoning":"x"}]',
        b'{"type":"reason","ephemeral_reasoning":"x"}\n{"type":"reason","ephemeral_reasoning":"y"}\n',
    ):
        document = load(["-"], RULES, io.BytesIO(data))
        assert (document.files, document.ok) == (("<stdin>",), True)
        assert document.entries


def test_a_closed_standard_input_is_a_problem() -> None:
    closed = io.BytesIO()
    closed.close()
    assert only(load(["-"], RULES, closed)) == only(load(["-"], RULES)) == ("syntax", "Standard input is closed")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("- é".encode("latin-1"), "The text is not UTF-8: byte 0xE9 at byte offset 2"),
        ("é: [ü".encode() + b"\xff", "The text is not UTF-8: byte 0xFF at byte offset 7"),
        (b"\xed\xa0\x80", "The text is not UTF-8: byte 0xED at byte offset 0"),
        ("- a".encode("utf-16"), "The text is UTF-16, not UTF-8 (byte offset 0)"),
        ("- a".encode("utf-16-be"), "The text holds a NUL character at byte offset 0"),
        ("é\0".encode(), "The text holds a NUL character at byte offset 2"),
    ],
)
def test_only_utf_8_is_read_and_the_byte_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    assert only(load([written(tmp_path, "a.yaml", data)], RULES)) == ("syntax", message)


def test_a_byte_order_mark_and_crlf_do_no_harm(tmp_path: Path) -> None:
    document = load([written(tmp_path, "a.yaml", b"\xef\xbb\xbf" + GOOD.replace(b"\n", b"\r\n") * 2)], RULES)
    assert document.ok
    assert [document.place(entry).line for entry in document.entries] == [1, 2]


def test_the_ending_of_the_name_decides_the_language(tmp_path: Path) -> None:
    yaml = written(tmp_path, "a.json", GOOD)
    assert only(load([yaml], RULES))[1].startswith("This is not JSON")
    assert load([written(tmp_path, "a.YML", GOOD), written(tmp_path, "a.txt", GOOD)], RULES).ok


def test_flow_yaml_in_a_text_is_not_taken_for_json() -> None:
    assert parse("{actions: []}", RULES).ok
    assert parse("[{type: reason, ephemeral_reasoning: x}]", RULES).problems == ()


def test_a_python_value_is_copied_and_checked() -> None:
    value = {"actions": ({"type": "reason", "ephemeral_reasoning": "x"},)}
    document = parse(value, RULES)
    assert (document.ok, len(document.entries), document.files) == (True, 1, ("<value>",))
    assert value == {"actions": ({"type": "reason", "ephemeral_reasoning": "x"},)}


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), 10**400, {1, 2}, b"bytes", "\ud800", {1: 2}, object()])
def test_a_python_value_holds_only_what_json_can_say(odd: object) -> None:
    action = {"type": "add_feature", "feature_type": "x", "target": "t", "feature_data": {"odd": odd}}
    assert codes(parse([action], RULES)) == ["schema"]


def test_a_python_value_that_contains_itself_is_a_limit() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert codes(parse(endless, RULES)) == ["limit"]


def test_a_lone_surrogate_is_no_text_and_a_pair_is() -> None:
    broken = '[{"type":"reason","ephemeral_reasoning":"\\udc00\\ud83d"}]'
    paired = '[{"type":"reason","ephemeral_reasoning":"\\ud83d\\ude00\\uD83D\\uDE00"}]'
    assert (codes(parse(broken, RULES)), codes(parse(paired, RULES))) == (["schema"], [])
