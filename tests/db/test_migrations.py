"""Databases of every former schema, kept as SQL, become databases of today's and lose nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.connection import connect, open_database
from db.integrity import damages, index_damage
from db.publish import publish
from db.search.engine import search
from tests.db.former.make import FOLDER, TEXTS, build

FORMER = sorted(FOLDER.glob("*.sql"))


@pytest.fixture(params=FORMER, ids=lambda path: path.name)
def former(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "galen.db"
    build(path, request.param.read_text())
    return path


def schema(connection: sqlite3.Connection) -> dict[str, object]:
    """Columns by table and view in any order (`ALTER TABLE` puts them last), the words of everything else."""
    found: dict[str, object] = {}
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
        if kind == "table":
            found[name] = {tuple(row)[1:] for row in connection.execute(f'PRAGMA table_info("{name}")')}
        else:
            found[name] = sql
    return found


def test_a_database_of_a_former_version_gets_the_schema_of_a_new_one(former: Path, tmp_path: Path) -> None:
    with closing(open_database(former).conn) as old, closing(open_database(tmp_path / "new.db").conn) as new:
        assert schema(old) == schema(new)


def test_a_database_of_a_former_version_keeps_its_rows_and_is_published(former: Path, tmp_path: Path) -> None:
    with closing(open_database(former).conn) as connection:
        assert damages(connection) == []
        assert index_damage(connection) is None
        kept = connection.execute("SELECT title, body FROM articles ORDER BY id").fetchall()
        (doctors,) = connection.execute("SELECT doctors FROM articles_flat WHERE id = 1").fetchone()
        (older,) = connection.execute("SELECT title FROM revisions").fetchone()
    snapshot = publish(former, tmp_path / "public").path

    assert {row["title"]: row["body"] for row in kept} == TEXTS
    assert (doctors, older) == ("Eve Moor", "Sleep")
    with closing(connect(snapshot, read_only=True)) as connection:
        assert [hit.title for hit in search(connection, "nurses", limit=5).hits] == ["Rest"]


def test_the_schema_before_the_newest_migration_is_among_them(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "galen.db").conn) as connection:
        (today,) = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()

    assert today - 1 <= int(FORMER[-1].name.removesuffix(".sql")), "run python -m tests.db.former.make before"
