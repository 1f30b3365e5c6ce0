"""What a site's pages have taught, as JSON in its row; what it means is the extraction's affair."""

from __future__ import annotations

import sqlite3


def learned_body(connection: sqlite3.Connection, site_id: int) -> str | None:
    """What is known of a site's body container; None for nothing yet."""
    row = connection.execute("SELECT learned_body FROM sites WHERE id = ?", (site_id,)).fetchone()
    return None if row is None else row[0]


def keep_learned_body(connection: sqlite3.Connection, site_id: int, learned: str) -> None:
    """Keep what is known of a site's body container until the next crawl."""
    connection.execute("UPDATE sites SET learned_body = ? WHERE id = ?", (learned, site_id))
