from __future__ import annotations

import os
import subprocess
import sys
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


def test_a_failed_write_names_the_file_and_not_the_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file/x") as caught:
        durable.write(tmp_path / "file/x", b"xyz")
    assert caught.value.filename == str(tmp_path / "file/x")


def _in_memory(path: Path) -> bool:
    """Whether the system has the beginning of a file in its memory."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.preadv(descriptor, [bytearray(1)], 0, os.RWF_NOWAIT) == 1
    except BlockingIOError:
        return False
    except OSError:
        pytest.skip("this file system can't say what it has in memory, or has everything there")
    finally:
        os.close(descriptor)


@pytest.mark.skipif(not hasattr(os, "posix_fadvise"), reason="this system can't be told what isn't read again")
def test_what_is_large_does_not_stay_in_the_memory_of_the_system(tmp_path: Path) -> None:
    picture, sidecar = bytes(200_000), bytes(500)
    durable.write(tmp_path / "blob", picture)
    durable.Folder(str(tmp_path)).write("output", picture)
    durable.write(tmp_path / "sidecar", sidecar)
    assert not _in_memory(tmp_path / "blob")
    assert not _in_memory(tmp_path / "output")
    assert _in_memory(tmp_path / "sidecar")
    assert (tmp_path / "blob").read_bytes() == (tmp_path / "output").read_bytes() == picture


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no copies of processes")
def test_copies_of_a_process_have_other_names_for_what_they_are_writing() -> None:
    """One that was killed may have left its file, and the other one must not stumble over it."""
    write = "os.write(1, f'{temporary_in(0)}\\n'.encode())"
    script = f"import os; from assetgen.core.durable import temporary_in; os.fork(); {write}"
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    names = shown.stdout.split()
    assert len(names) == len(set(names)) == 2
