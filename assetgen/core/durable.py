"""Files that many processes share: each is there whole or not at all, also after a crash or a power loss, or is locked.

The one piece of I/O that the rooms with files share. Writing: a temporary file beside the target, flushed to the disk,
renamed over the name, and the folder flushed so that the name itself lasts. Locking: the kernel's lock on a file.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import secrets
import weakref
from collections.abc import Iterator
from pathlib import Path

TEMPORARY = ".assetgen-"
"""How the name of a file that is still being written begins; such files may be deleted when nothing runs."""
_SIGNATURE = 9
_LARGE = 64 * 1024
"""Bytes; what is smaller, sidecars above all, is read again soon."""
_OURS = secrets.token_hex(8)
"""Part of the names of temporary files: asking for a new random number each time costs as much as the file."""
_numbers = itertools.count()
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def write(path: Path | str, data: bytes, mode: int = 0o644, folder_mode: int = 0o755) -> None:
    """Write `data` under `path` durably. Missing folders are made.

    Raises:
        OSError: It could not be written; what stood under the name before still stands there.
    """
    folder = os.path.dirname(path) or "."  # noqa: PTH120 - Paths would be a good part of the work
    temporary = temporary_in(folder)
    try:
        _write_through(temporary, data, mode, folder_mode)
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None  # whoever is told knows nothing of another name
        raise
    flush_folder(folder)


class Folder:
    """A folder that is held open, so that what is done in it needs no way to it, and no other one can take its place.

    It is let go when nobody refers to it any more. Raises OSError where it is no folder, or a symbolic link.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._descriptor)
        self._itself = os.fstat(self._descriptor)

    def stands_at(self, path: str) -> bool:
        """Whether it is still what stands under this path."""
        try:
            return os.path.samestat(os.lstat(path), self._itself)
        except (FileNotFoundError, NotADirectoryError):
            return False

    def look(self, name: str) -> os.stat_result | None:
        """What stands under a name, None where nothing does; of a symbolic link, the link itself."""
        try:
            return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes, mode: int = 0o644) -> os.stat_result:
        """Write a file as `write` does, but for the name, which lasts only after `flush`; what stands there then.

        Raises:
            OSError: It could not be written; FileNotFoundError where the folder itself was deleted.
        """
        temporary = _temporary()
        try:
            descriptor = os.open(temporary, _NEW, mode, dir_fd=self._descriptor)
            try:
                _write_lasting(descriptor, data)
                found = os.fstat(descriptor)
            finally:
                os.close(descriptor)
            os.replace(temporary, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._descriptor)
            raise
        return found

    def flush(self) -> None:
        """Make the names in it last."""
        os.fsync(self._descriptor)


def temporary_in(folder: Path | str) -> str:
    """A new name for a file that is still being written."""
    return f"{folder}/{_temporary()}"


def write_new(path: str, data: bytes, mode: int) -> None:
    """Write a new file, which survives the process, and a power failure only after `flush`. Raises OSError."""
    descriptor = os.open(path, _NEW, mode)
    try:
        _write_all(descriptor, data)
    finally:
        os.close(descriptor)


def write_over(path: str, data: bytes) -> None:
    """Write over a file, as `write_new` writes a new one. Raises OSError: FileNotFoundError where there is none."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _write_all(descriptor, data)
        os.ftruncate(descriptor, len(data))
    finally:
        os.close(descriptor)


def flush(path: str) -> None:
    """Make the bytes of a file last. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it, each of them durably."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode)
    flush_folder(folder.parent)


def read(path: Path) -> bytes:
    """The bytes of a file, without waiting for anybody: a pipe in its place reads as empty."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        return file.read()


class Lines:
    """A file that lines are added to, each on a line of its own even after one that was cut short.

    They survive the process, and not a power failure. Raises OSError where the file can't be opened.
    """

    def __init__(self, path: Path, mode: int = 0o644) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, mode)

    def add(self, line: str) -> None:
        """Add one line, all of it. Raises OSError."""
        _write_all(self._descriptor, f"\n{line}\n".encode())

    def close(self) -> None:
        os.close(self._descriptor)


def sweep(folder: Path, *, deep: bool = True) -> None:
    """Delete what a killed process had not finished writing, here and in the folders below. Nothing else may write."""
    pattern = f"{TEMPORARY}*"
    for path in folder.rglob(pattern) if deep else folder.glob(pattern):
        if not path.is_dir():
            path.unlink(missing_ok=True)


def flush_folder(folder: Path | str) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def probe(folder: Path) -> None:
    """Make sure that files can be made in a folder, by making one: written, flushed, renamed, locked, deleted.

    Raises:
        OSError: One of these can't be done there.
    """
    path = Path(temporary_in(folder))
    try:
        write(path, b"probe")
        with lock(path):
            pass
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def lock(path: Path, *, shared: bool = False) -> Iterator[bool]:
    """Try for the kernel's lock on a file without waiting; yields whether it was had.

    The file is made where it is missing, never deleted, and signed with the pid of who had it last. The kernel frees
    the lock when its holder ends, however it ends.

    Raises:
        OSError: The file can't be opened, or its file system has no locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        had = _try(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        # A file that was deleted between opening and locking guards nothing: another one may stand under its name.
        had = had and os.fstat(descriptor).st_nlink > 0
        if had:
            os.pwrite(descriptor, f"{os.getpid():<{_SIGNATURE}}".encode(), 0)
        yield had
    finally:
        os.close(descriptor)


def holder(path: Path) -> int | None:
    """The pid of the process that holds a file's exclusive lock, None where nobody does."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        return None if _try(descriptor, fcntl.LOCK_SH) else _signed(descriptor)
    finally:
        os.close(descriptor)


def signature(path: Path) -> int | None:
    """The pid of the process that had a file's lock last and still runs, whether it holds it or not."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        pid = _signed(file.fileno())
        if pid is not None:
            os.kill(pid, 0)
            return pid
    return None


def _temporary() -> str:
    return f"{TEMPORARY}{_OURS}-{os.getpid()}-{next(_numbers)}"


def _try(descriptor: int, operation: int) -> bool:
    try:
        fcntl.flock(descriptor, operation | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signed(descriptor: int) -> int | None:
    text = os.pread(descriptor, _SIGNATURE, 0).strip()
    return int(text) if text.isdigit() else None


def _write_through(path: str, data: bytes, mode: int, folder_mode: int) -> None:
    """Write a new file durably, and the folder that it is in where there is none."""
    try:
        descriptor = os.open(path, _NEW, mode)
    except FileNotFoundError:
        make_folder(Path(path).parent, folder_mode)
        descriptor = os.open(path, _NEW, mode)
    try:
        _write_lasting(descriptor, data)
    finally:
        os.close(descriptor)


def _write_lasting(descriptor: int, data: bytes) -> None:
    """Write all of it to the disk, and keep no copy of what is large in the system's memory.

    Thousands of pictures would push out what others have there, and each would take new memory: on a virtual machine
    that has to ask for it, that took longer than the writing itself.
    """
    _write_all(descriptor, data)
    os.fsync(descriptor)
    if len(data) >= _LARGE and hasattr(os, "posix_fadvise"):
        with contextlib.suppress(OSError):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _write_all(descriptor: int, data: bytes) -> None:
    written = os.write(descriptor, data)
    while written < len(data):
        written += os.write(descriptor, memoryview(data)[written:])
