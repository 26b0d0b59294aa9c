"""The tables of the ledger. Sums are kept beside the rows that they are made of, by the database itself."""

from __future__ import annotations

from assetgen.core.journal import STANDING

VERSION = 1
"""Of the tables; it grows when they change."""

APPLICATION = 0x6173_6765
"""What marks a database file as this one."""

_STANDING = ", ".join(f"'{state.value}'" for state in sorted(STANDING))

STATEMENTS = (
    """
    CREATE TABLE account (
        id INTEGER PRIMARY KEY,
        out TEXT NOT NULL,
        host TEXT NOT NULL,
        opened TEXT NOT NULL,
        closed TEXT,
        booked INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE UNIQUE INDEX one_open ON account(out, host) WHERE closed IS NULL",
    """
    CREATE TABLE member (
        run TEXT NOT NULL,
        account INTEGER NOT NULL REFERENCES account(id),
        PRIMARY KEY (run, account)
    ) STRICT
    """,
    """
    CREATE TABLE call (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        cache TEXT NOT NULL,
        key TEXT NOT NULL,
        purchase TEXT NOT NULL,
        host TEXT NOT NULL,
        account INTEGER NOT NULL REFERENCES account(id),
        project TEXT NOT NULL,
        run TEXT NOT NULL,
        action TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        state TEXT NOT NULL,
        token TEXT NOT NULL,
        asker TEXT NOT NULL DEFAULT '',
        reserved INTEGER NOT NULL CHECK (reserved >= 0),
        booked INTEGER NOT NULL CHECK (booked >= 0),
        kept INTEGER NOT NULL DEFAULT 0,
        sent TEXT NOT NULL,
        day TEXT NOT NULL,
        job TEXT NOT NULL DEFAULT '',
        digest TEXT NOT NULL DEFAULT '',
        code TEXT NOT NULL DEFAULT '',
        message TEXT NOT NULL DEFAULT ''
    ) STRICT
    """,
    # What keeps the promise: a purchase that stands in any way can't be sent a second time, whoever tries.
    f"CREATE UNIQUE INDEX one_standing ON call(cache, key) WHERE state IN ({_STANDING})",
    "CREATE INDEX under_way ON call(account, run) WHERE state IN ('sending', 'accepted') OR kept = 1",
    "CREATE INDEX of_purchase ON call(key)",
    "CREATE INDEX of_job ON call(job) WHERE job != ''",
    """
    CREATE TABLE spending (
        project TEXT NOT NULL,
        host TEXT NOT NULL,
        day TEXT NOT NULL,
        booked INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (project, host, day)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TRIGGER booked_new AFTER INSERT ON call BEGIN
        UPDATE account SET booked = booked + NEW.booked WHERE id = NEW.account;
        INSERT INTO spending VALUES (NEW.project, NEW.host, NEW.day, NEW.booked)
            ON CONFLICT DO UPDATE SET booked = booked + excluded.booked;
    END
    """,
    """
    CREATE TRIGGER booked_changed AFTER UPDATE OF booked ON call BEGIN
        UPDATE account SET booked = booked + NEW.booked - OLD.booked WHERE id = NEW.account;
        UPDATE spending SET booked = booked + NEW.booked - OLD.booked
            WHERE project = NEW.project AND host = NEW.host AND day = NEW.day;
    END
    """,
    "CREATE TRIGGER kept_for_good BEFORE DELETE ON call BEGIN SELECT RAISE(ABORT, 'rows of the ledger stay'); END",
    f"PRAGMA application_id = {APPLICATION}",
    f"PRAGMA user_version = {VERSION}",
)
