"""The rows of an export: found, counted and read in one read transaction, through one cursor."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from db.connection import StorageError, connect, utc_text
from db.search.builder import Filters
from db.search.columns import Columns, numbers
from db.search.matching import Question, find
from db.search.names import unknown_names
from db.search.query import parse, parse_date
from db.search.ranking import Sort, in_order

Format = Literal["csv", "jsonl", "parquet", "sqlite"]
Profile = Literal["plain", "excel"]
Value = str | int | float | None

DEFAULT_COLUMNS = (
    "id", "title", "site", "source", "doctors", "author_doctors", "reviewer_doctors", "authors", "published",
    "modified", "reviewed", "next_review", "language", "words", "untranslated", "summary", "url", "canonical_url",
    "copies", "canonical", "revision", "first_seen", "last_seen", "last_changed", "gone_at",
)  # fmt: skip
"""Columns of the view `articles_flat`; several doctors of one article are joined by '; '."""
CHANGE = "change"
"""With `changed_since` only: new, changed, gone (the page), redacted or withdrawn (nothing but `id` is left)."""
COLUMNS = (*DEFAULT_COLUMNS, "cluster_id", "body")

_FETCH = 1_000
_ON_ITS_WAY = timedelta(minutes=15)
"""A page's time is taken before it is committed, and processes commit in any order; rows told twice do no harm."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?")


class ExportError(Exception):
    """Nothing was exported, or what was written is worthless; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to export and how."""

    query: str = ""
    """As in the search box; finds the same articles as there."""
    filters: Filters = field(default_factory=Filters)
    all_words: bool = False
    """True = never fill up by articles that have some of the words only."""
    broaden: bool = False
    sort: Sort = "relevance"
    """Rows come in the order in which the search page shows them; without words that is newest first, undated last."""
    changed_since: str | None = None
    """Only articles that are new, changed or gone since: a date, or UTC as '2026-03-01T08:00:00Z'.

    Those that were redacted or are published no longer follow, whatever the query: nothing is left to search in.
    """
    columns: tuple[str, ...] = DEFAULT_COLUMNS
    format: Format = "csv"
    profile: Profile = "plain"
    """For CSV only; the other formats are always lossless."""
    strict: bool = True
    """True = what a query cannot obey is an error: nobody reads notes in a file. Pages show them beside the export."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an export while its transaction is open."""

    count: int
    columns: tuple[str, ...]
    batches: Iterator[list[tuple[Value, ...]]]
    """In the order of the search; raises ExportError at the end if there were not `count` of them."""
    notes: tuple[str, ...]
    """Sentences on how the query was read, loosened or broadened."""
    next_since: str
    """`changed_since` for the next export, so that nothing is lost between this one and that; UTC."""


@contextmanager
def open_rows(database: Path, request: Request, known: Columns | None = None) -> Iterator[Rows]:
    """The rows of a request, counted before the first is read. Raises ExportError.

    `known` are the columns of the database, where somebody has read them already.
    """
    columns = _checked(request)
    try:
        with closing(connect(database, read_only=True)) as conn:
            conn.row_factory = None
            conn.execute("BEGIN")
            yield from _rows(conn, request, columns, known)
    except StorageError as error:
        raise ExportError(str(error)) from error
    except ValueError as error:
        raise ExportError(f"{error}.") from error
    except sqlite3.Error as error:
        raise ExportError(f"{database} cannot be exported: {error}. Is it a database of Galen?") from error


def _checked(request: Request) -> tuple[str, ...]:
    unknown = [column for column in request.columns if column not in (*COLUMNS, CHANGE)]
    if unknown or not request.columns:
        raise ExportError(f"There is no column {', '.join(unknown)!r}. Columns are: {', '.join(COLUMNS)}")
    if twice := {column for column in request.columns if request.columns.count(column) > 1}:
        raise ExportError(f"The column {min(twice)!r} is named twice. Name each one once.")
    if request.changed_since is None and CHANGE in request.columns:
        raise ExportError(f"The column {CHANGE!r} needs a date since when: --changed-since.")
    if request.changed_since is None:
        return request.columns
    # Of what was redacted the number is all that is left.
    return (*(name for name in (CHANGE, "id") if name not in request.columns), *request.columns)


def moment(text: str) -> str:
    """A date or a time of ours, as text that compares with the database's. Raises ValueError."""
    if not _TIME.fullmatch(text):
        return parse_date(text)
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no time: {error}") from error
    return text


