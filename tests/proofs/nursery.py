"""Commands in processes of their own, born of one that has loaded the package already.

Loading Python and the package takes four fifths of a short command's time; hundreds of commands are killed here. Each
one is the whole command, `main()` to its exit code, in its own process with its own environment.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.proofs import calls, ports
from tests.proofs.calls import Door, KernelDoor
from tests.proofs.ports import PortDoor
from tests.proofs.promise import hold

ROOT = Path(__file__).parents[2]
LONGEST_MESSAGE = 1_000_000
PATIENCE = 180.0
LOADED_BESIDE = (
    "httptools",
    "diskcache",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
)


@dataclass(slots=True)
class Child:
    """A command under way, or ended. Whoever waits for its end has `patience`, in seconds."""

    pid: int
    output: Path
    patience: float
    _word: socket.socket = field(repr=False)
    door: Door | None = None
    _code: int | None = None

    def kill(self) -> None:
        """End it as a power failure would. It may have ended already."""
        if not self.ended(0):
            os.kill(self.pid, signal.SIGKILL)

    def ended(self, seconds: float) -> bool:
        """Wait for its end, so long at most."""
        if self._code is None:
            self._word.settimeout(seconds or 1e-6)
            try:
                self._code = int(self._word.recv(100))
            except TimeoutError:
                return False
        return True

    def wait(self) -> int:
        """Its exit code, or the number of the signal that ended it as a negative one.

        Raises:
            BrokenPromiseError: It does not end.
        """
        ended = self.ended(self.patience)
        if not ended:
            self.kill()
            self.ended(self.patience)
        self.close()
        hold("ends by itself", ended, f"not within {self.patience:g} s:\n{self.said[-3000:]}")
        assert self._code is not None
        return self._code

    def close(self) -> None:
        """Let go of what connects to it."""
        self._word.close()
        if self.door is not None:
            self.door.close()
            self.door = None

    @property
    def over(self) -> bool:
        return self._code is not None

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")


class Nursery:
    """Where commands are born.

    Args:
        root: The folder that holds the package `assetgen`.
        kernel: Let the kernel keep the doors, not the children themselves.
    """

    def __init__(self, root: Path = ROOT, *, kernel: bool | None = None) -> None:
        self._root = root
        self._kernel = calls.available() if kernel is None else kernel
        self._numbers = itertools.count(1)
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        self._word, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with theirs:
            path = os.pathsep.join([str(self._root), str(ROOT)])
            self._mother = subprocess.Popen(
                [sys.executable, "-B", "-m", "tests.proofs.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=ROOT.parent,
                env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": path},
            )
        loaded = Path(self._first_word())
        assert loaded.is_relative_to(self._root), f"{loaded} is not the package of {self._root}"
        return self

    def _first_word(self) -> str:
        """Where the package lies that has been loaded."""
        self._word.settimeout(1)
        while self._mother.poll() is None:
            with contextlib.suppress(TimeoutError):
                return self._word.recv(LONGEST_MESSAGE).decode()
        raise AssertionError(f"the package in {self._root} can't be loaded")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.kill()
            child.close()
        self._word.send(b"")
        self._word.close()
        self._mother.wait()

    def start(
        self,
        folder: Path,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        held: Sequence[str] = (),
        patience: float = PATIENCE,
    ) -> Child:
        """Start `assetgen` in a folder. Calls of the names `held` wait at the child's door."""
        output = folder / f"said-{next(self._numbers)}.txt"
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        asked = {
            "folder": str(folder),
            "arguments": list(arguments),
            "environment": dict(environment),
            "output": str(output),
            "held": list(held),
            "kernel": self._kernel,
        }
        with theirs:
            socket.send_fds(self._word, [json.dumps(asked).encode()], [theirs.fileno()])
            mine.settimeout(60)
            word, descriptors, _, _ = socket.recv_fds(mine, 100, 1)
        door = self._door(descriptors[0]) if descriptors else None
        child = Child(int(word), output, patience, mine, door)
        self._children = [*(one for one in self._children if not one.over), child]
        return child

    def _door(self, descriptor: int) -> Door:
        return KernelDoor(descriptor) if self._kernel else PortDoor(socket.socket(fileno=descriptor))


def _load() -> str:
    """Load everything that a run will need, so that no child has to; returns where the package lies."""
    import assetgen

    for module in pkgutil.walk_packages(assetgen.__path__, "assetgen."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in (*LOADED_BESIDE, "assetgen.__main__"):
        importlib.import_module(name)
    assert threading.active_count() == 1, "a process with threads can't be forked"
    return str(assetgen.__file__)


def _serve(word: socket.socket) -> None:
    """Bear children until there is nothing more to do."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _, _ = socket.recv_fds(word, LONGEST_MESSAGE, 1)
        if not message:
            return
        if os.fork() == 0:
            word.close()
            _watch_over(socket.socket(fileno=descriptors[0]), json.loads(message))
            return
        os.close(descriptors[0])


def _watch_over(word: socket.socket, asked: dict[str, Any]) -> None:
    """Bear the command, and tell how it ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _become(word, asked)
        return
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(ConnectionError):  # nobody wants to know any more
        word.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(word: socket.socket, asked: dict[str, Any]) -> None:
    """Be the command from here on."""
    from assetgen.__main__ import main

    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    sys.argv = ["assetgen", *asked["arguments"]]
    listeners = [_held(tuple(asked["held"]), kernel=asked["kernel"])] if asked["held"] else []
    socket.send_fds(word, [str(os.getpid()).encode()], listeners)
    for listener in listeners:
        os.close(listener)
    word.close()
    main()


def _held(names: tuple[str, ...], *, kernel: bool) -> int:
    return calls.hold(names) if kernel else ports.hold(names).detach()


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as opened:
        opened.send(_load().encode())
        _serve(opened)
