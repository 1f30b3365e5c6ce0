"""Writes the schema of today beside this file, as NN.sql (NN: migrations it has had); makes databases of such files.

Run before a migration is added, so that the schema before it stays at hand: `python -m tests.db.former.make`.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from db.connection import open_database

FOLDER = Path(__file__).parent
SEEN = "2026-03-01T08:00:00Z"
TEXTS = {
    "Sleep well": "Most adults need between seven and nine hours of rest every night.",
    "Rest": "A pause at noon helps nurses who work at night.",
}


def main() -> None:
    """Write the file."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_database(Path(folder) / "galen.db").conn) as connection,
    ):
        number = connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone()[0]
        (FOLDER / f"{number:02}.sql").write_text(script(connection))


def script(connection: sqlite3.Connection) -> str:
    """What makes a database of this schema that has had the same migrations, without its rows."""
    # A virtual table makes its shadow tables itself, SQLite those of its own.
    made = connection.execute(
        """
        SELECT sql FROM sqlite_master
        WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT GLOB 'search_fts_*'
        ORDER BY rowid
        """
    )
    applied = connection.execute("SELECT migration_set, name, applied_at FROM _sqlite_migrations ORDER BY rowid")
    rows = [f"INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES {tuple(row)}" for row in applied]
    return "".join(f"{statement};\n" for statement in (*(row[0] for row in made), *rows))


def build(path: Path, schema: str) -> None:
    """A database of a former schema with two articles, at `path`."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(schema)
        fill(connection)
        connection.commit()


def fill(connection: sqlite3.Connection) -> None:
    """Two articles with what belongs to them, written past the store, whose code changes with the schema."""
    put(connection, "sites", id=1, name="Blue Hill", spider="bluehill", domains='["bluehill.example"]', first_seen=SEEN)
    put(connection, "sources", id=1, name="Lake Press", kind="publisher")
    put(connection, "doctors", id=1, key="eve moor|hill hospital", name="Eve Moor", hospital="Hill Hospital")
    for number, (title, body) in enumerate(TEXTS.items(), start=1):
        url = f"https://bluehill.example/a/{number}"
        put(
            connection, "articles", id=number, url=url, url_key=url.removeprefix("https://"), site_id=1, source_id=1,
            title=title, body=body, language="en", published="2024-05-03", published_precision="day",
            words=len(body.split()), text_hash=f"{number:032}", first_seen=SEEN, last_seen=SEEN, last_changed=SEEN,
            extractor="1",
        )  # fmt: skip
        named = "Eve Moor" if number == 1 else ""
        put(connection, "search_text", id=number, title=title, summary="", body=body, source="Lake Press", doctor=named)
        put(
            connection, "pages", id=number, site_id=1, fingerprint=bytes([number]) * 20, url=url, kind="article",
            state="done", status=200, article_id=number, first_seen=SEEN, fetched_at=SEEN,
        )  # fmt: skip
        put(connection, "evidence", article_id=number, seq=1, field="title", value=title, origin="meta", chosen=1)
    put(connection, "article_doctors", article_id=1, doctor_id=1, role="author", position=0, raw="Dr. Eve Moor")
    put(connection, "revisions", article_id=1, number=1, seen_at=SEEN, changed="title", title="Sleep", body="Older.")
    put(
        connection, "runs", id=1, site_id=1, started=SEEN, finished=SEEN, reason="finished", pid=1, fetched=2,
        articles=2, version="0.1.0",
    )  # fmt: skip


def put(connection: sqlite3.Connection, table: str, **values: Any) -> None:
    """Insert a row."""
    columns, places = ", ".join(values), ", ".join("?" for _ in values)
    connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", tuple(values.values()))


if __name__ == "__main__":
    main()