def _rows(
    conn: sqlite3.Connection, request: Request, columns: tuple[str, ...], known: Columns | None
) -> Iterator[Rows]:
    if request.strict and (problems := [*parse(request.query).notes, *unknown_names(conn, request.filters)]):
        raise ExportError(" ".join(problems))
    question = Question(
        text=request.query, filters=request.filters, all_words=request.all_words, broaden=request.broaden
    )
    since = None if request.changed_since is None else moment(request.changed_since)
    found = find(conn, question, known)
    ids, removed = in_order(conn, found, request.sort), []
    if since:
        changed = numbers(conn.execute(_CHANGED, {"since": since}).fetchone()[0])
        ids, removed = ids[np.isin(ids, changed)], _removed(conn, columns, since)
    conn.execute("DROP TABLE IF EXISTS temp.wanted")
    conn.execute("CREATE TEMP TABLE wanted(place INTEGER PRIMARY KEY, id INTEGER)")
    conn.execute("INSERT INTO temp.wanted(id) SELECT value FROM json_each(?)", (json.dumps(ids.tolist()),))
    with closing(conn.execute(_sql(conn, columns), {"since": since} if since else {})) as cursor:
        batches = _batches(cursor, len(ids), removed)
        yield Rows(len(ids) + len(removed), columns, batches, found.notes, _next_since(conn))


_CHANGED = """
SELECT group_concat(id) FROM (
    SELECT id FROM articles WHERE last_changed >= :since
    UNION SELECT id FROM articles WHERE gone_at IS NOT NULL AND gone_at >= :since)"""


def _removed(conn: sqlite3.Connection, columns: tuple[str, ...], since: str) -> list[tuple[Value, ...]]:
    """A row for each article that was redacted or withdrawn: its number, what happened and when."""
    if not _has(conn, "removed_articles"):
        raise ExportError("Redacted articles are known to published snapshots only. Leave --database away.")
    removed = conn.execute(
        "SELECT id, change, removed_at FROM removed_articles WHERE removed_at >= ? ORDER BY id", (since,)
    )
    known: list[dict[str, Value]] = [{"id": id_, CHANGE: change, "last_changed": at} for id_, change, at in removed]
    return [tuple(row.get(column) for column in columns) for row in known]


def _next_since(conn: sqlite3.Connection) -> str:
    """The last moment that the database knows of, less what may still have been on its way into it."""
    as_of = (
        "SELECT as_of FROM snapshot_state" if _has(conn, "snapshot_state") else "SELECT max(last_seen) FROM articles"
    )
    latest = conn.execute(as_of).fetchone()[0] or "1970-01-02T00:00:00Z"
    return utc_text(datetime.fromisoformat(latest) - _ON_ITS_WAY)


def _has(conn: sqlite3.Connection, table: str) -> bool:
    return conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone() is not None


def _sql(conn: sqlite3.Connection, columns: tuple[str, ...]) -> str:
    special = {
        "body": "articles.body",
        CHANGE: """CASE
            WHEN flat.gone_at >= :since THEN 'gone' WHEN flat.first_seen >= :since THEN 'new' ELSE 'changed'
        END""",
    }
    if any(row[1] == "doctors" for row in conn.execute("PRAGMA table_info(articles)")):
        # A snapshot has the names ready; the view would look them up for every row.
        special["doctors"] = "articles.doctors"
    wanted = ", ".join(special.get(column, f"flat.{column}") for column in columns)
    join = "JOIN articles ON articles.id = wanted.id" if "articles." in wanted else ""
    # CROSS JOIN keeps the order of the tables, and so of the rows, without sorting whole articles.
    # S608: columns are names out of COLUMNS
    return f"""
        SELECT {wanted}
        FROM temp.wanted CROSS JOIN articles_flat AS flat ON flat.id = wanted.id {join}
        ORDER BY wanted.place"""  # noqa: S608


def _batches(cursor: sqlite3.Cursor, count: int, removed: list[tuple[Value, ...]]) -> Iterator[list[tuple[Value, ...]]]:
    read = 0
    while batch := cursor.fetchmany(_FETCH):
        read += len(batch)
        yield batch
    if read != count:
        raise ExportError(f"{count:,} articles match but {read:,} could be read. Run: galen check")
    if removed:
        yield removed
