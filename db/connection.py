"""Opening the crawl database: pragmas, migrations, and refusals that say what to do."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from db.filesystem import network_filesystem
from db.migrations import migrations

CACHE_KIB = 16_384
"""Page cache of the writing connection; more of it would be half of what a crawl may take."""
CHECKPOINT_PAGES = 4_000
"""Pages of 4 KiB that the log holds before they go into the database. The index of copies scatters 33 pages an article:
at SQLite's 1,000 every batch of 50 articles waited for the disk twice."""
BUSY_TIMEOUT_MS = 30_000
"""How long a writer waits for another one; Datasette and exports read beside it without waiting."""


INTERRUPTED = ".restore.ready"
"""Folder beside a database: what `galen restore` was putting in place when it was ended."""


class StorageError(Exception):
    """The database cannot be used; the message says what, why and what to do."""


def utc_now() -> str:
    """The time as the database keeps it: UTC, seconds, trailing Z."""
    return utc_text(datetime.now(UTC))


def utc_text(moment: datetime) -> str:
    """A zone-aware datetime as UTC text; text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are opened by name, or not at all.

    Raises StorageError where the file cannot be opened or is no SQLite database.
    """
    try:
        if read_only:
            connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
            )
        else:
            connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise StorageError(_cannot_open(path, error)) from error
    connection.row_factory = sqlite3.Row
    return connection


def open_database(path: Path) -> Database:
    """The crawl database at `path`, made if it is not there, at the newest schema, in WAL mode.

    Raises StorageError for a file that is no database, cannot be written, lies on a network file
    system, or was written by a newer Galen.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"cannot make the folder {path.parent}: {error.strerror}") from error
    if (kind := network_filesystem(path.parent)) is not None:
        raise StorageError(
            f"{path.parent} lies on a network file system ({kind}), where SQLite's write-ahead log does not work. "
            "Name a folder on a local disk with --data."
        )
    if (path.parent / INTERRUPTED).exists():
        raise StorageError(f"a restore into {path.parent} was interrupted. Run the same `galen restore` again.")
    connection = connect(path)
    try:
        db = Database(connection)
        _refuse_others(db, path)
        connection.execute("PRAGMA journal_mode = WAL")
        # WAL with NORMAL keeps every commit through kill -9; only a power cut may cost the last ones.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        if migrations.pending(db):
            _migrate(db)
    except sqlite3.Error as error:
        connection.close()
        raise StorageError(_cannot_open(path, error)) from error
    except StorageError:
        connection.close()
        raise
    return db


def is_behind(path: Path) -> bool:
    """Whether the crawl database at `path` waits for a migration; nothing is written. Raises as `open_database`."""
    connection = connect(path, read_only=True)
    try:
        db = Database(connection)
        _refuse_others(db, path)
        return bool(migrations.pending(db))
    except sqlite3.Error as error:
        raise StorageError(_cannot_open(path, error)) from error
    finally:
        connection.close()


def open_to_read(path: Path) -> sqlite3.Connection:
    """A connection that reads the crawl database at `path`, which is brought to the newest schema before.

    A database that is up to date is not touched: whoever may only read it can. Raises StorageError as `open_database`.
    """
    if is_behind(path):
        open_database(path).close()
    return connect(path, read_only=True)


def _migrate(db: Database) -> None:
    # Two processes that start together must not both create the tables: the second waits here.
    db.conn.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(db)
    except BaseException:
        db.conn.execute("ROLLBACK")
        raise
    db.conn.execute("COMMIT")


def _refuse_others(db: Database, path: Path) -> None:
    """Refuse a database of another program or of a newer Galen, before anything in it is touched."""
    if db.table_names() and not migrations.applied(db):
        raise StorageError(f"{path} was not made by Galen. Move it away, or name another folder with --data.")
    known = {migration.name for migration in migrations.pending(db)} | {m.name for m in migrations.applied(db)}
    ours = {migration.name for migration in migrations.pending(Database(memory=True))}
    if unknown := sorted(known - ours):
        raise StorageError(
            f"{path} was written by a newer Galen (it has {unknown[-1]}, which this version does not know). "
            "Update Galen, or name another folder with --data."
        )


def _cannot_open(path: Path, error: sqlite3.Error) -> str:
    if path.is_dir():
        return f"{path} is a folder, not a database. Move it away, or name another folder with --data."
    return f"{path} {complaint(error)}"


_COMPLAINTS = {
    "unable to open": "cannot be opened. Check that it is there, and the rights of the file and of its folder.",
    "malformed": "is damaged: {}. Put back a backup with `galen restore`; `galen check` says more.",
    "not a database": "is not a SQLite database. Move it away, or name another folder with --data.",
    "readonly": "cannot be written: {}. Check the rights of the file and of its folder.",
    "locked": f"is locked by another program for more than {BUSY_TIMEOUT_MS // 1000} s. End it and try again.",
    "full": "cannot grow: {}. Free some space and run the same command again; nothing is lost.",
    # What SQLite says of a full disk where the index of its log has no room.
    "disk I/O error": "cannot be read or written: {}. Free some space if the disk is full; `galen check` says more.",
}


def complaint(error: sqlite3.Error) -> str:
    """What is the matter with a database and what to do, to be read after its name."""
    text = str(error)
    told = next(
        (words for part, words in _COMPLAINTS.items() if part in text),
        "cannot be used: {}. `galen check` says what is wrong with it.",
    )
    return told.format(text)
