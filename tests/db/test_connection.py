from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from db.connection import StorageError, connect, open_database
from db.migrations import migrations


def test_a_new_database_is_at_the_newest_schema_and_in_wal_mode(tmp_path: Path) -> None:
    db = open_database(tmp_path / "new" / "galen.db")

    assert not migrations.pending(db)
    assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert db.execute("PRAGMA foreign_keys").fetchone()[0] == 1
    db.close()


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    open_database(tmp_path / "galen.db").close()
    db = open_database(tmp_path / "galen.db")

    assert len(migrations.applied(db)) == len(list(db.query("SELECT * FROM _sqlite_migrations")))
    db.close()


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    script = "import sys, pathlib; from db.connection import open_database; open_database(pathlib.Path(sys.argv[1]))"
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "galen.db")], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    errors = [process.communicate()[1].decode() for process in started]

    assert [process.returncode for process in started] == [0] * 4, errors


def test_a_database_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "galen.db"
    db = open_database(path)
    with db.atomic():
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('galen', 'm999_later', 'x')"
        )
    db.close()

    with pytest.raises(StorageError, match=r"newer Galen.*m999_later.*Update Galen"):
        open_database(path)


def test_a_file_that_is_no_database_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "galen.db"
    path.write_bytes(b"this is a text file, not a database" * 100)

    with pytest.raises(StorageError, match="is not a SQLite database") as refusal:
        open_database(path)

    assert "\n" not in str(refusal.value)
    assert path.read_bytes().startswith(b"this is a text")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="cannot make the folder"):
        open_database(tmp_path / "file" / "data" / "galen.db")


def test_a_read_only_connection_cannot_write(tmp_path: Path) -> None:
    open_database(tmp_path / "galen.db").close()
    connection = connect(tmp_path / "galen.db", read_only=True)

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM articles")
    connection.close()
