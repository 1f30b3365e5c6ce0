"""Search over rows given from outside, through the code that real articles pass: for benchmarks and tests."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from db.migrations import migrations
from db.search.columns import Columns
from db.search.matching import Question, find
from db.search.ranking import ranked
from db.search.text import index_text

_SEEN = "2000-01-01T00:00:00Z"
_COLUMNS = ("title", "summary", "body", "source", "doctor")


def build_search(db_path: Path, articles: Iterable[Mapping[str, Any]]) -> None:
    """Make a database at `db_path` and index rows (id, title, summary, body, source, doctor, published).

    Missing fields may be None or absent; a row without a title is called by its id. Raises
    sqlite3.IntegrityError for an id given twice.
    """
    with closing(sqlite3.connect(db_path)) as conn:
        db = Database(conn)
        migrations.apply(db)
        with conn:
            conn.execute(
                "INSERT INTO sites(id, name, spider, domains, first_seen) VALUES (1, 'rows', 'rows', 'rows', ?)",
                (_SEEN,),
            )
            for row in articles:
                _insert(conn, row)
            conn.execute("INSERT INTO search_fts(search_fts) VALUES ('optimize')")
        conn.execute("ANALYZE")


def search_ids(db_path: Path, query: str, k: int) -> list[int]:
    """Ids of the best `k` rows, best first; copies are rows in their own right."""
    with closing(sqlite3.connect(f"{db_path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        found = find(conn, Question(text=query, fill_below=k), _columns(db_path, _state(db_path)))
        return [hit.id for hit in ranked(conn, found, "relevance", offset=0, limit=k)]


def _state(db_path: Path) -> tuple[object, ...]:
    """Changes whenever anybody writes to the database."""
    files = [path for path in (db_path, Path(f"{db_path}-wal")) if path.exists()]
    return tuple((state.st_mtime_ns, state.st_size) for state in map(os.stat, files))


@lru_cache(maxsize=2)
def _columns(db_path: Path, state: tuple[object, ...]) -> Columns:  # noqa: ARG001 - part of the key
    """Read once for each state of the file, as a server reads them once for each snapshot."""
    with closing(sqlite3.connect(f"{db_path.absolute().as_uri()}?mode=ro", uri=True)) as conn:
        return Columns(conn)


def _insert(conn: sqlite3.Connection, row: Mapping[str, Any]) -> None:
    id_ = int(row["id"])
    text = {column: row.get(column) or None for column in _COLUMNS}
    title = text["title"] or str(id_)
    conn.execute("INSERT OR IGNORE INTO sources(name, kind) SELECT :source, 'publisher' WHERE :source <> ''", text)
    conn.execute(
        """
        INSERT INTO articles(id, url, url_key, site_id, source_id, title, summary, body, published, words, text_hash,
            first_seen, last_seen, last_changed, extractor)
        VALUES (:id, :key, :key, 1, (SELECT id FROM sources WHERE name = :source), :title, :summary, :body, :published,
            0, '', :seen, :seen, :seen, 'rows')""",
        {
            "id": id_,
            "key": f"row:{id_}",
            "source": text["source"],
            "title": title,
            "summary": text["summary"],
            "body": text["body"] or title,
            "published": row.get("published") or None,
            "seen": _SEEN,
        },
    )
    conn.execute(
        "INSERT INTO search_text(id, title, summary, body, source, doctor) VALUES (?, ?, ?, ?, ?, ?)",
        (id_, *(index_text(text[column]) for column in _COLUMNS)),
    )
