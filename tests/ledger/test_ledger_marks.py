from __future__ import annotations

import stat
from pathlib import Path

from assetgen.ledger.marks import NAME, Marker


def test_the_same_texts_have_the_same_mark_in_one_folder_and_another_one_elsewhere(tmp_path: Path) -> None:
    mark = Marker(tmp_path / "a").mark("https://api.example", "a-key")
    assert Marker(tmp_path / "a").mark("https://api.example", "a-key") == mark
    assert Marker(tmp_path / "a").mark("https://api.example", "b-key") != mark
    assert Marker(tmp_path / "a").mark("https://api.examplea", "-key") != mark
    assert Marker(tmp_path / "b").mark("https://api.example", "a-key") != mark


def test_what_marks_are_made_with_is_for_nobody_else_and_made_once(tmp_path: Path) -> None:
    Marker(tmp_path)
    salt = tmp_path / NAME
    before = salt.read_bytes()
    Marker(tmp_path)
    assert (stat.S_IMODE(salt.stat().st_mode), salt.read_bytes(), len(before)) == (0o600, before, 32)
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME]
