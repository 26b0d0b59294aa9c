from __future__ import annotations

from pathlib import Path

import pytest

from assetgen.core import durable


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    durable.write(tmp_path / "a/b/c.bin", b"xyz")
    assert (tmp_path / "a/b/c.bin").read_bytes() == b"xyz"
    assert [path.name for path in (tmp_path / "a/b").iterdir()] == ["c.bin"]


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/inside").write_text("kept")
    with pytest.raises(OSError, match="directory"):
        durable.write(tmp_path / "folder", b"xyz")
    assert (tmp_path / "folder/inside").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
