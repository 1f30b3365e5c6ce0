"""Is the crawl database whole, does it agree with itself, and how fast does it grow?"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

_SHOWN = 3
GROWTH_RUNS = 200
"""Newest runs that a forecast is made from."""
GROWTH_DAYS = 2.0
"""Days that they must cover at least."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How the data folder has grown."""

    bytes_a_day: float
    days: float
    """Days that were looked at."""


def damages(connection: sqlite3.Connection) -> list[str]:
    """What is wrong with the file and its rows, a sentence each; [] = nothing."""
    try:
        found = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_SHOWN})") if row[0] != "ok"]
        return found or _broken_references(connection)
    except sqlite3.DatabaseError as error:
        return [str(error)]


def _broken_references(connection: sqlite3.Connection) -> list[str]:
    return [
        f"row {row[1]} of {row[0]} names a row of {row[2]} that is not there"
        for row in connection.execute("PRAGMA foreign_key_check").fetchmany(_SHOWN)
    ]


def index_damage(connection: sqlite3.Connection) -> str | None:
    """Whether the search index says what the indexed text says. Needs a connection that may write; writes nothing."""
    try:
        connection.execute("INSERT INTO search_fts(search_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        return f"the search index does not fit the articles: {error}"
    row = connection.execute(
        "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM search_text)",
    ).fetchone()
    return None if row[0] == row[1] else f"{row[0]} articles, but {row[1]} of them are indexed"


def growth(connection: sqlite3.Connection) -> Growth | None:
    """How the data folder grew over the newest runs; None where they cover too little time."""
    rows = connection.execute(
        "SELECT finished, bytes FROM runs WHERE bytes IS NOT NULL AND finished IS NOT NULL ORDER BY id DESC LIMIT ?",
        (GROWTH_RUNS,),
    ).fetchall()
    if len(rows) < 2:
        return None
    newest, oldest = rows[0], rows[-1]
    seconds = (datetime.fromisoformat(newest["finished"]) - datetime.fromisoformat(oldest["finished"])).total_seconds()
    days = seconds / 86_400
    if days < GROWTH_DAYS:
        return None
    return Growth((newest["bytes"] - oldest["bytes"]) / days, days)


def newest_time(connection: sqlite3.Connection) -> str | None:
    """The latest time of ours in the database (UTC text)."""
    row = connection.execute("SELECT max(coalesce(finished, started)) FROM runs").fetchone()
    return None if row is None else row[0]
