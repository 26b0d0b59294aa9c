"""The ledger's file: never replaced by an empty one, never with two rows that stand for one purchase."""

from __future__ import annotations

import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.core.errors import StorageError
from assetgen.core.journal import STANDING, RowState
from assetgen.ledger import database
from assetgen.ledger.database import Database
from tests.ledger.payers import check_sums, new, sql

CALL = (
    "INSERT INTO call (cache, key, purchase, host, account, project, run, action, attempt, state, token, reserved,"
    " booked, sent, day) VALUES (?, ?, '{}', ?, ?, ?, 'run', 'hero', 1, ?, 't', ?, ?, '', ?)"
)


def insert(where: sqlite3.Connection | Path, state: str, *, key: str = "key", cache: str = "cache") -> None:
    values = (cache, key, "real", 1, "/game", state, 5, 5, "2026-11-22")
    if isinstance(where, Path):
        sql(where, CALL, *values)
    else:
        where.execute(CALL, values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A ledger with one account."""
    new(tmp_path / "state")
    sql(tmp_path / "state", "INSERT INTO account (id, out, host, opened) VALUES (1, '/game/out', 'real', '')")
    return tmp_path / "state"


def _truncated(size: int) -> Callable[[Path], None]:
    def truncate(path: Path) -> None:
        path.write_bytes(path.read_bytes()[:size])

    return truncate


def _garbage(path: Path) -> None:
    path.write_bytes(b"not a database, " * 1000)


def _damaged(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letters (text)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")


SPOILT = {
    "zero bytes": (_truncated(0), "not a ledger"),
    "cut in its header": (_truncated(50), "can't be used"),
    "cut in a page": (_truncated(5000), "can't be used"),
    "cut after a page": (_truncated(4096), "can't be used"),
    "garbage": (_garbage, "not a database"),
    "damaged": (_damaged, "can't be used"),
    "foreign": (_foreign, "not a ledger"),
    "newer": (_newer, "newer version"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_file_is_refused_and_never_replaced(folder: Path, name: str) -> None:
    spoil, words = SPOILT[name]
    spoil(folder / "ledger.db")
    before = (folder / "ledger.db").read_bytes()
    for _ in range(2):
        with pytest.raises(StorageError, match=words) as caught:
            Database.open(folder)
        assert caught.value.exit_code == 5
        assert "--state-dir" in caught.value.help
    assert (folder / "ledger.db").read_bytes() == before


def test_a_file_that_goes_missing_during_a_run_is_an_error_and_not_made_anew(folder: Path) -> None:
    with closing(Database.open(folder)) as opened:
        (folder / "ledger.db").unlink()
        with pytest.raises(StorageError), opened.writing() as connection:
            insert(connection, "sending")
        with pytest.raises(sqlite3.OperationalError):
            Database(folder)
    assert not (folder / "ledger.db").exists()


def test_a_file_that_was_exchanged_during_a_run_is_not_written(folder: Path, tmp_path: Path) -> None:
    new(tmp_path / "other")
    with closing(Database.open(folder)) as opened:
        (tmp_path / "other/ledger.db").replace(folder / "ledger.db")
        with pytest.raises(StorageError), opened.writing() as connection:
            insert(connection, "sending")
    assert sql(folder, "SELECT * FROM call") == []


def test_the_journal_of_a_ledger_that_is_gone_is_not_played_into_a_new_one(folder: Path) -> None:
    journal = folder / "ledger.db-journal"
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        for number in range(20):
            connection.execute("INSERT INTO account (out, host, opened) VALUES (?, 'real', ?)", (number, "x" * 9000))
        written = journal.read_bytes()
        connection.execute("ROLLBACK")
    assert written, "as a kill in the middle of a commit would leave it"
    journal.write_bytes(written)
    (folder / "ledger.db").unlink()
    with closing(Database.open(folder)) as opened, opened.reading() as connection:
        assert connection.execute("SELECT count(*) FROM account").fetchone()[0] == 0


def test_nobody_else_may_look(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_commit_is_on_the_disk_when_it_returns(folder: Path) -> None:
    with closing(Database.open(folder)) as opened, opened.reading() as connection:
        full = 2
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == full
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "truncate"


def test_what_raises_never_happened(folder: Path) -> None:
    with closing(Database.open(folder)) as opened:
        with pytest.raises(ZeroDivisionError), opened.writing() as connection:
            insert(connection, "sending")
            raise ZeroDivisionError
        with opened.writing() as connection:
            insert(connection, "sending", key="other")
    assert sql(folder, "SELECT key FROM call") == [("other",)]


@pytest.mark.parametrize("second", sorted(STANDING))
@pytest.mark.parametrize("first", sorted(STANDING))
def test_the_database_itself_refuses_a_second_row_that_stands(folder: Path, first: str, second: str) -> None:
    insert(folder, first)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        insert(folder, second)
    insert(folder, second, cache="another")
    insert(folder, second, key="another")


@pytest.mark.parametrize("state", sorted(frozenset(RowState) - STANDING))
def test_rows_of_the_past_may_be_many_and_do_not_come_back_beside_one_that_stands(folder: Path, state: str) -> None:
    insert(folder, state)
    insert(folder, state)
    insert(folder, "sending")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        sql(folder, "UPDATE call SET state = 'unknown' WHERE id = 1")


def test_rows_can_not_be_deleted_and_no_money_is_below_zero(folder: Path) -> None:
    insert(folder, "stored")
    for statement in ("DELETE FROM call", "UPDATE call SET booked = -1", "UPDATE call SET booked = 'much'"):
        with pytest.raises(sqlite3.IntegrityError):
            sql(folder, statement)
    assert sql(folder, "SELECT booked FROM account WHERE id = 1") == [(5,)]


def test_a_folder_has_one_open_account(folder: Path) -> None:
    open_one = "INSERT INTO account (out, host, opened) VALUES ('/game/out', ?, '')"
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        sql(folder, open_one, "real")
    sql(folder, open_one, "loopback")
    sql(folder, "UPDATE account SET closed = 'then'")
    sql(folder, open_one, "real")


def test_a_reader_in_another_program_is_waited_for(folder: Path) -> None:
    reader = sqlite3.connect(folder / "ledger.db", check_same_thread=False, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM call").fetchall()
    began = time.monotonic()
    later = threading.Timer(0.3, reader.execute, ["COMMIT"])
    later.start()
    with closing(Database.open(folder)) as opened, opened.writing() as connection:
        insert(connection, "sending")
    assert time.monotonic() - began >= 0.3
    later.join()
    reader.close()


def test_a_reader_that_never_ends_is_an_error_in_words(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM call").fetchall()
        with closing(Database.open(folder)) as opened:
            with pytest.raises(StorageError, match="locked"), opened.writing() as connection:
                insert(connection, "sending")
            reader.execute("COMMIT")
            with opened.writing() as connection:
                insert(connection, "sending", key="other")
    assert sql(folder, "SELECT key FROM call") == [("other",)]


def test_a_folder_that_can_not_be_made_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="can't be used"):
        Database.open(tmp_path / "file" / "state")


CHANGES = st.one_of(
    st.tuples(st.just("insert"), st.sampled_from(["real", "loopback"]), st.integers(1, 3), st.integers(0, 10**12)),
    st.tuples(st.just("book"), st.just(""), st.integers(1, 12), st.integers(0, 10**12)),
    st.tuples(st.just("undo"), st.just(""), st.integers(1, 12), st.integers(0, 10**12)),
)


@given(changes=st.lists(CHANGES, max_size=25))
@settings(max_examples=40, deadline=None)
def test_sums_are_always_what_the_rows_add_up_to(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, str, int, int]]
) -> None:
    folder = new(tmp_path_factory.mktemp("ledger") / "state")
    with closing(sqlite3.connect(folder / "ledger.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        for number in (1, 2, 3):
            connection.execute("INSERT INTO account (out, host, opened) VALUES (?, 'real', '')", (str(number),))
        for what, host, number, amount in changes:
            connection.execute("BEGIN")
            if what == "insert":
                day = f"2026-11-0{amount % 3 + 1}"
                connection.execute(
                    CALL, ("cache", "key", host, number, f"/{amount % 2}", "released", amount, amount, day)
                )
            else:
                connection.execute("UPDATE call SET booked = ? WHERE id = ?", (amount, number))
            connection.execute("ROLLBACK" if what == "undo" else "COMMIT")
    check_sums(folder)
