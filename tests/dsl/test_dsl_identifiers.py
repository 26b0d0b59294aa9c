from __future__ import annotations

import unicodedata

import pytest

from assetgen.dsl.identifiers import collision_key, fault, length_fault, shared_folder


@pytest.mark.parametrize(
    "name", ["a", "A-b_c.d e", "ch1/door", "漢字", "हिन्दी", "e\u0301", "-dash", "a.png", "console", "com", "com10"]
)
def test_names_of_any_script_are_taken(name: str) -> None:
    assert fault(name) is None


@pytest.mark.parametrize(
    "name",
    [
        *("..", ".", "a/..", "../a", "/a", "a/", "a//b", ".a", "a.", " a", "a ", "a/ b", "C:\\x", "~", "a%2e", "a\\b"),
        *("a\n", "a\0", "a\tb", "a\x1b", "a\u202e", "a\u200b", "𝔞\U000e0001", "½", "COM¹"),
        *("CON", "con.txt", "a/nul", "COM1", "lpt9.png", "aux"),
    ],
)
def test_what_some_file_system_or_terminal_trips_over_is_refused(name: str) -> None:
    assert fault(name) is not None


def test_parts_are_measured_in_bytes_and_ids_in_characters() -> None:
    assert fault("漢" * 66) is None
    assert "201 bytes" in (fault("漢" * 67) or "")
    assert fault("a" * 200) is None
    assert fault("a" * 201) is not None
    assert (length_fault("a" * 128), length_fault("a" * 129)) == (None, "has 129 characters; the most is 128")


@pytest.mark.parametrize(
    ("one", "other"),
    [("A", "a"), ("É", "e\u0301"), ("Straße", "STRASSE"), ("a.PNG", "A.png"), ("ﬀ", "FF"), ("ǰ", "J\u030c")],
)
def test_names_that_differ_only_in_case_or_normal_form_are_one(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)
    assert collision_key(unicodedata.normalize("NFD", one)) == collision_key(one)


def test_a_folder_collides_with_a_file_only_if_it_has_the_files_ending() -> None:
    ids = {"a": 1, "b/c": 2}
    assert [shared_folder(name, ids) for name in ("a/x", "a.png/x", "A.PNG/x", "b/c.mp3/x", "b/x", "a.txt/x")] == [
        None, "a", "a", "b/c", None, None,
    ]  # fmt: skip
