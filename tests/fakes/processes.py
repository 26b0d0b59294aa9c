"""Real processes, started together."""

from __future__ import annotations

import subprocess
import sys


def started(script: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A Python process running `script`; it may read its standard input to wait for a word."""
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def together(count: int, script: str, *arguments: str) -> list[bytes]:
    """What many processes print that do the rest of `script`, after `sys.stdin.read()`, at the same moment."""
    running = [started("print(flush=True)\n" + script, *arguments) for _ in range(count)]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.close()
    printed = []
    for process in running:
        assert process.stdout is not None
        printed.append(process.stdout.read())
        process.stdout.close()
        assert process.wait() == 0
    return printed
