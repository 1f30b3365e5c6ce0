"""What files of a site say about the use of its pages, kept with when they were read."""

from __future__ import annotations

import sqlite3
from typing import Literal

File = Literal["robots.txt", "tdmrep.json"]


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
