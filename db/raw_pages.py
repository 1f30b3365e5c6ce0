"""Which raw page belongs to which page of the frontier, and how far reading them again has come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from db.records import PageResult, RawPlace, Verdict

TABLES = (
    """
CREATE TABLE raw_pages (
    page_id INTEGER PRIMARY KEY REFERENCES pages(id),
    file TEXT NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    fetched_at TEXT NOT NULL
)""",
    "CREATE INDEX raw_pages_place ON raw_pages(file, offset)",
    """
CREATE TABLE reprocessing (
    id INTEGER PRIMARY KEY,
    site_id INTEGER NOT NULL REFERENCES sites(id),
    since TEXT NOT NULL,
    version TEXT NOT NULL,
    last_page INTEGER NOT NULL DEFAULT 0,
    started TEXT NOT NULL,
    finished TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    changed INTEGER NOT NULL DEFAULT 0,
    new INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0
)""",
)
"""reprocessing: one row each time that a site's raw pages were read again; `last_page`: all up to this one are done."""

_CONTENT = frozenset({Verdict.ARTICLE, Verdict.PART, Verdict.REJECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRow:
    """A page whose raw page is kept."""

    page_id: int
    url: str
    kind: str
    request: str | None
    depth: int
    fetched_at: str
    place: RawPlace


def note(connection: sqlite3.Connection, result: PageResult, place: RawPlace | None) -> None:
    """Keep the place of a page's newest content; content that was not kept leaves no older raw page in its place."""
    if place is not None:
        connection.execute(
            "INSERT OR REPLACE INTO raw_pages (page_id, file, offset, length, fetched_at) VALUES (?, ?, ?, ?, ?)",
            (result.page_id, place.file, place.offset, place.length, result.fetched_at),
        )
    elif result.verdict in _CONTENT:
        connection.execute("DELETE FROM raw_pages WHERE page_id = ?", (result.page_id,))


def forget(connection: sqlite3.Connection, page_ids: Iterable[int]) -> None:
    """Pages that have no raw page any more."""
    connection.executemany("DELETE FROM raw_pages WHERE page_id = ?", [(page_id,) for page_id in page_ids])


def move(connection: sqlite3.Connection, moves: Iterable[tuple[RawPlace, RawPlace | None]]) -> None:
    """Raw pages that lie elsewhere now, or nowhere."""
    for old, new in moves:
        if new is None:
            connection.execute("DELETE FROM raw_pages WHERE file = ? AND offset = ?", (old.file, old.offset))
        else:
            connection.execute(
                "UPDATE raw_pages SET file = ?, offset = ?, length = ? WHERE file = ? AND offset = ?",
                (new.file, new.offset, new.length, old.file, old.offset),
            )


def places(connection: sqlite3.Connection, page_ids: Iterable[int]) -> set[tuple[str, int]]:
    """(file, offset) of the raw pages of these pages."""
    found = set()
    for page_id in page_ids:
        row = connection.execute("SELECT file, offset FROM raw_pages WHERE page_id = ?", (page_id,)).fetchone()
        if row is not None:
            found.add((row["file"], row["offset"]))
    return found


def kept(connection: sqlite3.Connection, site_id: int, since: str, after: int, limit: int) -> list[RawRow]:
    """Raw pages of a site fetched at `since` (UTC text) or later, by page, from the one after page `after` on.

    First pages come before the later pages of articles because they were found first.
    """
    rows = connection.execute(
        """
        SELECT pages.id, pages.url, kind, request, depth, raw_pages.fetched_at, file, offset, length
        FROM raw_pages JOIN pages ON pages.id = raw_pages.page_id
        WHERE pages.site_id = ? AND raw_pages.fetched_at >= ? AND pages.id > ?
        ORDER BY pages.id LIMIT ?
        """,
        (site_id, since, after, limit),
    )
    return [
        RawRow(
            page_id=row["id"],
            url=row["url"],
            kind=row["kind"],
            request=row["request"],
            depth=row["depth"],
            fetched_at=row["fetched_at"],
            place=RawPlace(row["file"], row["offset"], row["length"]),
        )
        for row in rows
    ]
