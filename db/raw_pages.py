"""Which raw page belongs to which page of the frontier, and how far reading them again has come."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
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

FORMER = (
    """
CREATE TABLE raw_former (
    file TEXT NOT NULL,
    offset INTEGER NOT NULL,
    page_id INTEGER NOT NULL REFERENCES pages(id),
    PRIMARY KEY (file, offset)
) WITHOUT ROWID""",
    "CREATE INDEX raw_former_page ON raw_former(page_id)",
)
"""Where older content of a page lies in the archive: nobody reads it, but its text must be found to be removed."""

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
    if place is not None or result.verdict in _CONTENT:
        connection.execute(
            "INSERT OR IGNORE INTO raw_former SELECT file, offset, page_id FROM raw_pages WHERE page_id = ?",
            (result.page_id,),
        )
    if place is not None:
        connection.execute(
            "INSERT OR REPLACE INTO raw_pages (page_id, file, offset, length, fetched_at) VALUES (?, ?, ?, ?, ?)",
            (result.page_id, place.file, place.offset, place.length, result.fetched_at),
        )
    elif result.verdict in _CONTENT:
        connection.execute("DELETE FROM raw_pages WHERE page_id = ?", (result.page_id,))


def forget(connection: sqlite3.Connection, page_ids: Collection[int]) -> None:
    """Pages that have no raw page any more."""
    for table in ("raw_pages", "raw_former"):
        connection.executemany(
            f"DELETE FROM {table} WHERE page_id = ?",  # noqa: S608
            [(page_id,) for page_id in page_ids],
        )


def move(connection: sqlite3.Connection, moves: Iterable[tuple[RawPlace, RawPlace | None]]) -> None:
    """Raw pages that lie elsewhere now, or nowhere."""
    for old, new in moves:
        former = (old.file, old.offset)
        if new is None:
            connection.execute("DELETE FROM raw_pages WHERE file = ? AND offset = ?", former)
            connection.execute("DELETE FROM raw_former WHERE file = ? AND offset = ?", former)
        else:
            connection.execute(
                "UPDATE raw_former SET file = ?, offset = ? WHERE file = ? AND offset = ?",
                (new.file, new.offset, *former),
            )
            connection.execute(
                "UPDATE raw_pages SET file = ?, offset = ?, length = ? WHERE file = ? AND offset = ?",
                (new.file, new.offset, new.length, old.file, old.offset),
            )


def withheld(connection: sqlite3.Connection) -> set[tuple[str, int]]:
    """(file, offset) of all content, the newest and older, of pages whose article's text is withheld by now."""
    found: set[tuple[str, int]] = set()
    for table in ("raw_pages", "raw_former"):
        rows = connection.execute(
            f"""
            SELECT file, offset FROM articles
            CROSS JOIN pages ON pages.article_id = articles.id
            CROSS JOIN {table} ON {table}.page_id = pages.id
            WHERE articles.withheld IS NOT NULL
            """  # noqa: S608
        )
        found.update((row["file"], row["offset"]) for row in rows)
    return found


def files(connection: sqlite3.Connection) -> set[str]:
    """Files of the archive in which something is known to lie."""
    return {row[0] for row in connection.execute("SELECT file FROM raw_pages UNION SELECT file FROM raw_former")}


def place_of(connection: sqlite3.Connection, page_id: int) -> RawPlace | None:
    """Where a page's raw page lies; None where none is kept."""
    row = connection.execute("SELECT file, offset, length FROM raw_pages WHERE page_id = ?", (page_id,)).fetchone()
    return None if row is None else RawPlace(row["file"], row["offset"], row["length"])


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
