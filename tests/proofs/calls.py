"""System calls of another process, held at its door one by one: let through, refused, or never done.

The kernel asks before each of the chosen calls, of whatever thread, and waits for the answer (seccomp's user
notifications, Linux 5.5). So every call has its number, and what is done at a number is done before anything else
happens. `strace -e inject` can't do that: it counts the calls of every thread apart.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import select
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

NUMBERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {
        "write": 1,
        "pwrite64": 18,
        "writev": 20,
        "connect": 42,
        "sendto": 44,
        "fsync": 74,
        "fdatasync": 75,
        "ftruncate": 77,
        "rename": 82,
        "mkdir": 83,
        "unlink": 87,
        "unlinkat": 263,
        "renameat": 264,
        "renameat2": 316,
    },
    "aarch64": {
        "mkdirat": 34,
        "unlinkat": 35,
        "renameat": 38,
        "ftruncate": 46,
        "write": 64,
        "writev": 66,
        "pwrite64": 68,
        "fsync": 82,
        "fdatasync": 83,
        "connect": 203,
        "sendto": 206,
        "renameat2": 276,
    },
}
DURABLE = (
    *("fsync", "fdatasync", "ftruncate", "pwrite64", "rename", "renameat", "renameat2"),
    *("unlink", "unlinkat", "mkdir", "mkdirat", "sendto"),
)
"""What makes something last, and what asks a service: SQLite's steps, those of files, and the request's own."""
ON_FILES = ("write", *(name for name in DURABLE if name != "sendto"))
"""What a full or broken disk refuses."""

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_NO_NEW_PRIVILEGES = 38
_ASK, _ALLOW = 0x7FC00000, 0x7FFF0000
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_RECEIVE, _ANSWER = 0xC0502100, 0xC0182101
_NOTICE, _REPLY = struct.Struct("=QIIiIQ6Q"), struct.Struct("=QqiI")
_GO_ON = 1
_LONGEST_PATH = 4096
_PAGE = 4096
_HERE = 0xFFFFFF9C
"""`AT_FDCWD`, in place of a folder's descriptor."""
_ON_PATHS = {"rename": 0, "renameat": 1, "renameat2": 1, "unlink": 0, "unlinkat": 1, "mkdir": 0, "mkdirat": 1}
"""Which argument is the path, of calls that have one."""


class Call(Protocol):
    """A call that waits at the door."""

    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def is_wake_up(self) -> bool: ...
    def allow(self) -> None: ...
    def refuse(self, error: int) -> None:
        """Let it fail with this number, undone."""
        ...


class Door(Protocol):
    """Where the calls of one process wait."""

    def calls(self) -> Iterator[Call]:
        """Each call as it comes, until the process has ended. It waits until it is answered."""
        ...

    def close(self) -> None: ...


def available() -> bool:
    """Whether the kernel of this machine can ask."""
    return platform.system() == "Linux" and platform.machine() in NUMBERS


def hold(names: tuple[str, ...]) -> int:
    """Have these calls of this process, and of all its threads to come, asked about; returns where to listen.

    Raises:
        OSError: The kernel can't.
    """
    known = NUMBERS[platform.machine()]
    numbers = [known[name] for name in names if name in known]
    steps = [
        (_LOAD, 0, 0, 0),
        *((_JUMP_IF_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ASK),
    ]
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    head = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(program)))
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener: int = kernel.syscall(_SECCOMP[platform.machine()], _SET_MODE_FILTER, _NEW_LISTENER, head)
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return listener


@dataclass(frozen=True, slots=True)
class HeldCall:
    """One call, as the kernel tells of it."""

    name: str
    thread: int
    arguments: tuple[int, ...]
    _cookie: int
    _listener: int

    def allow(self) -> None:
        self._reply(0, _GO_ON)

    def refuse(self, error: int) -> None:
        self._reply(-error, 0)

    @property
    def target(self) -> str:
        """The file or the socket that it is about."""
        if self.name not in _ON_PATHS:
            return self._opened(self.arguments[0])
        place = _ON_PATHS[self.name]
        path = os.fsdecode(self.data(self.arguments[place], _LONGEST_PATH).partition(b"\0")[0])
        folder = self.arguments[0] & 0xFFFFFFFF if place else _HERE
        return path if folder == _HERE or path.startswith("/") else f"{self._opened(folder)}/{path}"

    def _opened(self, descriptor: int) -> str:
        try:
            return str(Path(f"/proc/{self.thread}/fd/{descriptor}").readlink())
        except FileNotFoundError:
            return ""  # it was killed

    @property
    def is_wake_up(self) -> bool:
        """Whether it is the event loop's byte to itself."""
        return self.name == "sendto" and self.arguments[2] == 1

    def data(self, address: int, size: int) -> bytes:
        """Bytes of the process's memory; fewer where that ends."""
        try:
            with Path(f"/proc/{self.thread}/mem").open("rb", buffering=0) as memory:
                memory.seek(address)
                return memory.read(min(size, _PAGE - address % _PAGE))
        except FileNotFoundError:
            return b""

    def _reply(self, error: int, flags: int) -> None:
        try:
            fcntl.ioctl(self._listener, _ANSWER, bytearray(_REPLY.pack(self._cookie, 0, error, flags)))
        except OSError as trouble:
            if trouble.errno != errno.ENOENT:  # it was killed while it waited
                raise


class KernelDoor:
    """The door that the kernel keeps."""

    def __init__(self, listener: int) -> None:
        self._listener = listener
        self._names = {number: name for name, number in NUMBERS[platform.machine()].items()}

    def calls(self) -> Iterator[HeldCall]:
        waiting = select.poll()
        waiting.register(self._listener, select.POLLIN)
        while True:
            ((_, events),) = waiting.poll()
            if not events & select.POLLIN:
                return
            notice = bytearray(_NOTICE.size)
            try:
                fcntl.ioctl(self._listener, _RECEIVE, notice)
            except OSError as trouble:
                if trouble.errno != errno.ENOENT:
                    raise
                continue
            cookie, thread, _, number, _, _, *arguments = _NOTICE.unpack(notice)
            yield HeldCall(self._names[number], thread, tuple(arguments), cookie, self._listener)

    def close(self) -> None:
        os.close(self._listener)
