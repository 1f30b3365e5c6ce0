"""What files of a site say about the use of its pages, kept with when they were read."""

from __future__ import annotations

import sqlite3
from typing import Literal

File = Literal["robots.txt", "tdmrep.json"]

SITE_SIGNALS = """
CREATE TABLE site_signals (
    site_id INTEGER NOT NULL REFERENCES sites(id),
    origin TEXT NOT NULL,
    file TEXT NOT NULL CHECK (file IN ('robots.txt', 'tdmrep.json')),
    content TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    PRIMARY KEY (site_id, origin, file)
) WITHOUT ROWID"""


def _says(signal: str) -> str:
    return f"instr(', ' || policy || ',', ', {signal},')"


_WITHHELD = "SELECT id FROM articles WHERE withheld IS NOT NULL"

POLICY = (
    SITE_SIGNALS,
    "ALTER TABLE articles ADD COLUMN withheld TEXT",
    "ALTER TABLE articles ADD COLUMN hidden TEXT",
    f"UPDATE articles SET hidden = 'noindex' WHERE {_says('noindex')}",
    f"""
UPDATE articles
SET withheld = iif({_says("noarchive")}, 'noarchive', 'tdm-reservation')
WHERE {_says("noarchive")} OR {_says("tdm-reservation")}""",
    """
UPDATE articles
SET body = title, summary = NULL, fragments = NULL, untranslated = 0, words = 0, text_hash = 'withheld ' || id
WHERE withheld IS NOT NULL""",
    f"UPDATE revisions SET body = '', summary = NULL WHERE article_id IN ({_WITHHELD})",
    f"DELETE FROM article_parts WHERE article_id IN ({_WITHHELD})",
    f"UPDATE search_text SET body = '', summary = '' WHERE id IN ({_WITHHELD})",
)
"""What sites say about the use of their pages, and what followed; texts that may not be kept go."""


def remember(
    connection: sqlite3.Connection, site_id: int, origin: str, file: File, content: str, fetched_at: str
) -> None:
    """Keep what a file of an origin ('https://h.example') says; `fetched_at` is UTC text. Call it in a transaction."""
    connection.execute(
        """
        INSERT INTO site_signals (site_id, origin, file, content, fetched_at)
        VALUES (:site_id, :origin, :file, :content, :fetched_at)
        ON CONFLICT (site_id, origin, file) DO UPDATE SET content = excluded.content, fetched_at = excluded.fetched_at
        """,
        {"site_id": site_id, "origin": origin, "file": file, "content": content, "fetched_at": fetched_at},
    )


def recall(connection: sqlite3.Connection, site_id: int, origin: str, file: File, since: str) -> str | None:
    """What a file said when it was read at `since` (UTC text) or later; None where it was not."""
    row = connection.execute(
        """
        SELECT content FROM site_signals
        WHERE site_id = ? AND origin = ? AND file = ? AND fetched_at >= ?
        """,
        (site_id, origin, file, since),
    ).fetchone()
    return None if row is None else str(row["content"])
