"""Hostile inputs are refused in little time and memory, in a process of its own, where a crash would show."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = """
import json, pathlib, resource, sys, time
from assetgen.dsl.checking import Rules, load

def peak():
    # In kB. What getrusage says of a process holds what its parent had in memory when it was forked.
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

begun = time.process_time()
problems = load(sys.argv[1:], Rules((), ())).problems
used = time.process_time() - begun
print(json.dumps([[problem.code for problem in problems], used, peak()]))
"""
KILOBYTES = 200 * 1024
DEEP = 200_000
NOTE = {"type": "reason", "ephemeral_reasoning": "x" * 900}
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}\n" for i in range(1, 31))
HOSTILE = {
    "lists.yaml": "[" * DEEP,
    "blocks.yaml": "- " * DEEP,
    "mappings.yaml": "{a: " * DEEP,
    "lists.json": "[" * DEEP,
    "closed.json": "[" * DEEP + "]" * DEEP,
    "mappings.json": '{"a":' * DEEP,
    "actions.json": '{"actions":' + '[{"type":"when_then","action":' * (DEEP // 2),
    "line.jsonl": "[" * DEEP + "\n" + "{}\n",
    "bomb.yaml": BOMB,
    "merges.yaml": MERGES,
}


def run(*paths: Path) -> Any:
    done = subprocess.run([sys.executable, "-c", PROGRAM, *map(str, paths)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-500:]
    return json.loads(done.stdout)


def test_depth_and_growth_are_limits_in_the_time_of_harmless_files_and_two_hundred_megabytes(tmp_path: Path) -> None:
    harmless = []
    for name, text in HOSTILE.items():
        (tmp_path / name).write_text(text)
        harmless.append(tmp_path / f"harmless-{name}")
        harmless[-1].write_text(json.dumps([NOTE] * (len(text) // 1000)))
    codes, seconds, kilobytes = run(*(tmp_path / name for name in HOSTILE))
    _, floor, _ = run(*harmless)
    assert codes.count("limit") == len(HOSTILE)
    assert seconds < 20 * floor
    assert kilobytes < KILOBYTES


def test_devices_and_folders_never_block(tmp_path: Path) -> None:
    assert run(Path("/dev/zero"), tmp_path)[0] == ["syntax", "syntax"]


@pytest.mark.slow
def test_a_gigabyte_is_a_limit_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.yaml").open("wb") as file:
        file.truncate(1 << 30)
    codes, _, kilobytes = run(tmp_path / "huge.yaml")
    assert codes == ["limit"]
    assert kilobytes < 4 * KILOBYTES


def test_nothing_is_constructed_from_tags(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    (tmp_path / "a.yaml").write_text(f"- !!python/object/apply:os.system ['touch {canary}']\n")
    assert "syntax" in run(tmp_path / "a.yaml")[0]
    assert not canary.exists()
