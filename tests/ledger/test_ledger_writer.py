"""One thread that writes for many tasks."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assetgen.core.errors import StorageError, WallError
from assetgen.ledger.writer import Writer
from tests.ledger.payers import new, sql

ACCOUNT = "INSERT INTO account (out, host, opened) VALUES (?, 'real', ?)"
Work = Callable[[sqlite3.Connection], object]


@contextmanager
def writing(folder: Path) -> Iterator[Writer]:
    writer = Writer(folder)
    try:
        yield writer
    finally:
        writer.close()


def opening(name: str, size: int = 1) -> Work:
    return lambda connection: connection.execute(ACCOUNT, (name, "x" * size)).rowcount


def changes(folder: Path) -> int:
    """How many commits have changed the file, by the counter in its header."""
    return int.from_bytes((folder / "ledger.db").read_bytes()[24:28], "big")


def names(folder: Path) -> list[str]:
    return [str(name) for (name,) in sql(folder, "SELECT out FROM account ORDER BY out")]


async def while_busy(writer: Writer, *works: Work) -> list[object]:
    """All of these asked for while the thread is at something else, so that it finds them together."""
    began, gate = threading.Event(), threading.Event()

    def wait(connection: sqlite3.Connection) -> None:
        began.set()
        gate.wait(5)

    busy = asyncio.ensure_future(writer.do(wait))
    await asyncio.to_thread(began.wait, 5)
    asked = [asyncio.ensure_future(writer.do(work)) for work in works]
    while writer._wishes.qsize() < len(works):
        await asyncio.sleep(0)
    gate.set()
    await busy
    return await asyncio.gather(*asked, return_exceptions=True)


def test_what_many_tasks_want_is_one_commit(tmp_path: Path) -> None:
    new(tmp_path)
    with writing(tmp_path) as writer:
        asyncio.run(while_busy(writer))
        before = changes(tmp_path)
        asyncio.run(while_busy(writer, *(opening(str(number)) for number in range(200))))
    assert len(names(tmp_path)) == 200
    assert changes(tmp_path) - before == 1


def refused(connection: sqlite3.Connection) -> None:
    connection.execute(ACCOUNT, ("refused", ""))
    raise WallError("it does not fit", waiting_helps=False)


def against_a_rule(connection: sqlite3.Connection) -> None:
    connection.execute(ACCOUNT, ("twice", ""))
    connection.execute(ACCOUNT, ("twice", ""))


def in_words_of_its_own(connection: sqlite3.Connection) -> None:
    connection.execute(ACCOUNT, ("words", ""))
    raise StorageError("`hero` has an attempt in the ledger already; nothing was sent")


@pytest.mark.parametrize(
    ("failing", "error"), [(refused, WallError), (against_a_rule, StorageError), (in_words_of_its_own, StorageError)]
)
def test_one_that_fails_undoes_its_own_part_alone(tmp_path: Path, failing: Work, error: type[Exception]) -> None:
    new(tmp_path)
    with writing(tmp_path) as writer:
        found = asyncio.run(while_busy(writer, opening("a"), failing, opening("b")))
    assert isinstance(found[1], error)
    assert (found[0], found[2]) == (1, 1)
    assert names(tmp_path) == ["a", "b"]


def test_trouble_with_the_database_is_everybodys_and_nothing_is_half_there(tmp_path: Path) -> None:
    new(tmp_path)

    def fill(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def empty(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 100000")

    with writing(tmp_path) as writer:
        asyncio.run(writer.do(fill, writes=False))
        found = asyncio.run(while_busy(writer, opening("a"), opening("b", size=100_000), opening("c")))
        assert [type(one) for one in found] == [StorageError] * 3
        assert "full" in str(found[0])
        assert names(tmp_path) == []
        asyncio.run(writer.do(empty, writes=False))
        assert asyncio.run(while_busy(writer, opening("d"))) == [1]
    assert names(tmp_path) == ["d"]


FULL_DISK = """
import asyncio, resource, signal, sys
from pathlib import Path
from assetgen.core.errors import StorageError
from assetgen.ledger.writer import Writer
from tests.ledger.test_ledger_writer import opening
folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
writer = Writer(folder)
asyncio.run(writer.do(lambda connection: None))
size = (folder / "ledger.db").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
async def many():
    return await asyncio.gather(*(writer.do(opening(str(n), 50_000)) for n in range(5)), return_exceptions=True)
assert all(type(one) is StorageError for one in asyncio.run(many()))
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
asyncio.run(writer.do(opening("after")))
writer.close()
"""


def test_a_commit_that_the_disk_refuses_fails_all_that_is_in_it(tmp_path: Path) -> None:
    new(tmp_path)
    subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], check=True)
    assert names(tmp_path) == ["after"]


def test_closing_finishes_what_was_asked_for(tmp_path: Path) -> None:
    new(tmp_path)
    writer = Writer(tmp_path)

    async def ask_and_close() -> list[object]:
        asked = [asyncio.ensure_future(writer.do(opening(str(number)))) for number in range(20)]
        await asyncio.sleep(0)
        writer.close()
        return await asyncio.gather(*asked)

    assert asyncio.run(ask_and_close()) == [1] * 20
    assert len(names(tmp_path)) == 20


def test_what_a_task_asked_for_is_done_although_it_was_cancelled(tmp_path: Path) -> None:
    new(tmp_path)

    async def ask_and_cancel(writer: Writer) -> None:
        asked = asyncio.ensure_future(writer.do(opening("cancelled")))
        await asyncio.sleep(0)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        assert await writer.do(opening("next")) == 1

    with writing(tmp_path) as writer:
        asyncio.run(ask_and_cancel(writer))
    assert names(tmp_path) == ["cancelled", "next"]


def test_a_database_that_can_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    new(tmp_path)
    (tmp_path / "ledger.db").rename(tmp_path / "aside")
    (tmp_path / "ledger.db").write_bytes(b"")
    with writing(tmp_path) as writer:
        with pytest.raises(StorageError):
            asyncio.run(writer.do(opening("a")))
        (tmp_path / "aside").replace(tmp_path / "ledger.db")
        asyncio.run(writer.do(opening("b")))
    assert names(tmp_path) == ["b"]
